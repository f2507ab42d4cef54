"""The pair of tokens that a sign-in lives on: a short access token, and the refresh token for the next pair."""

from __future__ import annotations

from uuid import UUID

from contracts.auth import TokenPair, User
from contracts.event import now
from services.auth.domain.accounts import Account
from services.auth.domain.sessions import (
    ACCESS_TOKEN_LIFE,
    InvalidRefreshToken,
    Session,
    read_refresh_token,
    refresh_token,
)
from services.auth.keys import SigningKeys
from services.auth.secrets import Secrets


class Pairs:
    def __init__(self, keys: SigningKeys, secrets: Secrets) -> None:
        self._keys = keys
        self._secrets = secrets

    async def make(
        self, account: Account, session: Session, *, counter: int, device_token: str | None = None
    ) -> TokenPair:
        """The pair of a session at a counter; the access token is new each time, the refresh token is not."""
        left = session.ends_at() - now()
        return TokenPair(
            access_token=await self._keys.access_token(account, session.id, authenticated_at=session.authenticated_at),
            expires_in=int(ACCESS_TOKEN_LIFE.total_seconds()),
            refresh_token=refresh_token(self._secrets.refresh, session.id, counter),
            refresh_expires_in=max(0, int(left.total_seconds())),
            user=as_user(account),
            device_token=device_token,
        )

    def read(self, token: str) -> tuple[UUID, int]:
        """Session id and counter of a refresh token that we made, also before AUTH_SECRET changed.

        Raises:
            InvalidRefreshToken: it is not one of ours.
        """
        for secrets in self._secrets.accepted:
            try:
                return read_refresh_token(secrets.refresh, token)
            except InvalidRefreshToken:
                continue
        raise InvalidRefreshToken


def as_user(account: Account) -> User:
    return User(
        id=account.id,
        email=account.email,
        role=account.role,
        is_verified=account.is_verified,
        display_name=account.display_name,
        created_at=account.created_at,
    )
