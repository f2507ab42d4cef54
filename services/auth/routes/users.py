"""What administrators ask about accounts, and do with them."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from litestar import delete, get, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter
from litestar.status_codes import HTTP_204_NO_CONTENT

from chassis.guards import requires
from chassis.problems import documented
from contracts.auth import AuditTrail, ChangeRole, User, UserList
from contracts.identity import Identity, Role
from contracts.problem import Forbidden, InvalidRequest, Unauthenticated
from services.auth.administration import Administration
from services.auth.domain.roles import AddressNotProved, LastAdmin, UserUnknown

_ADMIN = {"guards": [requires(Role.ADMIN)], "security": [{"bearer": []}]}
_REFUSALS = (Unauthenticated, Forbidden, InvalidRequest)
Who = NamedDependency[Identity]
Desk = NamedDependency[Administration]
Address = Annotated[
    str | None,
    QueryParameter(
        min_length=1, max_length=254, pattern=r"^[^\x00-\x1f\x7f]+$", description="an address, or how it begins"
    ),
]
OfRole = Annotated[Role | None, QueryParameter(description="only accounts with that role")]
After = Annotated[UUID | None, QueryParameter(description="the last account of the page before")]
Before = Annotated[int | None, QueryParameter(ge=1, le=2**63 - 1, description="the last entry of the page before")]
Limit = Annotated[int, QueryParameter(ge=1, le=200)]


@get("/auth/users", responses=documented(*_REFUSALS), **_ADMIN)
async def users(
    identity: Who,
    administration: Desk,
    email: Address = None,
    role: OfRole = None,
    after: After = None,
    limit: Limit = 50,
) -> UserList:
    """The accounts, in the order of their making."""
    return await administration.users(identity, email, role, after, limit)


@get("/auth/users/{user_id:uuid}", responses=documented(*_REFUSALS, UserUnknown), **_ADMIN)
async def user(user_id: FromPath[UUID], identity: Who, administration: Desk) -> User:
    """One account."""
    return await administration.user(user_id, identity)


@put(
    "/auth/users/{user_id:uuid}/role",
    responses=documented(*_REFUSALS, UserUnknown, LastAdmin, AddressNotProved),
    **_ADMIN,
)
async def give_role(user_id: FromPath[UUID], data: JSONBody[ChangeRole], identity: Who, administration: Desk) -> User:
    """Give an account a role. Where that takes something away, its sessions and API tokens end."""
    return await administration.give_role(user_id, data.role, identity)


@delete(
    "/auth/users/{user_id:uuid}/sessions",
    status_code=HTTP_204_NO_CONTENT,
    responses=documented(*_REFUSALS, UserUnknown),
    **_ADMIN,
)
async def end_sessions(user_id: FromPath[UUID], identity: Who, administration: Desk) -> None:
    """Sign an account out everywhere, its machines too."""
    await administration.end_sessions(user_id, identity)


@get("/auth/users/{user_id:uuid}/audit", responses=documented(*_REFUSALS), **_ADMIN)
async def trail(
    user_id: FromPath[UUID], identity: Who, administration: Desk, before: Before = None, limit: Limit = 50
) -> AuditTrail:
    """What happened to an account, newest first; also to one that was erased."""
    return await administration.trail(user_id, identity, before, limit)


ROUTES = [users, user, give_role, end_sessions, trail]
