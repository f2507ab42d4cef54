"""Beginning an account, and proving its address."""

from __future__ import annotations

from litestar import MediaType, Response, get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody
from litestar.status_codes import HTTP_202_ACCEPTED, HTTP_204_NO_CONTENT

from chassis.problems import documented
from contracts.auth import Accepted, Register, Resend, Verify
from contracts.problem import InvalidRequest, TooManyRequests, Unavailable
from services.auth import pages
from services.auth.caller import Caller
from services.auth.domain.codes import InvalidCode
from services.auth.domain.passwords import WeakPassword
from services.auth.registration import Registration


@post("/auth/register", status_code=HTTP_202_ACCEPTED, responses=documented(InvalidRequest, WeakPassword, Unavailable))
async def register(data: JSONBody[Register], registration: NamedDependency[Registration]) -> Accepted:
    """Begin an account. The answer is the same for every address; a mail brings a code and a link."""
    await registration.register(data)
    return Accepted()


@post(
    "/auth/verify",
    status_code=HTTP_204_NO_CONTENT,
    responses=documented(InvalidCode, InvalidRequest, TooManyRequests),
)
async def verify(
    data: JSONBody[Verify], registration: NamedDependency[Registration], caller: NamedDependency[Caller]
) -> None:
    """Prove the address with the code from the mail."""
    await registration.verify(data, caller)


@get("/auth/verify", media_type=MediaType.HTML, include_in_schema=False, sync_to_thread=False)
def verify_link() -> Response[str]:
    return pages.shown(pages.VERIFY)


@post("/auth/verify/resend", status_code=HTTP_202_ACCEPTED, responses=documented(InvalidRequest))
async def resend(data: JSONBody[Resend], registration: NamedDependency[Registration]) -> Accepted:
    """Ask for another code. The answer is the same for every address."""
    await registration.resend(data.email)
    return Accepted()


ROUTES = [register, verify, verify_link, resend]
