"""Who has a second factor, and what is left to stand in for it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from chassis.database import Transaction
from services.auth.domain.second_factor import UNCONFIRMED_LIFE, SecondFactor


class SecondFactorStore:
    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def of(self, user_id: UUID) -> SecondFactor | None:
        """The account's factor, confirmed or not; nobody else changes it before this transaction ends."""
        row = await self._tx.row(
            "SELECT user_id, secret, enrolled_at, confirmed_at, used_step FROM second_factors WHERE user_id = $1"
            " FOR UPDATE",
            user_id,
        )
        return SecondFactor(**dict(row)) if row else None

    async def secrets_after(self, user_id: UUID, most: int) -> list[tuple[UUID, bytes]]:
        """The next accounts with a factor, in the order of their ids, and its encrypted secret; they are held."""
        rows = await self._tx.rows(
            "SELECT user_id, secret FROM second_factors WHERE user_id > $1 ORDER BY user_id LIMIT $2 FOR UPDATE",
            user_id,
            most,
        )
        return [(row["user_id"], row["secret"]) for row in rows]

    async def encrypt_anew(self, user_id: UUID, secret: bytes) -> None:
        await self._tx.run("UPDATE second_factors SET secret = $2 WHERE user_id = $1", user_id, secret)

    async def is_on(self, user_id: UUID) -> bool:
        """Whether the account signs in with a second factor."""
        return await self._tx.value(
            "SELECT EXISTS (SELECT FROM second_factors WHERE user_id = $1 AND confirmed_at IS NOT NULL)", user_id
        )

    async def enrol(self, user_id: UUID, secret: bytes, now: datetime) -> bool:
        """Keep a new secret, to be confirmed; it replaces one that was not. False if there is a confirmed one."""
        return (
            await self._tx.run(
                "INSERT INTO second_factors AS kept (user_id, secret, enrolled_at) VALUES ($1, $2, $3)"
                " ON CONFLICT (user_id) DO UPDATE SET secret = $2, enrolled_at = $3, used_step = 0"
                " WHERE kept.confirmed_at IS NULL",
                user_id,
                secret,
                now,
            )
            == 1
        )

    async def confirm(self, user_id: UUID, step: int, now: datetime) -> None:
        await self._tx.run(
            "UPDATE second_factors SET confirmed_at = $3, used_step = $2 WHERE user_id = $1", user_id, step, now
        )

    async def use_step(self, user_id: UUID, step: int) -> None:
        """The code of that step, and all before it, do not work again."""
        await self._tx.run("UPDATE second_factors SET used_step = $2 WHERE user_id = $1", user_id, step)

    async def remove(self, user_id: UUID) -> None:
        await self._tx.run("DELETE FROM second_factors WHERE user_id = $1", user_id)
        await self._tx.run("DELETE FROM recovery_codes WHERE user_id = $1", user_id)

    async def replace_recovery_codes(self, user_id: UUID, hashes: Sequence[bytes]) -> None:
        await self._tx.run("DELETE FROM recovery_codes WHERE user_id = $1", user_id)
        await self._tx.run(
            "INSERT INTO recovery_codes (user_id, code_hash) SELECT $1, unnest($2::bytea[])", user_id, hashes
        )

    async def use_recovery_code(self, user_id: UUID, hashes: Sequence[bytes]) -> bool:
        """Use a code up, said as its hash (one under each secret); False if there is none like it."""
        used = await self._tx.run(
            "DELETE FROM recovery_codes WHERE user_id = $1 AND code_hash = ANY ($2)", user_id, hashes
        )
        return used > 0

    async def recovery_codes_left(self, user_id: UUID) -> int:
        return await self._tx.value("SELECT count(*) FROM recovery_codes WHERE user_id = $1", user_id)

    async def purge(self, now: datetime) -> int:
        """Forget what was enrolled and never confirmed; returns how many."""
        return await self._tx.run(
            "DELETE FROM second_factors WHERE confirmed_at IS NULL AND enrolled_at < $1", now - UNCONFIRMED_LIFE
        )
