"""Failed sign-ins that the audit trail is to tell of: at most one line for an account and minute, with a count."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from chassis.database import Transaction
from services.auth.store.audit import AuditStore

NOTED_EVERY = timedelta(minutes=1)


class FailedSignInStore:
    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def count(self, failures: Mapping[UUID, int], now: datetime) -> None:
        """Count failures of accounts; of accounts that are gone meanwhile nothing is kept."""
        await self._tx.run(
            "INSERT INTO failed_sign_ins AS kept (user_id, noted_at, unnoted)"
            " SELECT users.id, $3, said.count FROM unnest($1::uuid[], $2::int[]) AS said (user_id, count)"
            " JOIN users ON users.id = said.user_id ORDER BY users.id"
            " ON CONFLICT (user_id) DO UPDATE SET unnoted = kept.unnoted + excluded.unnoted",
            list(failures),
            list(failures.values()),
            now - NOTED_EVERY,
        )

    async def note_due(self, now: datetime) -> int:
        """Write those into the audit trail whose minute is over; returns how many lines."""
        rows = await self._tx.rows(
            "UPDATE failed_sign_ins AS kept SET noted_at = $1, unnoted = 0 FROM"
            " (SELECT user_id, unnoted FROM failed_sign_ins WHERE unnoted > 0 AND noted_at <= $2"
            " ORDER BY user_id LIMIT 1000 FOR UPDATE SKIP LOCKED) AS due"
            " WHERE kept.user_id = due.user_id RETURNING due.user_id, due.unnoted",
            now,
            now - NOTED_EVERY,
        )
        for row in rows:
            times = "once" if row["unnoted"] == 1 else f"{row['unnoted']} times"
            await AuditStore(self._tx).note(row["user_id"], "login_failed", detail=times)
        return len(rows)

    async def purge(self, now: datetime) -> int:
        """Drop rows that count nothing any more; returns how many."""
        return await self._tx.run(
            "DELETE FROM failed_sign_ins WHERE unnoted = 0 AND noted_at < $1", now - NOTED_EVERY * 10
        )
