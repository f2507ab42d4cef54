"""Which of the roads that we have maps of is being driven? For games that do not say which track it is.

Every ten metres of driving, the places on any known road that the car may be at are looked up on a coarse grid: near
enough, and heading the way the car goes. A road is recognised when it has been followed for 400 m and around a bend
(straights lie over each other by chance) and it is the only one. What was recognised is dropped again when the car
stays away from it, and is not taken for the same road a second time.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from desktop_client.telemetry.frame import Floats

Numbers = NDArray[np.int64]

STEP_M: Final = 10.0
CELL_M: Final = 20.0
NEAR_M: Final = 14.0
SAME_WAY: Final = math.cos(math.radians(35))
FOLLOWED_M: Final = 400.0
BENT_RAD: Final = math.radians(60)
AWAY_M: Final = 60.0
AWAY_FOR_M: Final = 300.0
TELEPORT_M: Final = 120.0
FARTHEST_M: Final = 1e6
ROW: Final = 1 << 32  # more cells than any row of the grid has


class Road(NamedTuple):
    """A closed line in metres, right-handed, in driving direction, under the name that its map is asked for by."""

    name: str
    x: Floats
    y: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Roads:
    """Many roads on one grid. The columns have a row for each station, in the order of `cell`."""

    names: tuple[str, ...]
    cell: Numbers
    road: Numbers
    x: Floats
    y: Floats
    along_x: Floats
    along_y: Floats

    @classmethod
    def of(cls, roads: Iterable[Road]) -> Roads:
        """Takes about as long as reading the maps does: not for the loop that paints."""
        kept = [road for road in roads if len(road.x) > 2]
        stations = [_stations(road) for road in kept]
        number: Numbers = np.repeat(np.arange(len(kept), dtype=np.int64), [len(each[0]) for each in stations])
        columns = np.concatenate(stations, axis=1) if stations else np.empty((4, 0))
        cell = _cells(columns[0], columns[1])
        order = np.argsort(cell, kind="stable")
        return cls(tuple(road.name for road in kept), cell[order], number[order], *columns[:, order])

    def at(self, x: float, y: float, along_x: float, along_y: float) -> Numbers:
        """The numbers of the roads that a car there, driving that way, may be on."""
        found = self._around(x, y)
        aside = (x - self.x[found]) * self.along_y[found] - (y - self.y[found]) * self.along_x[found]
        ahead = (x - self.x[found]) * self.along_x[found] + (y - self.y[found]) * self.along_y[found]
        same_way = along_x * self.along_x[found] + along_y * self.along_y[found] >= SAME_WAY
        return np.unique(self.road[found[same_way & (np.abs(aside) <= NEAR_M) & (np.abs(ahead) <= STEP_M)]])

    def metres_from(self, number: int, x: float, y: float) -> float:
        """How far a place is from the nearest station of that road."""
        of_it = self.road == number
        return float(np.hypot(self.x[of_it] - x, self.y[of_it] - y).min())

    def _around(self, x: float, y: float) -> Numbers:
        """The stations of the nine cells around a place."""
        middle = int(_cells(np.array([x]), np.array([y]))[0])
        rows = middle + np.array([-ROW, 0, ROW])
        first, last = np.searchsorted(self.cell, rows - 1, "left"), np.searchsorted(self.cell, rows + 1, "right")
        found: list[Numbers] = [np.arange(a, b) for a, b in zip(first.tolist(), last.tolist(), strict=True)]
        return np.concatenate(found)


class KnownRoad:
    """Feed it where the car is; `name` is the road that it is on, once that is clear.

    Where that is known already by other means it is told as `on`, and believed until the road is left.
    """

    def __init__(self, roads: Roads, on: str | None = None) -> None:
        self._roads = roads
        self._ruled_out = np.zeros(len(roads.names), dtype=np.bool_)
        self._number = roads.names.index(on) if on in roads.names else None
        self._begin(None)

    @property
    def name(self) -> str | None:
        return None if self._number is None else self._roads.names[self._number]

    def take(self, x: float, y: float) -> None:
        """The car is here now. Anything that is no place is passed over."""
        if not (abs(x) < FARTHEST_M and abs(y) < FARTHEST_M) or not self._roads.names:
            return
        if self._place is None:
            self._begin((x, y))
            return
        step_x, step_y = x - self._place[0], y - self._place[1]
        moved = math.hypot(step_x, step_y)
        if moved < STEP_M:
            return
        if moved > TELEPORT_M:
            self._begin((x, y))
            return
        self._place = (x, y)
        if self._number is None:
            self._follow(x, y, step_x / moved, step_y / moved, moved)
        else:
            self._stay(self._number, x, y, moved)

    def _begin(self, place: tuple[float, float] | None) -> None:
        """Nothing is known of the way to this place."""
        self._place = place
        self._course, self._turned = math.nan, 0.0
        self._followed_m = np.zeros(len(self._roads.names))
        self._turns = np.zeros((2, len(self._roads.names)))  # how far to the right and to the left while following
        self._away_m = 0.0

    def _follow(self, x: float, y: float, along_x: float, along_y: float, moved: float) -> None:
        course = math.atan2(along_y, along_x)
        if math.isfinite(self._course):
            self._turned += math.remainder(course - self._course, math.tau)
        self._course = course
        is_on = np.zeros(len(self._followed_m), dtype=np.bool_)
        is_on[self._roads.at(x, y, along_x, along_y)] = True
        self._followed_m = np.where(is_on, self._followed_m + moved, 0.0)
        least, most = np.minimum(self._turns[0], self._turned), np.maximum(self._turns[1], self._turned)
        self._turns = np.where(is_on, (least, most), self._turned)
        rivals = np.flatnonzero(self._followed_m >= FOLLOWED_M)
        if len(rivals) != 1 or self._ruled_out[rivals[0]]:
            return
        if self._turns[1, rivals[0]] - self._turns[0, rivals[0]] >= BENT_RAD:
            self._number, self._away_m = int(rivals[0]), 0.0

    def _stay(self, number: int, x: float, y: float, moved: float) -> None:
        is_away = self._roads.metres_from(number, x, y) > AWAY_M
        self._away_m = self._away_m + moved if is_away else 0.0
        if self._away_m >= AWAY_FOR_M:
            self._ruled_out[number] = True
            self._number = None
            self._begin((x, y))


def _stations(road: Road) -> Floats:
    """Shape (4, n): places every `STEP_M` along the road and the unit vectors of the way it goes there."""
    closed = np.stack((np.append(road.x, road.x[0]), np.append(road.y, road.y[0])))
    along: Floats = np.append(0.0, np.cumsum(np.hypot(*np.diff(closed))))
    around = float(along[-1])
    wanted = np.linspace(0.0, around, max(3, math.ceil(around / STEP_M)), endpoint=False)
    columns: list[Floats] = [np.interp(wanted, along, column) for column in closed]
    place = np.stack(columns)
    step: Floats = np.roll(place, -1, axis=1) - np.roll(place, 1, axis=1)
    return np.concatenate((place, step / np.maximum(1e-9, np.hypot(*step))))


def _cells(x: Floats, y: Floats) -> Numbers:
    return np.floor(y / CELL_M).astype(np.int64) * ROW + np.floor(x / CELL_M).astype(np.int64)
