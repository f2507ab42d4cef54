"""How the lines of layouts are remembered: what each game's laps have taught."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chassis.database import Row, Transaction
from services.tracks.domain.descriptor import Descriptor
from services.tracks.domain.line import Line
from services.tracks.store.maps import MapStore
from services.tracks.store.shapes import ShapeStore
from services.tracks.store.supporters import SupporterStore

_CONTENDERS_ASKED = 20
_LINES_ASKED = 8  # of a layout: a lap of one road is not compared with it once for each game that there ever was

_COMPARABLE = (
    "SELECT lines.layout_id, lines.game, lines.track_id, coalesce(newest.storage_path, reference_path) AS path,"
    " created_at, row_number() OVER (PARTITION BY lines.layout_id"
    "  ORDER BY lines.game <> $1, lines.laps DESC, lines.game) AS place"
    " FROM lines JOIN layouts ON layouts.id = lines.layout_id LEFT JOIN LATERAL ("
    " SELECT storage_path FROM track_maps WHERE layout_id = lines.layout_id AND game = lines.game"
    " AND withdrawn_at IS NULL ORDER BY version DESC LIMIT 1) AS newest ON true"
)


@dataclass(frozen=True, slots=True)
class Comparable:
    """A line that a lap can be compared with: the document at `path` is its newest, or its first one."""

    layout_id: UUID
    game: str
    track_id: str
    path: str


class LineStore:
    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def comparable(self, layouts: Collection[UUID], game: str) -> tuple[Comparable, ...]:
        """The lines of those published layouts: of each that game's, and those from most laps."""
        rows = await self._tx.rows(
            f"SELECT * FROM ({_COMPARABLE} WHERE lines.layout_id = ANY($2) AND state IN ('provisional', 'confirmed')"
            " AND newest.storage_path IS NOT NULL) AS lines WHERE place <= $3 ORDER BY created_at, layout_id, game",
            game,
            list(layouts),
            _LINES_ASKED,
        )
        return tuple(map(_comparable, rows))

    async def contenders(self, game: str, track_id: str) -> tuple[Comparable, ...]:
        """The lines that contend for a name, the newest first."""
        rows = await self._tx.rows(
            f"{_COMPARABLE} WHERE lines.game = $1 AND lines.track_id = $2 AND state = 'contender'"
            " ORDER BY layouts.created_at DESC, lines.layout_id LIMIT $3",
            game,
            track_id,
            _CONTENDERS_ASKED,
        )
        return tuple(map(_comparable, rows))

    async def games_of(self, layout_id: UUID) -> tuple[str, ...]:
        rows = await self._tx.rows("SELECT game FROM lines WHERE layout_id = $1 ORDER BY game", layout_id)
        return tuple(row["game"] for row in rows)

    async def find(self, layout_id: UUID, game: str, driver: UUID) -> Line | None:
        """What is remembered of a line, as far as it concerns a lap of that driver."""
        row = await self._tx.row(
            "SELECT lines.layout_id, lines.game, lines.track_id, reference_path, evidence, lines.laps,"
            " lines.facts::text AS edited, state, newest.storage_path AS published_path, newest.version"
            " FROM lines JOIN layouts ON layouts.id = lines.layout_id LEFT JOIN LATERAL ("
            " SELECT storage_path, version FROM track_maps WHERE layout_id = lines.layout_id AND game = lines.game"
            " AND withdrawn_at IS NULL ORDER BY version DESC LIMIT 1) AS newest ON true"
            " WHERE lines.layout_id = $1 AND lines.game = $2",
            layout_id,
            game,
        )
        if row is None:
            return None
        supporters = SupporterStore(self._tx)
        return Line(
            layout_id=layout_id,
            game=game,
            track_id=row["track_id"],
            reference_path=row["reference_path"],
            published_path=row["published_path"],
            version=row["version"] or 0,
            last_version=await MapStore(self._tx).last_version(layout_id, game, row["track_id"]),
            evidence=row["evidence"],
            laps=row["laps"],
            edited=row["edited"],
            is_confirmed=row["state"] == "confirmed",
            others=await supporters.others(layout_id, driver),
            others_here=await supporters.others_of_line(layout_id, game, driver),
            supporters=await supporters.of_line(layout_id, game, driver),
            trials=await supporters.trials(layout_id, game, row["version"] or 0),
        )

    async def begin(
        self,
        layout_id: UUID,
        game: str,
        track_id: str,
        reference_path: str,
        descriptor: Descriptor,
        at: datetime,
    ) -> None:
        """Remember a line that no lap has taught anything yet, also where all maps of an earlier one were withdrawn."""
        await self._tx.run("DELETE FROM trials WHERE layout_id = $1 AND game = $2", layout_id, game)
        await self._tx.run(
            "INSERT INTO lines (layout_id, game, track_id, reference_path, length_m, changed_at)"
            " VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (layout_id, game) DO UPDATE SET track_id = $3,"
            " reference_path = $4, length_m = $5, evidence = NULL, laps = 0, facts = '{}', changed_at = $6",
            layout_id,
            game,
            track_id,
            reference_path,
            descriptor.length_m,
            at,
        )
        await ShapeStore(self._tx).describe_line(layout_id, game, descriptor)

    async def learn(self, layout_id: UUID, game: str, evidence: bytes, laps: int, at: datetime) -> None:
        """Keep what a line has seen, now from so many laps more."""
        await self._tx.run(
            "UPDATE lines SET evidence = $3, laps = laps + $4, changed_at = $5 WHERE layout_id = $1 AND game = $2",
            layout_id,
            game,
            evidence,
            laps,
            at,
        )

    async def name_of(self, layout_id: UUID, game: str) -> str | None:
        """The name that the versions of this line are counted under; None if that game has no line of it."""
        return await self._tx.value("SELECT track_id FROM lines WHERE layout_id = $1 AND game = $2", layout_id, game)

    async def count_under(self, layout_id: UUID, game: str, track_id: str) -> None:
        """From now on the versions of this line are counted under that name."""
        await self._tx.run(
            "UPDATE lines SET track_id = $3 WHERE layout_id = $1 AND game = $2", layout_id, game, track_id
        )


def _comparable(row: Row) -> Comparable:
    return Comparable(row["layout_id"], row["game"], row["track_id"], row["path"])
