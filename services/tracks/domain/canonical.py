"""The one form of a lap: closed, cut where it comes round, and walked along in equal steps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from services.tracks.domain.lap import Floats, Lap, Places

CLOSING_REACH_M = 25.0
"""How near the end of a lap must come to its beginning: at 10 points a second a car moves 9 m between two of them."""
SAME_PLACE_M = 0.001
TARGET_STEP_M = 3.0


@dataclass(frozen=True, slots=True, eq=False)
class Loop:
    """A lap as a closed line. The segment from the last point to the first belongs to it.

    `xy` is (n, 2) metres without repeated points, `z` is (n,) or None; `along` is (n + 1,): the metres driven up to
    each point, and at its end the length of the loop. `gap_m` is the length of the closing segment.
    """

    xy: Floats
    z: Floats | None
    along: Floats

    @property
    def length_m(self) -> float:
        return float(self.along[-1])

    @property
    def gap_m(self) -> float:
        return float(self.along[-1] - self.along[-2])

    @property
    def direction(self) -> Literal["cw", "ccw"]:
        """Which way round it is driven, seen from above; a figure of eight goes the way of its larger half."""
        x, y = self.xy[:, 0], self.xy[:, 1]
        twice_the_area = float(np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y))
        return "ccw" if twice_the_area > 0 else "cw"

    @classmethod
    def through(cls, xy: Floats, z: Floats | None) -> Loop:
        """The closed line through these points in their order."""
        steps = np.hypot(*(np.roll(xy, -1, axis=0) - xy).T)
        return cls(xy=xy, z=z, along=np.concatenate(([0.0], np.cumsum(steps))))

    def walked(self, count: int) -> Places:
        """`count` places in equal steps along the line from the first point."""
        where = self._stations(count)
        x, y = (np.interp(where, self.along, np.append(column, column[0])) for column in self.xy.T)
        return x + 1j * y

    def heights(self, count: int) -> Floats | None:
        """The heights at the places that `walked` gives."""
        if self.z is None:
            return None
        return np.interp(self._stations(count), self.along, np.append(self.z, self.z[0]))

    def _stations(self, count: int) -> Floats:
        return np.linspace(0.0, self.length_m, count, endpoint=False)


def close(lap: Lap) -> Loop:
    """Close a lap of finite points that moves; a recording that ran on past its beginning is cut there."""
    end = _end_of_lap(lap.xy)
    xy = lap.xy[:end]
    moved = np.hypot(*np.diff(xy, axis=0).T) > SAME_PLACE_M
    kept = np.concatenate(([True], moved))
    return Loop.through(xy[kept], None if lap.z is None else lap.z[:end][kept])


def steps_for(length_m: float) -> int:
    """How many equal steps a map of that length has."""
    return max(1, round(length_m / TARGET_STEP_M))


def _end_of_lap(xy: Floats) -> int:
    """How many points there are before the line runs on past its beginning, where it would turn back on itself."""
    from_start = xy - xy[0]
    distance = np.hypot(*from_start.T)
    departed = np.flatnonzero(distance > 5.0)
    if not departed.size:
        return len(xy)
    heading = from_start[departed[0]]
    past_the_line = (distance <= CLOSING_REACH_M) & (from_start @ heading >= 0)
    return int(np.flatnonzero(~past_the_line)[-1]) + 1 if not past_the_line.all() else len(xy)
