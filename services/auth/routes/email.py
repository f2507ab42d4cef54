"""Moving an account to another address."""

from __future__ import annotations

from litestar import MediaType, Response, get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody
from litestar.status_codes import HTTP_202_ACCEPTED, HTTP_204_NO_CONTENT

from chassis.guards import signed_in
from chassis.problems import documented
from contracts.auth import Accepted, ChangeEmail, ConfirmEmail
from contracts.identity import Identity
from contracts.problem import InvalidRequest, TooManyRequests, Unauthenticated, Unavailable
from services.auth import pages
from services.auth.caller import Caller
from services.auth.domain.accounts import InvalidCredentials
from services.auth.domain.codes import InvalidCode
from services.auth.new_address import NewAddress


@post(
    "/auth/email/change",
    status_code=HTTP_202_ACCEPTED,
    guards=[signed_in],
    security=[{"bearer": []}],
    responses=documented(InvalidCredentials, Unauthenticated, InvalidRequest, TooManyRequests, Unavailable),
)
async def change(
    data: JSONBody[ChangeEmail],
    identity: NamedDependency[Identity],
    new_address: NamedDependency[NewAddress],
    caller: NamedDependency[Caller],
) -> Accepted:
    """Ask for a code at another address. The answer is the same for every address."""
    await new_address.ask(identity, data, caller)
    return Accepted()


@post(
    "/auth/email/confirm",
    status_code=HTTP_204_NO_CONTENT,
    responses=documented(InvalidCode, InvalidRequest, TooManyRequests),
)
async def confirm(
    data: JSONBody[ConfirmEmail], new_address: NamedDependency[NewAddress], caller: NamedDependency[Caller]
) -> None:
    """Move the account to the address that the code was mailed to."""
    await new_address.confirm(data, caller)


@get("/auth/email/confirm", media_type=MediaType.HTML, include_in_schema=False, sync_to_thread=False)
def confirm_link() -> Response[str]:
    return pages.shown(pages.CONFIRM_EMAIL)


ROUTES = [change, confirm, confirm_link]
