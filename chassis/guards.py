"""What a route asks of its caller before it runs. `identity` is then a parameter that the route can ask for.

A person who is signed in passes wherever the role allows it. A machine, which works with a personal API token, passes
only where the route names the scope that machines need for it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler

from chassis.identity import bearer_token
from contracts.identity import Identity, Role, Scope
from contracts.problem import Forbidden, ScopeMissing

Connection = ASGIConnection[Any, Any, Any, Any]
Guard = Callable[[Connection, BaseRouteHandler], Awaitable[None]]


def requires(*roles: Role, scope: Scope | None = None) -> Guard:
    """Signed in, with one of `roles` (any, where none is named; an admin always passes); a machine with `scope`."""

    async def guard(connection: Connection, handler: BaseRouteHandler) -> None:
        token = bearer_token(connection.headers.get("authorization"))
        identity: Identity = await connection.app.state.verifier.verify(token)
        admit(identity, frozenset(roles or Role), scope)
        connection.scope["user"] = identity

    return guard


def admit(identity: Identity, roles: frozenset[Role], scope: Scope | None) -> None:
    """
    Raises:
        Forbidden: the account has none of `roles`.
        ScopeMissing: the caller is a machine without `scope`.
    """
    if not identity.may(*roles):
        raise Forbidden
    if not identity.is_granted(scope):
        raise ScopeMissing(f"The API token needs the scope {scope}." if scope else "API tokens cannot be used here.")


signed_in: Guard = requires()
"""A person, whatever the role. Machines do not pass."""
