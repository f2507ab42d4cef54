"""Signing in, staying signed in, signing out."""

from __future__ import annotations

from litestar import post
from litestar.di import NamedDependency
from litestar.params import JSONBody
from litestar.status_codes import HTTP_200_OK, HTTP_204_NO_CONTENT

from chassis.problems import documented
from contracts.auth import Login, RefreshToken, TokenPair
from contracts.problem import InvalidRequest, TooManyRequests
from services.auth.caller import Caller
from services.auth.domain.accounts import EmailNotVerified, InvalidCredentials
from services.auth.domain.second_factor import InvalidSecondFactor, SecondFactorRequired
from services.auth.domain.sessions import InvalidRefreshToken, RefreshTokenReused
from services.auth.refreshing import Refreshing
from services.auth.sessions import Sessions
from services.auth.sign_in import SignIn


@post(
    "/auth/login",
    status_code=HTTP_200_OK,
    responses=documented(
        InvalidCredentials,
        SecondFactorRequired,
        InvalidSecondFactor,
        EmailNotVerified,
        InvalidRequest,
        TooManyRequests,
    ),
)
async def login(data: JSONBody[Login], sign_in: NamedDependency[SignIn], caller: NamedDependency[Caller]) -> TokenPair:
    """Sign in: a short-lived access token, a refresh token for the next ones, and a token to know this device by."""
    return await sign_in.login(data, caller)


@post(
    "/auth/refresh",
    status_code=HTTP_200_OK,
    responses=documented(InvalidRefreshToken, RefreshTokenReused, InvalidRequest),
)
async def refresh(data: JSONBody[RefreshToken], refreshing: NamedDependency[Refreshing]) -> TokenPair:
    """Trade a refresh token for the next pair. Save the new one before using it."""
    return await refreshing.refresh(data.refresh_token)


@post("/auth/logout", status_code=HTTP_204_NO_CONTENT, responses=documented(InvalidRequest))
async def logout(data: JSONBody[RefreshToken], sessions: NamedDependency[Sessions]) -> None:
    """End the session that this refresh token belongs to."""
    await sessions.log_out(data.refresh_token)


ROUTES = [login, refresh, logout]
