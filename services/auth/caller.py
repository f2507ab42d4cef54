"""Who is on the other end of a request: `caller` is a parameter that routes can ask for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from litestar import Request

from chassis.client_address import TrustedProxies, client_address


@dataclass(frozen=True)
class Caller:
    """`address` is used while the request lasts; it is neither stored nor logged."""

    address: str


def calling(trusted: TrustedProxies) -> Callable[[Request[Any, Any, Any]], Caller]:
    """How to tell the caller of a request, where `trusted` are believed about whom they forward for."""

    def caller(request: Request[Any, Any, Any]) -> Caller:
        peer = request.scope.get("client")
        forwarded = [value.decode("latin-1") for name, value in request.scope["headers"] if name == b"x-forwarded-for"]
        return Caller(client_address(peer[0] if peer else "", forwarded, trusted))

    return caller
