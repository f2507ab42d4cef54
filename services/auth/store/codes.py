"""The codes that were mailed and not used yet, at most one for an account."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from chassis.database import Transaction
from services.auth.domain.codes import CODE_LIFE, CODE_TRIES


class CodeStore:
    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def keep(self, user_id: UUID, code_hash: bytes, now: datetime) -> None:
        """Remember the newest code of an account; older ones stop working."""
        await self._tx.run(
            "INSERT INTO verification_codes (user_id, code_hash, sent_at, expires_at) VALUES ($1, $2, $3, $4)"
            " ON CONFLICT (user_id) DO UPDATE SET code_hash = $2, sent_at = $3, expires_at = $4, tries = 0",
            user_id,
            code_hash,
            now,
            now + CODE_LIFE,
        )

    async def sent_at(self, user_id: UUID) -> datetime | None:
        return await self._tx.value("SELECT sent_at FROM verification_codes WHERE user_id = $1", user_id)

    async def try_out(self, user_id: UUID, code_hash: bytes, now: datetime) -> bool:
        """Count a try and say whether it was right. Ten wrong ones use a code up."""
        row = await self._tx.row(
            "UPDATE verification_codes SET tries = tries + 1 WHERE user_id = $1 AND expires_at > $2 AND tries < $3"
            " RETURNING code_hash",
            user_id,
            now,
            CODE_TRIES,
        )
        return row is not None and row["code_hash"] == code_hash

    async def use_up(self, user_id: UUID) -> None:
        await self._tx.run("DELETE FROM verification_codes WHERE user_id = $1", user_id)
