"""Signing in, staying signed in, signing out."""

from __future__ import annotations

from uuid import UUID

from chassis.database import Database
from contracts.auth import Login, TokenPair, User
from contracts.event import now
from services.auth.domain.accounts import Account, EmailNotVerified, InvalidCredentials, same_address
from services.auth.domain.sessions import (
    ACCESS_TOKEN_LIFE,
    SESSION_IDLE,
    InvalidRefreshToken,
    RefreshTokenReused,
    Rotation,
    Session,
    judge_rotation,
    read_refresh_token,
    refresh_token,
)
from services.auth.keys import SigningKeys
from services.auth.passwords import Passwords
from services.auth.secrets import Secrets
from services.auth.store.accounts import AccountStore
from services.auth.store.sessions import SessionStore


class SignIn:
    def __init__(self, database: Database, passwords: Passwords, keys: SigningKeys, secrets: Secrets) -> None:
        self._database = database
        self._passwords = passwords
        self._keys = keys
        self._secrets = secrets

    async def login(self, said: Login) -> TokenPair:
        """
        Raises:
            InvalidCredentials: nobody has that address, or the password is wrong; which of both is not said.
            EmailNotVerified: said only to somebody who knows the password.
        """
        async with self._database.transaction() as tx:
            account = await AccountStore(tx).by_email(same_address(said.email))
        right, renewed_hash = await self._passwords.check(said.password, account.password_hash if account else None)
        if account is None or not right:
            raise InvalidCredentials
        if not account.is_verified:
            raise EmailNotVerified
        async with self._database.transaction() as tx:
            if not await AccountStore(tx).still_has(account, renewed_hash):
                raise InvalidCredentials
            session = await SessionStore(tx).begin(account.id, said.device_name, now())
        return await self._pair(account, session, counter=0)

    async def refresh(self, token: str) -> TokenPair:
        """The next pair. The token just replaced gives the same pair's refresh token again for a minute.

        Raises:
            InvalidRefreshToken: not ours, or its session is over.
            RefreshTokenReused: older than the previous one; its session is over from now on.
        """
        session_id, presented = read_refresh_token(self._secrets.refresh, token)
        async with self._database.transaction() as tx:
            sessions = SessionStore(tx)
            session = await sessions.by_id(session_id)
            if session is None:
                raise InvalidRefreshToken
            verdict = judge_rotation(session, presented, now())
            if verdict is Rotation.ADVANCE and not await sessions.advance(session, now()):
                # Somebody else with the same token was a moment faster: give what they were given.
                session = await sessions.by_id(session_id)
                if session is None:
                    raise InvalidRefreshToken
                verdict = judge_rotation(session, presented, now())
            if verdict is Rotation.REUSED:
                await sessions.revoke(session, "token_reuse", now())
            account = await AccountStore(tx).by_id(session.user_id)
        if verdict is Rotation.REUSED:  # after the commit: the session has ended
            raise RefreshTokenReused
        if verdict is Rotation.ENDED or account is None:
            raise InvalidRefreshToken
        return await self._pair(account, session, counter=presented + 1)

    async def logout(self, token: str) -> None:
        """End the session of this token. A token that means nothing is no reason to complain."""
        try:
            session_id, _ = read_refresh_token(self._secrets.refresh, token)
        except InvalidRefreshToken:
            return
        async with self._database.transaction() as tx:
            sessions = SessionStore(tx)
            session = await sessions.by_id(session_id)
            if session is not None:
                await sessions.revoke(session, "logout", now())

    async def account(self, user_id: UUID) -> Account | None:
        async with self._database.transaction() as tx:
            return await AccountStore(tx).by_id(user_id)

    async def _pair(self, account: Account, session: Session, *, counter: int) -> TokenPair:
        left = min(SESSION_IDLE, session.expires_at - now())
        return TokenPair(
            access_token=await self._keys.access_token(account, session.id),
            expires_in=int(ACCESS_TOKEN_LIFE.total_seconds()),
            refresh_token=refresh_token(self._secrets.refresh, session.id, counter),
            refresh_expires_in=max(0, int(left.total_seconds())),
            user=as_user(account),
        )


def as_user(account: Account) -> User:
    return User(
        id=account.id,
        email=account.email,
        role=account.role,
        is_verified=account.is_verified,
        display_name=account.display_name,
        created_at=account.created_at,
    )
