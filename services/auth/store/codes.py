"""The codes that were mailed and not used yet, at most one for an account and a purpose."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from chassis.database import Transaction
from services.auth.domain.codes import CODE_LIFE, CODE_TRIES, Purpose


class CodeStore:
    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def keep(self, user_id: UUID, purpose: Purpose, email: str, code_hash: bytes, now: datetime) -> None:
        """Remember the newest code of an account for a purpose; older ones stop working."""
        await self._tx.run(
            "INSERT INTO codes (user_id, purpose, email, code_hash, expires_at) VALUES ($1, $2, $3, $4, $5)"
            " ON CONFLICT (user_id, purpose) DO UPDATE SET email = $3, code_hash = $4, expires_at = $5, tries = 0",
            user_id,
            purpose.value,
            email,
            code_hash,
            now + CODE_LIFE,
        )

    async def try_out(
        self, email: str, purpose: Purpose, fitting: Callable[[UUID], tuple[bytes, ...]], now: datetime
    ) -> UUID | None:
        """Count a try of the code that was sent to `email`; the account if it was right. Ten wrong ones use it up.

        `fitting` is what the hash may be for an account. The code can be used until `use_up`.
        """
        rows = await self._tx.rows(
            "UPDATE codes SET tries = tries + 1 WHERE email = $1 AND purpose = $2 AND expires_at > $3 AND tries < $4"
            " RETURNING user_id, code_hash",
            email,
            purpose.value,
            now,
            CODE_TRIES,
        )
        for row in rows:
            if any(hmac.compare_digest(row["code_hash"], hash_) for hash_ in fitting(row["user_id"])):
                return row["user_id"]
        return None

    async def use_up(self, user_id: UUID, purpose: Purpose, code_hashes: tuple[bytes, ...], now: datetime) -> bool:
        """Take the code away; False if it was used, replaced or became too old meanwhile."""
        used = await self._tx.run(
            "DELETE FROM codes WHERE user_id = $1 AND purpose = $2 AND code_hash = ANY ($3) AND expires_at > $4",
            user_id,
            purpose.value,
            list(code_hashes),
            now,
        )
        return used == 1

    async def forget(self, user_id: UUID) -> None:
        """No code of an account works any more."""
        await self._tx.run("DELETE FROM codes WHERE user_id = $1", user_id)

    async def purge(self, now: datetime) -> int:
        """Forget the codes that are too old."""
        return await self._tx.run("DELETE FROM codes WHERE expires_at <= $1", now)
