"""Where every car points: as the game says, or as it has been seen to move."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from desktop_client.race.seats import Seats, carried
from desktop_client.telemetry.frame import Cars, Floats

STEP_M: Final = 0.8  # a way that shows a direction, and not the grain of the numbers
JUMP_M: Final = 40.0  # further between two frames is no driving: the direction is not known any more


class Motion:
    """The direction in which each car last moved, for games that do not say where cars point."""

    def __init__(self) -> None:
        self._seats = Seats()
        self._at: Floats = np.full((0, 2), np.nan)
        self._heading: Floats = np.full(0, np.nan)

    def take(self, cars: Cars) -> None:
        """Follow the cars; nearly free where the game says where all of them point."""
        if np.isfinite(cars.heading_rad).all():
            return
        moves = self._seats.moves(cars.slot)
        if moves is not None:
            self._at = carried(self._at, moves, np.nan)
            self._heading = carried(self._heading, moves, np.nan)
        now = np.column_stack((cars.x, cars.y))
        with np.errstate(invalid="ignore", over="ignore"):
            way = now - self._at
            moved = np.hypot(way[:, 0], way[:, 1])
            rolled, jumped = (moved >= STEP_M) & (moved < JUMP_M), ~(moved < JUMP_M)
        self._heading[rolled] = np.arctan2(way[rolled, 1], way[rolled, 0])
        self._heading[jumped] = np.nan
        self._at[rolled | jumped] = now[rolled | jumped]

    def heading_of(self, cars: Cars, row: int) -> float:
        """Where a car points, counter-clockwise from +x in radians; nan where neither game nor motion tells."""
        told = float(cars.heading_rad[row])
        if math.isfinite(told):
            return told
        return float(self._heading[row]) if row < len(self._heading) else math.nan
