"""Who am I, what is known of me, and leaving."""

from __future__ import annotations

from litestar import Response, delete, get
from litestar.di import NamedDependency
from litestar.status_codes import HTTP_204_NO_CONTENT

from chassis.guards import signed_in
from chassis.problems import documented
from contracts.auth import Export, User
from contracts.identity import Identity
from contracts.problem import Unauthenticated
from services.auth.domain.roles import LastAdmin
from services.auth.domain.sessions import ReauthenticationRequired
from services.auth.erasure import Erasure

_PERSON = {"guards": [signed_in], "security": [{"bearer": []}]}
_TO_BE_SAVED = {"content-disposition": 'attachment; filename="raceoverlay-account.json"', "cache-control": "no-store"}
Who = NamedDependency[Identity]
Desk = NamedDependency[Erasure]


@get("/auth/me", responses=documented(Unauthenticated), **_PERSON)
async def me(identity: Who, erasure: Desk) -> User:
    """Who am I?"""
    return await erasure.who(identity)


@get("/auth/me/export", responses=documented(Unauthenticated), **_PERSON)
async def export(identity: Who, erasure: Desk) -> Response[Export]:
    """Everything that is known of this account, as a file."""
    return Response(await erasure.export(identity), headers=_TO_BE_SAVED)


@delete(
    "/auth/me",
    status_code=HTTP_204_NO_CONTENT,
    responses=documented(Unauthenticated, ReauthenticationRequired, LastAdmin),
    **_PERSON,
)
async def erase(identity: Who, erasure: Desk) -> None:
    """Erase this account for good: everywhere, at once. It needs a sign-in of the last 15 minutes."""
    await erasure.erase(identity)


ROUTES = [me, export, erase]
