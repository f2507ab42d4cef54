"""The letters that were asked for: what somebody wants to be mailed, before it is known whether they will be."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from chassis.database import Transaction
from services.auth.domain.wanted import ASK_AGAIN, Kind, Wanted


class WantedStore:
    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def ask(self, wanted: Wanted, now: datetime) -> None:
        """Ask for a letter. Within a minute of the last it is swallowed, but for a registration: that one waits.

        A registration brings a password, and the newest counts; so it needs a code of its own.
        """
        await self._tx.run(
            "INSERT INTO wanted_letters AS w (email, kind, user_id, password_hash, display_name, due_at)"
            " VALUES ($1, $2, $3, $4, $5, $6)"
            " ON CONFLICT (email, kind) DO UPDATE SET user_id = $3, password_hash = $4, display_name = $5,"
            " composed_at = NULL, due_at = CASE WHEN w.composed_at IS NULL THEN w.due_at"
            " ELSE greatest($6, w.composed_at + $7) END"
            " WHERE w.composed_at + $7 <= $6 OR $4 IS NOT NULL",
            wanted.email,
            wanted.kind.value,
            wanted.user_id,
            wanted.password_hash,
            wanted.display_name,
            now,
            ASK_AGAIN,
        )

    async def take_due(self, now: datetime) -> Wanted | None:
        """The letter that was due first, until the end of this transaction nobody else's; None if none is."""
        row = await self._tx.row(
            "SELECT email, kind, user_id, password_hash, display_name FROM wanted_letters"
            " WHERE composed_at IS NULL AND due_at <= $1 ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED",
            now,
        )
        return Wanted(**{**dict(row), "kind": Kind(row["kind"])}) if row else None

    async def take_back(self, user_id: UUID) -> None:
        """What an account asked for while it was signed in is not wanted any more."""
        await self._tx.run("DELETE FROM wanted_letters WHERE user_id = $1", user_id)

    async def put_off(self, wanted: Wanted, now: datetime) -> None:
        """It waits behind all that are due by now."""
        await self._tx.run(
            "UPDATE wanted_letters SET due_at = $3 WHERE email = $1 AND kind = $2 AND composed_at IS NULL",
            wanted.email,
            wanted.kind.value,
            now,
        )

    async def composed(self, wanted: Wanted, now: datetime) -> None:
        """It was decided on. What was brought for it is forgotten; that it was asked for is remembered for a minute."""
        await self._tx.run(
            "UPDATE wanted_letters SET composed_at = $3, password_hash = NULL, display_name = NULL, user_id = NULL"
            " WHERE email = $1 AND kind = $2",
            wanted.email,
            wanted.kind.value,
            now,
        )

    async def is_registration_waiting(self, email: str) -> bool:
        """Whether a registration came after the last letter: codes from before it are not for its password."""
        return await self._tx.value(
            "SELECT EXISTS (SELECT FROM wanted_letters WHERE email = $1 AND kind = $2 AND composed_at IS NULL"
            " AND password_hash IS NOT NULL)",
            email,
            Kind.VERIFY.value,
        )

    async def purge(self, now: datetime) -> int:
        """Forget the letters whose minute is over."""
        return await self._tx.run("DELETE FROM wanted_letters WHERE composed_at <= $1", now - ASK_AGAIN)
