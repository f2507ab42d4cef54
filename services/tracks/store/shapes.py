"""How the shapes of lines are remembered, and which of them a lap can have.

PostgreSQL has an index over four dimensions of its own: a quad tree of boxes, which keeps the four edges of each. The
four numbers of a descriptor's key stand in for the edges. It leaves some hundred rows of a hundred thousand, and numpy
looks at those. Nothing on the way is approximate.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import numpy as np

from chassis.database import Transaction
from services.tracks.domain.descriptor import Descriptor, least_rms, reach, search_rms, sizes_within
from services.tracks.domain.lap import Floats

NEAREST: Final = 50
"""How many lines are compared with a lap at most. Only among a hundred thousand maps that crowd where real circuits
are, 9 searches of 100 leave more, and then the right one is among the first: what lies near has a small bound."""
ASIDE: Final = 10.0
"""Added to two of the four, so that they are greater than the others: PostgreSQL puts the edges of a box in order."""
Box = tuple[tuple[float, float], tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Near:
    """A line that a lap can be of: how one game has a layout, and how far the lap lies from it at least."""

    layout_id: UUID
    game: str
    least_rms_m: float


@dataclass(frozen=True, slots=True)
class Unread:
    """A line whose shape is not known yet, and the document that has it."""

    layout_id: UUID
    game: str
    path: str


class ShapeStore:
    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def near(self, descriptor: Descriptor, *, limit: int = NEAREST) -> tuple[Near, ...]:
        """Every line that the lap can lie on whatever its pose, direction and hand, those that can be nearest first.

        Lines of layouts that were withdrawn or merged are none.
        """
        rows = await self._tx.rows(
            "SELECT layout_id, game, size_m, shape FROM lines"
            " WHERE shape_key <@ $1::box AND shape_key @> $2::box OR shape_key <@ $3::box AND shape_key @> $4::box",
            *_around(descriptor),
            *_around(descriptor.swapped),
        )
        if not rows:
            return ()
        units = np.frombuffer(b"".join(row["shape"] for row in rows), np.float32).reshape(len(rows), -1)
        least = _least_rms(descriptor, units.astype(np.float64), np.array([row["size_m"] for row in rows]))
        within = np.flatnonzero(least <= search_rms(descriptor)).tolist()
        found = [Near(rows[i]["layout_id"], rows[i]["game"], float(least[i])) for i in within]
        counting = await self._counting({near.layout_id for near in found})
        found = [near for near in found if near.layout_id in counting]
        return tuple(sorted(found, key=lambda near: (near.least_rms_m, near.layout_id, near.game))[:limit])

    async def unread(self, limit: int) -> tuple[Unread, ...]:
        """Lines from before there was an index, whose shape has to be read out of their documents."""
        rows = await self._tx.rows(
            "SELECT layout_id, game, reference_path AS path FROM lines WHERE shape IS NULL ORDER BY layout_id LIMIT $1",
            limit,
        )
        return tuple(Unread(**dict(row)) for row in rows)

    async def describe_line(self, layout_id: UUID, game: str, descriptor: Descriptor) -> None:
        """Let that line be found by its shape."""
        await self._tx.run(
            "UPDATE lines SET size_m = $3, shape = $4, shape_key = $5::box WHERE layout_id = $1 AND game = $2",
            layout_id,
            game,
            descriptor.size_m,
            descriptor.unit.astype(np.float32).tobytes(),
            box_of(descriptor.key),
        )

    async def _counting(self, layouts: Collection[UUID]) -> set[UUID]:
        """Those that were neither withdrawn nor merged, asked of the few that are near, not of all the index left."""
        rows = await self._tx.rows(
            "SELECT id FROM layouts WHERE id = ANY($1) AND state NOT IN ('withdrawn', 'merged')", list(layouts)
        )
        return {row["id"] for row in rows}


def _least_rms(descriptor: Descriptor, units: Floats, sizes_m: Floats) -> Floats:
    """Whatever the direction and the hand of the lap."""
    as_driven, swapped = (least_rms(asked, units, sizes_m) for asked in (descriptor, descriptor.swapped))
    return np.minimum(as_driven, swapped)


def box_of(key: Sequence[float]) -> Box:
    """The box that stands for a key: the index searches its four edges."""
    size, first, second, third = key
    return (size + ASIDE, third + ASIDE), (first, second)


def _around(descriptor: Descriptor) -> tuple[Box, Box]:
    """The largest and the smallest box that a line can have on which the lap lies as it was driven."""
    far = reach(descriptor)
    smallest, largest = (float(np.log(max(size, 1.0))) for size in sizes_within(descriptor))
    _, first, second, third = descriptor.key
    return (
        box_of((largest, first - far, second - far, third + far)),
        box_of((smallest, first + far, second + far, third - far)),
    )
