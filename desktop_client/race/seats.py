"""Which row a car had before: what is remembered of every car in columns moves along when the rows do."""

from __future__ import annotations

from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from desktop_client.telemetry.frame import Ints

Moves = NDArray[np.intp]
Column = TypeVar("Column", bound=NDArray[Any])


class Seats:
    """The slots of the frame before. A car keeps its slot for a session, while its row changes as others join."""

    def __init__(self) -> None:
        self._slots: list[int] = []
        self._bytes = b""

    def moves(self, slot: Ints) -> Moves | None:
        """For every row of now the row it had before, -1 for a newcomer; None while nobody has moved."""
        now = slot.tobytes()
        if now == self._bytes:
            return None
        before = {known: row for row, known in enumerate(self._slots)}
        self._slots, self._bytes = slot.tolist(), now
        return np.array([before.get(one, -1) for one in self._slots], dtype=np.intp)


def carried(column: Column, moves: Moves, empty: float) -> Column:
    """A column, or several side by side, with every car's values in its row of now and `empty` for newcomers."""
    made = np.full((len(moves), *column.shape[1:]), empty, dtype=column.dtype)
    known = moves >= 0
    made[known] = column[moves[known]]
    return made  # type: ignore[return-value]  # numpy cannot say that the kind of array is kept
