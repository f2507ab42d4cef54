"""What can be asked of auth over HTTP."""

from __future__ import annotations

from litestar import MediaType, Response, get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody
from litestar.status_codes import HTTP_200_OK, HTTP_202_ACCEPTED, HTTP_204_NO_CONTENT

from chassis.identity import signed_in
from chassis.problems import documented
from contracts.auth import Accepted, Login, RefreshToken, Register, Resend, TokenPair, User, Verify
from contracts.identity import Identity, KeySet
from contracts.problem import InvalidRequest, Unauthenticated
from services.auth import verify_page
from services.auth.domain import (
    EmailNotVerified,
    InvalidCode,
    InvalidCredentials,
    InvalidRefreshToken,
    RefreshTokenReused,
    WeakPassword,
)
from services.auth.keys import SigningKeys
from services.auth.registration import Registration
from services.auth.sign_in import SignIn, as_user


@post("/auth/register", status_code=HTTP_202_ACCEPTED, responses=documented(InvalidRequest, WeakPassword))
async def register(data: JSONBody[Register], registration: NamedDependency[Registration]) -> Accepted:
    """Begin an account. The answer is the same for every address; a mail brings a code and a link."""
    await registration.register(data)
    return Accepted()


@post("/auth/verify", status_code=HTTP_204_NO_CONTENT, responses=documented(InvalidCode, InvalidRequest))
async def verify(data: JSONBody[Verify], registration: NamedDependency[Registration]) -> None:
    """Prove the address with the code from the mail."""
    await registration.verify(data.email, data.code)


@get("/auth/verify", media_type=MediaType.HTML, include_in_schema=False, sync_to_thread=False)
def verify_link() -> Response[str]:
    return Response(verify_page.PAGE, headers=verify_page.HEADERS, media_type=MediaType.HTML)


@post("/auth/verify/resend", status_code=HTTP_202_ACCEPTED, responses=documented(InvalidRequest))
async def resend(data: JSONBody[Resend], registration: NamedDependency[Registration]) -> Accepted:
    """Ask for another code. The answer is the same for every address."""
    await registration.resend(data.email)
    return Accepted()


@post(
    "/auth/login",
    status_code=HTTP_200_OK,
    responses=documented(InvalidCredentials, EmailNotVerified, InvalidRequest),
)
async def login(data: JSONBody[Login], sign_in: NamedDependency[SignIn]) -> TokenPair:
    """Sign in: a short-lived access token, and a refresh token for the next ones."""
    return await sign_in.login(data)


@post(
    "/auth/refresh",
    status_code=HTTP_200_OK,
    responses=documented(InvalidRefreshToken, RefreshTokenReused, InvalidRequest),
)
async def refresh(data: JSONBody[RefreshToken], sign_in: NamedDependency[SignIn]) -> TokenPair:
    """Trade a refresh token for the next pair. Save the new one before using it."""
    return await sign_in.refresh(data.refresh_token)


@post("/auth/logout", status_code=HTTP_204_NO_CONTENT, responses=documented(InvalidRequest))
async def logout(data: JSONBody[RefreshToken], sign_in: NamedDependency[SignIn]) -> None:
    """End the session that this refresh token belongs to."""
    await sign_in.logout(data.refresh_token)


@get("/auth/me", guards=[signed_in], security=[{"bearer": []}], responses=documented(Unauthenticated))
async def me(identity: NamedDependency[Identity], sign_in: NamedDependency[SignIn]) -> User:
    """Who am I?"""
    account = await sign_in.account(identity.user_id)
    if account is None:
        raise Unauthenticated("This account does not exist any more.")
    return as_user(account)


@get("/.well-known/jwks.json", cache_control=None)
async def jwks(keys: NamedDependency[SigningKeys]) -> Response[KeySet]:
    """The public keys that access tokens are checked with."""
    return Response(await keys.published(), headers={"cache-control": "public, max-age=300"})


ROUTES = [register, verify, verify_link, resend, login, refresh, logout, me, jwks]
