"""How those who drove a layout are remembered, and how well its maps foretold their laps."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from chassis.database import Transaction
from contracts.event import new_id
from services.tracks.domain.line import Supporter
from services.tracks.domain.versioning import Trial

_SUPPORTERS_HEARD: Final = 100
_TRIALS_KEPT: Final = 200  # of a line: those of its newest version, the last ones


class SupporterStore:
    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def of_line(self, layout_id: UUID, game: str, driver: UUID) -> tuple[Supporter, ...]:
        """Those who drove this line, as many as are needed to know what they agree on; that driver is among them."""
        rows = await self._tx.rows(
            "SELECT supporter, laps, facts::text AS facts FROM supporters WHERE layout_id = $1 AND game = $2"
            " ORDER BY supporter <> $3, last_at DESC, supporter LIMIT $4",
            layout_id,
            game,
            driver,
            _SUPPORTERS_HEARD,
        )
        return tuple(Supporter(row["supporter"], row["laps"], row["facts"]) for row in rows)

    async def others_of_line(self, layout_id: UUID, game: str, driver: UUID) -> int:
        """How many drivers beside that one drove this line."""
        return await self._tx.value(
            "SELECT count(*) FROM supporters WHERE layout_id = $1 AND game = $2 AND supporter <> $3",
            layout_id,
            game,
            driver,
        )

    async def others(self, layout_id: UUID, driver: UUID) -> int:
        """How many drivers beside that one drove this layout, in whatever game."""
        return await self._tx.value(
            "SELECT count(DISTINCT supporter) FROM supporters WHERE layout_id = $1 AND supporter <> $2",
            layout_id,
            driver,
        )

    async def count(
        self, layout_id: UUID, game: str, driver: UUID, *, laps: int, facts: str | None, at: datetime
    ) -> None:
        """Remember that this driver drove the line, `laps` more times, and what the game told, if it did."""
        await self._tx.run(
            "INSERT INTO supporters (layout_id, game, supporter, laps, facts, last_at)"
            " VALUES ($1, $2, $3, $4, coalesce($5::jsonb, '{}'), $6)"
            " ON CONFLICT (layout_id, game, supporter) DO UPDATE SET laps = supporters.laps + $4,"
            " facts = coalesce($5::jsonb, supporters.facts), last_at = $6",
            layout_id,
            game,
            driver,
            laps,
            facts,
            at,
        )

    async def trials(self, layout_id: UUID, game: str, version: int) -> tuple[Trial, ...]:
        """How that version and the one that could follow it foretold laps, the oldest first."""
        rows = await self._tx.rows(
            "SELECT version, supporter, published, candidate FROM ("
            " SELECT * FROM trials WHERE layout_id = $1 AND game = $2 AND version = $3 ORDER BY id DESC LIMIT $4"
            ") AS last ORDER BY id",
            layout_id,
            game,
            version,
            _TRIALS_KEPT,
        )
        return tuple(Trial(row["version"], row["supporter"], row["published"], row["candidate"]) for row in rows)

    async def keep_trial(self, layout_id: UUID, game: str, trial: Trial) -> None:
        """Remember a trial, and forget those that nothing will be decided by any more."""
        await self._tx.run(
            "INSERT INTO trials (id, layout_id, game, supporter, version, published, candidate)"
            " VALUES ($1, $2, $3, $4, $5, $6, $7)",
            new_id(),
            layout_id,
            game,
            trial.supporter,
            trial.version,
            trial.published,
            trial.candidate,
        )
        await self._tx.run(
            "DELETE FROM trials WHERE layout_id = $1 AND game = $2 AND (version < $3 OR id <= ("
            " SELECT id FROM trials WHERE layout_id = $1 AND game = $2 ORDER BY id DESC OFFSET $4 LIMIT 1))",
            layout_id,
            game,
            trial.version,
            _TRIALS_KEPT,
        )

    async def leave(self, layout_id: UUID, driver: UUID) -> int:
        """Let that driver's laps of a layout count no more; returns how many drivers are left."""
        await self._tx.run("DELETE FROM supporters WHERE layout_id = $1 AND supporter = $2", layout_id, driver)
        return await self._tx.value("SELECT count(DISTINCT supporter) FROM supporters WHERE layout_id = $1", layout_id)

    async def forget(self, driver: UUID) -> None:
        """What was learned stays and goes on counting, under an id that is nobody's."""
        nobody = new_id()
        await self._tx.run("UPDATE supporters SET supporter = $2 WHERE supporter = $1", driver, nobody)
        await self._tx.run("UPDATE trials SET supporter = $2 WHERE supporter = $1", driver, nobody)
