"""How those who take maps are remembered: every SQL statement about them, each a question in our words."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from chassis.database import Transaction
from services.tracks.domain.allowance import Reader


class ReaderStore:
    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def find(self, user_id: UUID) -> Reader:
        """An account; until this transaction ends, nobody else counts for it."""
        await self._tx.run("INSERT INTO readers (user_id) VALUES ($1) ON CONFLICT DO NOTHING", user_id)
        row = await self._tx.row("SELECT is_unlimited, day, taken FROM readers WHERE user_id = $1 FOR UPDATE", user_id)
        assert row is not None
        return Reader(row["is_unlimited"], row["day"], tuple(row["taken"]))

    async def keep(self, user_id: UUID, reader: Reader) -> None:
        await self._tx.run(
            "UPDATE readers SET day = $2, taken = $3 WHERE user_id = $1", user_id, reader.day, list(reader.taken)
        )

    async def has_sent_a_lap(self, user_id: UUID, game: str, track_id: str) -> bool:
        """Whether this driver sent a good lap of what has that name now, under whatever name the lap came."""
        return await self._tx.value(
            "SELECT EXISTS (SELECT FROM uploads WHERE user_id = $1 AND game = $2"
            " AND status IN ('accepted', 'duplicate') AND layout_id ="
            " (SELECT layout_id FROM names WHERE names.game = $2 AND names.track_id = $3))",
            user_id,
            game,
            track_id,
        )

    async def entitle(self, user_id: UUID, *, is_unlimited: bool, as_of: datetime) -> None:
        """Remember what a licence brings, unless something newer is known, or the person was erased."""
        await self._tx.run(
            "INSERT INTO readers (user_id, is_unlimited, as_of) SELECT $1, $2, $3"
            " WHERE NOT EXISTS (SELECT FROM forgotten WHERE user_id = $1)"
            " ON CONFLICT (user_id) DO UPDATE SET is_unlimited = $2, as_of = $3"
            " WHERE readers.as_of IS NULL OR readers.as_of < $3",
            user_id,
            is_unlimited,
            as_of,
        )

    async def forget(self, user_id: UUID) -> None:
        await self._tx.run("DELETE FROM readers WHERE user_id = $1", user_id)
