"""The API tokens that machines work with."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from chassis.database import Row, Transaction
from contracts.auth import SessionRevoked
from contracts.identity import Scope
from services.auth.domain.api_tokens import USE_NOTED_EVERY, KnownToken

_TOKEN = "id, user_id, name, scopes, hint, created_at, expires_at, last_used_at"


class ApiTokenStore:
    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def keep(self, token: KnownToken, secret_hash: bytes) -> None:
        await self._tx.run(
            "INSERT INTO api_tokens (id, user_id, name, scopes, hint, secret_hash, created_at, expires_at)"
            " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            token.id,
            token.user_id,
            token.name,
            list(token.scopes),
            token.hint,
            secret_hash,
            token.created_at,
            token.expires_at,
        )

    async def alive_of(self, user_id: UUID, now: datetime) -> tuple[KnownToken, ...]:
        """The tokens of an account that have not expired, the oldest first."""
        rows = await self._tx.rows(
            f"SELECT {_TOKEN} FROM api_tokens WHERE user_id = $1 AND expires_at > $2 ORDER BY id", user_id, now
        )
        return tuple(_token(row) for row in rows)

    async def used(self, secret_hash: bytes, now: datetime) -> KnownToken | None:
        """The living token with that secret, whose use is noted, at most once a minute; None if there is none."""
        row = await self._tx.row(
            f"SELECT {_TOKEN} FROM api_tokens WHERE secret_hash = $1 AND expires_at > $2", secret_hash, now
        )
        if row is None:
            return None
        if row["last_used_at"] is None or row["last_used_at"] <= now - USE_NOTED_EVERY:
            await self._tx.run("UPDATE api_tokens SET last_used_at = $2 WHERE id = $1", row["id"], now)
        return _token(row)

    async def end(self, user_id: UUID, token_id: UUID) -> KnownToken | None:
        """End one token of an account; returns it as it was, None if the account has no such token."""
        row = await self._tx.row(
            f"DELETE FROM api_tokens WHERE user_id = $1 AND id = $2 RETURNING {_TOKEN}", user_id, token_id
        )
        if row is None:
            return None
        self._tx.record(SessionRevoked(user_id=user_id, session_id=token_id, reason="api_token_revoked"))
        return _token(row)

    async def end_all(self, user_id: UUID, reason: str) -> int:
        """End every token of an account; returns how many there were."""
        rows = await self._tx.rows("DELETE FROM api_tokens WHERE user_id = $1 RETURNING id", user_id)
        for row in rows:
            self._tx.record(SessionRevoked(user_id=user_id, session_id=row["id"], reason=reason))
        return len(rows)

    async def forget_expired(self, user_id: UUID, now: datetime) -> None:
        await self._tx.run("DELETE FROM api_tokens WHERE user_id = $1 AND expires_at <= $2", user_id, now)


def _token(row: Row) -> KnownToken:
    known = frozenset(Scope)  # a word that this release does not know grants nothing
    return KnownToken(**{**dict(row), "scopes": tuple(Scope(word) for word in row["scopes"] if word in known)})
