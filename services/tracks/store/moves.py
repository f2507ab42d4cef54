"""How what moderators decide about layouts is remembered: what moves from one to another, and what ends."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chassis.database import Transaction
from contracts.layouts import LayoutState


@dataclass(frozen=True, slots=True)
class Written:
    """A version that was published once: where its document lies, and who sent the lap that brought it."""

    version: int
    storage_path: str
    uploaded_by: UUID | None


class MoveStore:
    """Whoever changes something has taken their turn (turns.py)."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def state_of(self, layout_id: UUID) -> LayoutState | None:
        return await self._tx.value("SELECT state FROM layouts WHERE id = $1", layout_id)

    async def become(self, layout_id: UUID, state: LayoutState, *, pinned: bool) -> None:
        await self._tx.run("UPDATE layouts SET state = $2, pinned = $3 WHERE id = $1", layout_id, state, pinned)

    async def title(self, layout_id: UUID, venue: str | None, layout_name: str | None) -> None:
        await self._tx.run(
            "UPDATE layouts SET venue = coalesce($2, venue), layout_name = coalesce($3, layout_name) WHERE id = $1",
            layout_id,
            venue,
            layout_name,
        )

    async def edit_corners(self, layout_id: UUID, game: str, corners: str) -> None:
        """Keep the corners of a line, as JSON: what laps propose does not replace them."""
        await self._tx.run(
            "UPDATE lines SET facts = jsonb_set(facts, '{corners}', $3::jsonb) WHERE layout_id = $1 AND game = $2",
            layout_id,
            game,
            corners,
        )

    async def holder_of(self, game: str, track_id: str) -> UUID | None:
        """Which layout has that name, also where its maps are to be had no longer."""
        return await self._tx.value("SELECT layout_id FROM names WHERE game = $1 AND track_id = $2", game, track_id)

    async def names_of(self, layout_id: UUID) -> tuple[tuple[str, str], ...]:
        """Game and name, of every name."""
        rows = await self._tx.rows(
            "SELECT game, track_id FROM names WHERE layout_id = $1 ORDER BY game, linked_at, track_id", layout_id
        )
        return tuple((row["game"], row["track_id"]) for row in rows)

    async def reference_of(self, layout_id: UUID, game: str) -> str | None:
        return await self._tx.value(
            "SELECT reference_path FROM lines WHERE layout_id = $1 AND game = $2", layout_id, game
        )

    async def drivers_of(self, layout_id: UUID) -> int:
        return await self._tx.value("SELECT count(DISTINCT supporter) FROM supporters WHERE layout_id = $1", layout_id)

    async def line_goes(self, layout_id: UUID, game: str, into: UUID) -> None:
        """That game's line is the other layout's from now on, with its versions and all that it has learned."""
        for table in ("lines", "track_maps"):  # supporters and trials go with their line
            await self._tx.run(
                f"UPDATE {table} SET layout_id = $3 WHERE layout_id = $1 AND game = $2", layout_id, game, into
            )

    async def line_ends(self, layout_id: UUID, game: str, into: UUID) -> None:
        """The other layout has a line of that game: those who drove this one count for it, what it learned goes."""
        await self._tx.run(
            "INSERT INTO supporters (layout_id, game, supporter, laps, facts, last_at)"
            " SELECT $3, game, supporter, laps, '{}', last_at FROM supporters WHERE layout_id = $1 AND game = $2"
            " ON CONFLICT (layout_id, game, supporter) DO UPDATE SET laps = greatest(supporters.laps, excluded.laps)",
            layout_id,
            game,
            into,
        )
        await self._tx.run("DELETE FROM lines WHERE layout_id = $1 AND game = $2", layout_id, game)

    async def merge(self, layout_id: UUID, into: UUID, at: datetime) -> None:
        """Let names, links and laps be those of the other layout, and this one be over."""
        await self._tx.run("UPDATE names SET layout_id = $2, linked_at = $3 WHERE layout_id = $1", layout_id, into, at)
        await self._tx.run("UPDATE uploads SET layout_id = $2 WHERE layout_id = $1", layout_id, into)
        await self._tx.run(
            "INSERT INTO layout_links (layout_id, kind, other_id)"
            " SELECT $2, kind, other_id FROM layout_links WHERE layout_id = $1 AND other_id <> $2"
            " UNION SELECT layout_id, kind, $2 FROM layout_links WHERE other_id = $1 AND layout_id <> $2"
            " ON CONFLICT DO NOTHING",
            layout_id,
            into,
        )
        await self._tx.run("DELETE FROM layout_links WHERE layout_id = $1 OR other_id = $1", layout_id)
        await self._tx.run("UPDATE layouts SET merged_into = $2 WHERE merged_into = $1", layout_id, into)
        await self._tx.run(
            "UPDATE layouts SET state = 'merged', pinned = false, merged_into = $2 WHERE id = $1", layout_id, into
        )

    async def laps_follow(self, game: str, track_id: str, layout_id: UUID, into: UUID) -> None:
        """Laps that came under that name and were taken for the one layout were driven on the other."""
        await self._tx.run(
            "UPDATE uploads SET layout_id = $4 WHERE game = $1 AND track_id = $2 AND layout_id = $3",
            game,
            track_id,
            layout_id,
            into,
        )

    async def written(self, layout_id: UUID, game: str, track_id: str, version: int | None) -> Written | None:
        """That version under this name or of this layout; without a number the newest, rather under the name itself."""
        row = await self._tx.row(
            "SELECT version, storage_path, uploaded_by FROM track_maps"
            " WHERE game = $2 AND (track_id = $3 OR layout_id = $1) AND ($4::integer IS NULL OR version = $4)"
            " ORDER BY withdrawn_at IS NULL DESC, track_id = $3 DESC, version DESC LIMIT 1",
            layout_id,
            game,
            track_id,
            version,
        )
        return Written(**dict(row)) if row else None

    async def withdraw(self, layout_id: UUID, game: str | None, version: int | None, at: datetime) -> int:
        """Let versions be had no longer; returns how many that were."""
        return await self._tx.run(
            "UPDATE track_maps SET withdrawn_at = $4 WHERE layout_id = $1 AND withdrawn_at IS NULL"
            " AND ($2::text IS NULL OR game = $2) AND ($3::integer IS NULL OR version = $3)",
            layout_id,
            game,
            version,
            at,
        )

    async def has_maps(self, layout_id: UUID) -> bool:
        return await self._tx.value(
            "SELECT EXISTS (SELECT FROM track_maps WHERE layout_id = $1 AND withdrawn_at IS NULL)", layout_id
        )
