"""Signing in, staying signed in, signing out."""

from __future__ import annotations

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody
from litestar.status_codes import HTTP_200_OK, HTTP_204_NO_CONTENT

from chassis.guards import signed_in
from chassis.problems import documented
from contracts.auth import Login, RefreshToken, TokenPair, User
from contracts.identity import Identity
from contracts.problem import InvalidRequest, Unauthenticated
from services.auth.domain.accounts import EmailNotVerified, InvalidCredentials
from services.auth.domain.sessions import InvalidRefreshToken, RefreshTokenReused
from services.auth.sign_in import SignIn, as_user


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


ROUTES = [login, refresh, logout, me]
