"""Who asks, from where, and may they? Asked of every request before anything else is done with it."""

from __future__ import annotations

from typing import Any

from chassis.client_address import TrustedProxies, client_address
from chassis.guards import admit
from chassis.identity import Verifier
from contracts.problem import Unauthenticated
from services.gateway.policy import Rule


class Admission:
    """What it lets in carries its address in `scope["state"]["client_address"]` and, where the call asks for a token,
    its identity in `scope["user"]`.
    """

    def __init__(self, verifier: Verifier, trusted: TrustedProxies) -> None:
        self._verifier = verifier
        self._trusted = trusted

    async def let_in(self, rule: Rule, scope: Any) -> None:
        """
        Raises:
            Unauthenticated: the call asks for a token, and there is none that we made.
            Forbidden, ScopeMissing: whoever it is may not do that.
            Unavailable: no token can be checked just now.
        """
        authorization = b""
        forwarded_for: list[str] = []
        for name, value in scope["headers"]:
            if name == b"authorization":
                authorization = value
            elif name == b"x-forwarded-for":
                forwarded_for.append(value.decode("latin-1"))
        peer = scope["client"]
        scope["state"]["client_address"] = client_address(peer[0] if peer else "", forwarded_for, self._trusted)
        if rule.access is None:
            return
        identity = await self._verifier.verify(_token(authorization))
        admit(identity, rule.access, rule.scope)
        scope["user"] = identity


def _token(authorization: bytes) -> str:
    if authorization[:7].lower() != b"bearer ":
        raise Unauthenticated
    return authorization[7:].decode("latin-1").strip()
