"""Choosing another password."""

from __future__ import annotations

from litestar import MediaType, Response, get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody
from litestar.status_codes import HTTP_202_ACCEPTED, HTTP_204_NO_CONTENT

from chassis.guards import signed_in
from chassis.problems import documented
from contracts.auth import Accepted, ChangePassword, ForgotPassword, ResetPassword
from contracts.identity import Identity
from contracts.problem import InvalidRequest, TooManyRequests, Unauthenticated, Unavailable
from services.auth import pages
from services.auth.caller import Caller
from services.auth.domain.accounts import InvalidCredentials
from services.auth.domain.codes import InvalidCode
from services.auth.domain.passwords import WeakPassword
from services.auth.new_password import NewPassword


@post("/auth/password/forgot", status_code=HTTP_202_ACCEPTED, responses=documented(InvalidRequest))
async def forgot(data: JSONBody[ForgotPassword], new_passwords: NamedDependency[NewPassword]) -> Accepted:
    """Ask for a code to choose a new password with. The answer is the same for every address."""
    await new_passwords.forgot(data.email)
    return Accepted()


@post(
    "/auth/password/reset",
    status_code=HTTP_204_NO_CONTENT,
    responses=documented(InvalidCode, InvalidRequest, WeakPassword, TooManyRequests, Unavailable),
)
async def reset(
    data: JSONBody[ResetPassword], new_passwords: NamedDependency[NewPassword], caller: NamedDependency[Caller]
) -> None:
    """Choose a new password with the code from the mail. It signs everybody out, and proves the address."""
    await new_passwords.reset(data, caller)


@get("/auth/password/reset", media_type=MediaType.HTML, include_in_schema=False, sync_to_thread=False)
def reset_link() -> Response[str]:
    return pages.shown(pages.RESET_PASSWORD)


@post(
    "/auth/password/change",
    status_code=HTTP_204_NO_CONTENT,
    guards=[signed_in],
    security=[{"bearer": []}],
    responses=documented(
        InvalidCredentials, Unauthenticated, InvalidRequest, WeakPassword, TooManyRequests, Unavailable
    ),
)
async def change(
    data: JSONBody[ChangePassword],
    identity: NamedDependency[Identity],
    new_passwords: NamedDependency[NewPassword],
    caller: NamedDependency[Caller],
) -> None:
    """Choose a new password with the current one. It signs everybody out who is signed in elsewhere."""
    await new_passwords.change(identity, data, caller)


ROUTES = [forgot, reset, reset_link, change]
