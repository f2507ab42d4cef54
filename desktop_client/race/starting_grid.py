"""Where each car started the race from, so that a table can say who won and who lost places."""

from __future__ import annotations

import numpy as np

from desktop_client.race.order import Rows
from desktop_client.telemetry.frame import Cars, Frame, Ints, SessionKind

STILL_ON_THE_GRID_M = 50.0  # the leader has driven no more than this since the line
MAX_SLOT = 255


class StartingGrid:
    """The game's own grid where it gives one, else the places seen before the leader had driven a few metres.

    A driver who joins later is told nothing rather than a guess.
    """

    def __init__(self) -> None:
        self._places: Ints = np.zeros(MAX_SLOT + 1, dtype=np.int32)
        self._started = False

    def take(self, frame: Frame) -> None:
        """See whether the race has begun; from then on this costs nothing."""
        if self._started or frame.session.kind is not SessionKind.RACE or not len(frame.cars):
            return
        cars = frame.cars
        leader = int(np.argmin(np.where(cars.position > 0, cars.position, np.iinfo(np.int32).max)))
        if cars.position[leader] <= 0:
            return
        on_grid = cars.lap[leader] <= 1 and not cars.lap_distance_m[leader] > STILL_ON_THE_GRID_M
        if not on_grid:
            self._started = True
            return
        kept = (cars.slot >= 0) & (cars.slot <= MAX_SLOT)
        self._places[cars.slot[kept]] = cars.position[kept]

    def places(self, cars: Cars) -> Ints:
        """The place on the grid of every car; 0 is not known."""
        kept = (cars.slot >= 0) & (cars.slot <= MAX_SLOT)
        seen = np.where(kept, self._places[np.where(kept, cars.slot, 0)], 0)
        return np.where(cars.grid_position > 0, cars.grid_position, seen).astype(np.int32)


def gained(places_now: Ints, grid: Ints, of_row: Ints) -> Ints:
    """Places won (+) or lost (-) in the own class since the start; 0 as well where the grid is not known.

    A class's grid is what the whole grid leaves of it: a place is not won by those ahead being in another class.
    """
    won = np.zeros(len(grid), dtype=np.int32)
    for number in np.unique(of_row).tolist():
        members: Rows = np.flatnonzero((of_row == number) & (grid > 0))
        started = np.empty(len(members), dtype=np.int32)
        started[np.argsort(grid[members], kind="stable")] = np.arange(1, len(members) + 1)
        won[members] = started - places_now[members]
    return won
