"""Where is a car whose game says how fast it goes and where it points, but not where it is?

Speed over the ground is added up from sample to sample, and what is missing at the end of the lap is taken back along
the way. The headings of games are true ones, north is north all lap long: they do not drift, so the difference between
the two at the line is how the driver crossed it, and spreading that over the lap would bend what is right.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from desktop_client.telemetry.frame import Floats, Frame

LARGEST_DRIFT: Final = 0.01
"""How far, as a share of the lap, the end may lie from the beginning. More is not grain but something left out."""

LARGEST_TURN_RAD: Final = math.radians(15.0)
"""How far apart the headings at the line may be: the road is the same, and a car crosses it at full speed."""

LONGEST_STEP_S: Final = 1.0


class DeadReckoning:
    """Feed it every frame of one car; the places are metres from where it was first seen."""

    def __init__(self) -> None:
        self._x = self._y = 0.0
        self._before: tuple[float, float, float] | None = None  # when, and how fast along x and along y

    def move(self, frame: Frame, row: int) -> tuple[float, float]:
        """Drive to this frame; not-a-number where the game says neither speed nor heading."""
        x_mps, y_mps = _over_ground(frame, row)
        at = frame.session_time_s
        if self._before is not None:
            before_at, before_x, before_y = self._before
            seconds = at - before_at
            if 0 < seconds <= LONGEST_STEP_S:
                self._x += seconds * (before_x + x_mps) / 2
                self._y += seconds * (before_y + y_mps) / 2
        if not math.isfinite(x_mps + y_mps):
            self._before, self._x, self._y = None, 0.0, 0.0
            return math.nan, math.nan
        self._before = (at, x_mps, y_mps)
        return self._x, self._y


def without_drift(points: Floats, turned_rad: float) -> Floats | None:
    """The lap (n, 3) with its end where it began, what was missing taken back evenly along the way.

    `turned_rad` is the heading at its end less the one at its beginning. None where more is missing than can be taken
    back: `LARGEST_DRIFT` of the lap, or `LARGEST_TURN_RAD`.
    """
    steps = np.hypot(*np.diff(points[:, :2], axis=0).T)
    along = np.concatenate(([0.0], np.cumsum(steps)))
    missing = points[-1, :2] - points[0, :2]
    if not np.hypot(*missing) <= LARGEST_DRIFT * along[-1] or not abs(along[-1]) > 0:
        return None
    if not abs(math.remainder(turned_rad, math.tau)) <= LARGEST_TURN_RAD:
        return None
    closed = points.copy()
    closed[:, :2] -= np.outer(along / along[-1], missing)
    return closed


def _over_ground(frame: Frame, row: int) -> tuple[float, float]:
    """Metres per second along x and along y. A car that slides does not go where it points."""
    heading = float(frame.cars.heading_rad[row])
    velocity = None if frame.player is None else frame.player.velocity_mps
    forwards, left = velocity or (float(frame.cars.speed_mps[row]), 0.0)
    if not math.isfinite(heading):
        return math.nan, math.nan
    cos, sin = math.cos(heading), math.sin(heading)
    return forwards * cos - left * sin, forwards * sin + left * cos
