"""What is done once a night, by whichever replica comes first."""

from __future__ import annotations

from datetime import datetime

from chassis.database import Transaction


class NightlyStore:
    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def is_due(self, task: str, now: datetime) -> bool:
        """Nobody has done it for twenty hours."""
        return not await self._tx.value(
            "SELECT EXISTS (SELECT FROM nightly WHERE task = $1 AND done_at > $2::timestamptz - interval '20 hours')",
            task,
            now,
        )

    async def claim(self, task: str, now: datetime) -> bool:
        """It is done with this transaction; False if another did it, or is at it."""
        if not await self._tx.value("SELECT pg_try_advisory_xact_lock(hashtextextended($1, 1))", f"nightly {task}"):
            return False
        return (
            await self._tx.run(
                "INSERT INTO nightly (task, done_at) VALUES ($1, $2) ON CONFLICT (task) DO UPDATE SET done_at = $2"
                " WHERE nightly.done_at <= $2::timestamptz - interval '20 hours'",
                task,
                now,
            )
            == 1
        )
