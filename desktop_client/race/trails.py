"""The ways of many cars at once, in pieces, and in a memory that never grows."""

from __future__ import annotations

from typing import Final

import numpy as np

from desktop_client.race.seats import Moves, carried
from desktop_client.telemetry.frame import Bools, Floats

SPACING_M: Final = 5.0
FEWEST_POINTS: Final = 10


class Trails:
    """At most `most` pieces of `longest` places each, half of them of cars that are still drawing.

    Whenever another begins, the oldest that is over goes. A piece belongs to the row of its car until it ends; rows
    are those of the frame, and `carry` moves them along.
    """

    def __init__(self, most: int, longest: int) -> None:
        self._xy: Floats = np.zeros((most, longest, 2))
        self._count = np.zeros(most, dtype=np.intp)
        self._begun = np.full(most, -1, dtype=np.int64)  # by the order of beginning; -1 is worth nothing
        self._next = 0
        self._of = np.zeros(0, dtype=np.intp)  # by row: which piece its car is drawing, -1 for none

    def carry(self, moves: Moves) -> None:
        """Cars have changed rows; whoever has left leaves the piece as it is."""
        self._of = carried(self._of, moves, -1)

    def take(self, places: Floats, goes_on: Bools, is_cut: Bools) -> None:
        """Draw on to `places` (n, 2), by row: where a car does not go on its piece ends, at a cut another begins."""
        ends = (self._of >= 0) & (~goes_on | is_cut)
        if ends.any():
            self._end(ends)
        waiting = np.flatnonzero(goes_on & (self._of < 0))
        if waiting.size:
            self._begin(waiting)
        rows = np.flatnonzero(self._of >= 0)
        pieces = self._of[rows]
        count = self._count[pieces]
        way = places[rows] - self._xy[pieces, np.maximum(count - 1, 0)]
        far = (count == 0) | (np.hypot(way[:, 0], way[:, 1]) >= SPACING_M)
        rows, pieces, count = rows[far], pieces[far], count[far]
        self._xy[pieces, count] = places[rows]
        self._count[pieces] = count + 1
        self._of[rows[count + 1 == self._xy.shape[1]]] = -1

    def of(self, row: int) -> Floats:
        """The way (m, 2) that the car in this row is drawing; of no length where it draws none."""
        piece = self._of[row]
        return self._xy[piece, : self._count[piece]].copy() if piece >= 0 else np.zeros((0, 2))

    def given(self) -> tuple[Floats, ...]:
        """Every piece worth having, (m, 2) each, oldest first; they are forgotten here."""
        kept = np.flatnonzero((self._count >= FEWEST_POINTS) & (self._begun >= 0))
        kept = kept[np.argsort(self._begun[kept])]
        pieces = tuple(self._xy[piece, : self._count[piece]].copy() for piece in kept)
        self._count[:], self._begun[:], self._of[:] = 0, -1, -1
        return pieces

    def _end(self, ends: Bools) -> None:
        ended = self._of[ends]
        self._begun[ended[self._count[ended] < FEWEST_POINTS]] = -1
        self._of[ends] = -1

    def _begin(self, rows: np.ndarray) -> None:
        is_over = np.ones(len(self._count), dtype=np.bool_)
        is_over[self._of[self._of >= 0]] = False
        over = np.flatnonzero(is_over)
        # Half of the room is for pieces that are over: else a whole lap would go for the beginning of the next.
        room = max(0, len(self._count) // 2 - (len(self._count) - len(over)))
        pieces = over[np.argsort(self._begun[over], kind="stable")][: min(len(rows), room)]
        rows = rows[: len(pieces)]
        self._of[rows], self._count[pieces] = pieces, 0
        self._begun[pieces] = self._next + np.arange(len(pieces))
        self._next += len(pieces)
