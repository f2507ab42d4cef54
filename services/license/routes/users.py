"""What administrators ask about licences, and do to them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from litestar.status_codes import HTTP_200_OK

from chassis.guards import requires
from chassis.problems import documented
from contracts.identity import Identity, Role
from contracts.license import AccountLicense, Grant, Revoke
from contracts.problem import Forbidden, InvalidRequest, Unauthenticated
from services.license.administration import AccountUnknown, Administration

_ADMIN: dict[str, Any] = {
    "guards": [requires(Role.ADMIN)],
    "security": [{"bearer": []}],
    "responses": documented(Unauthenticated, Forbidden, InvalidRequest, AccountUnknown),
}
Who = NamedDependency[Identity]
Desk = NamedDependency[Administration]


@get("/license/users/{user_id:uuid}", **_ADMIN)
async def account(user_id: FromPath[UUID], administration: Desk) -> AccountLicense:
    """How an account stands, and why."""
    return await administration.account(user_id)


@post("/license/users/{user_id:uuid}/grant", status_code=HTTP_200_OK, **_ADMIN)
async def grant(user_id: FromPath[UUID], data: JSONBody[Grant], identity: Who, administration: Desk) -> AccountLicense:
    """Give a plan without a payment, until a day or for good. The reason is kept."""
    return await administration.grant(user_id, data.plan, data.until, data.reason, identity.user_id)


@post("/license/users/{user_id:uuid}/revoke", status_code=HTTP_200_OK, **_ADMIN)
async def revoke(
    user_id: FromPath[UUID], data: JSONBody[Revoke], identity: Who, administration: Desk
) -> AccountLicense:
    """Take the licence away until somebody grants one again. A subscription at Stripe is not ended by it."""
    return await administration.revoke(user_id, data.reason, identity.user_id)


ROUTES = [account, grant, revoke]
