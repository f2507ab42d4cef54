"""How layouts, and what games call them, are remembered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from chassis.database import Transaction
from contracts.tracks import LayoutLink
from services.tracks.domain.verdict import MAX_UNCONFIRMED, VOTES_OF_CONFIRMED, Holder

_VOTES_READ = 200  # of a name: enough to find the last drivers among, whatever one of them sends


class LayoutStore:
    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def holder(self, game: str, track_id: str) -> Holder | None:
        """The layout that has that name, unless it was withdrawn."""
        row = await self._tx.row(
            "SELECT layouts.id AS layout_id, state, pinned FROM names JOIN layouts ON layouts.id = names.layout_id"
            " WHERE game = $1 AND track_id = $2 AND state IN ('provisional', 'confirmed')",
            game,
            track_id,
        )
        return Holder(row["layout_id"], row["state"] == "confirmed", row["pinned"]) if row else None

    async def votes(self, game: str, track_id: str, but: UUID) -> tuple[UUID, ...]:
        """Which layouts the last drivers of that name drove, one for each, the last first; not counting one of them."""
        rows = await self._tx.rows(
            "SELECT layout_id FROM ("
            " SELECT DISTINCT ON (user_id) layout_id, judged_at FROM ("
            "  SELECT user_id, layout_id, judged_at FROM uploads WHERE game = $1 AND track_id = $2"
            "  AND layout_id IS NOT NULL ORDER BY judged_at DESC LIMIT $4) AS recent"
            " WHERE user_id <> $3 ORDER BY user_id, judged_at DESC) AS last ORDER BY judged_at DESC LIMIT $5",
            game,
            track_id,
            but,
            _VOTES_READ,
            VOTES_OF_CONFIRMED - 1,
        )
        return tuple(row["layout_id"] for row in rows)

    async def may_begin(self, driver: UUID) -> bool:
        """Whether this driver may bring one more layout, or one more name, that nobody else has driven."""
        layouts = await self._tx.value(
            "SELECT count(DISTINCT layouts.id) FROM supporters JOIN layouts ON layouts.id = layout_id"
            " WHERE supporter = $1 AND state IN ('provisional', 'contender')",
            driver,
        )
        names = await self._tx.value(
            "SELECT count(*) FROM (SELECT DISTINCT game, track_id FROM uploads WHERE user_id = $1"
            " AND status IN ('accepted', 'duplicate')) AS mine WHERE NOT EXISTS (SELECT FROM uploads"
            " WHERE uploads.game = mine.game AND uploads.track_id = mine.track_id AND layout_id IS NOT NULL"
            " AND user_id <> $1)",
            driver,
        )
        return max(layouts, names) < MAX_UNCONFIRMED

    async def begin(self, layout_id: UUID, state: str, links: Sequence[LayoutLink], at: datetime) -> None:
        await self._tx.run("INSERT INTO layouts (id, state, created_at) VALUES ($1, $2, $3)", layout_id, state, at)
        for link in links:
            await self._tx.run(
                "INSERT INTO layout_links (layout_id, kind, other_id) VALUES ($1, $2, $3)",
                layout_id,
                link.type,
                link.layout_id,
            )

    async def become(self, layout_id: UUID, state: str) -> None:
        await self._tx.run("UPDATE layouts SET state = $2 WHERE id = $1", layout_id, state)

    async def is_confirmed(self, layout_id: UUID) -> bool:
        return await self._tx.value("SELECT state = 'confirmed' FROM layouts WHERE id = $1", layout_id)

    async def links_of(self, layout_id: UUID) -> tuple[LayoutLink, ...]:
        rows = await self._tx.rows(
            "SELECT kind, other_id FROM layout_links WHERE layout_id = $1 ORDER BY kind, other_id", layout_id
        )
        return tuple(LayoutLink(row["kind"], row["other_id"]) for row in rows)

    async def link(self, game: str, track_id: str, layout_id: UUID, at: datetime) -> None:
        """Let that name be the name of this layout, and of no other."""
        await self._tx.run(
            "INSERT INTO names (game, track_id, layout_id, linked_at) VALUES ($1, $2, $3, $4)"
            " ON CONFLICT (game, track_id) DO UPDATE SET layout_id = $3, linked_at = $4",
            game,
            track_id,
            layout_id,
            at,
        )

    async def names_in(self, layout_id: UUID, game: str) -> tuple[str, ...]:
        """What that game calls this layout, the oldest name first."""
        rows = await self._tx.rows(
            "SELECT track_id FROM names WHERE layout_id = $1 AND game = $2 ORDER BY linked_at, track_id",
            layout_id,
            game,
        )
        return tuple(row["track_id"] for row in rows)

    async def contenders_of(self, driver: UUID, game: str, track_id: str) -> tuple[UUID, ...]:
        """The layouts that this driver set against the one that has the name."""
        rows = await self._tx.rows(
            "SELECT layouts.id FROM supporters JOIN layouts ON layouts.id = supporters.layout_id"
            " JOIN lines ON lines.layout_id = supporters.layout_id AND lines.game = supporters.game"
            " WHERE supporter = $1 AND lines.game = $2 AND lines.track_id = $3 AND state = 'contender'"
            " ORDER BY layouts.id",
            driver,
            game,
            track_id,
        )
        return tuple(row["id"] for row in rows)

    async def contenders_from_before(self, moment: datetime, at_most: int) -> tuple[UUID, ...]:
        rows = await self._tx.rows(
            "SELECT id FROM layouts WHERE state = 'contender' AND created_at < $1 ORDER BY created_at LIMIT $2",
            moment,
            at_most,
        )
        return tuple(row["id"] for row in rows)

    async def discard(self, contender: UUID) -> None:
        """Forget a layout that was never published; its document in storage is named by nothing then.

        One that a moderator has looked into stays, withdrawn, because the trail of acts speaks of it.
        """
        if await self._tx.value("SELECT EXISTS (SELECT FROM acts WHERE layout_id = $1)", contender):
            await self.become(contender, "withdrawn")
            return
        await self._tx.run("UPDATE uploads SET layout_id = NULL WHERE layout_id = $1", contender)
        await self._tx.run("DELETE FROM layout_links WHERE layout_id = $1 OR other_id = $1", contender)
        await self._tx.run("DELETE FROM lines WHERE layout_id = $1", contender)
        await self._tx.run("DELETE FROM layouts WHERE id = $1 AND state = 'contender'", contender)
