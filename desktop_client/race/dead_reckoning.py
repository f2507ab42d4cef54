"""Where is a car whose game says how fast it goes over the ground and where it points, but not where it is?

Its speed is added up from sample to sample, and what is missing at the end of the lap is taken back along the way. The
headings of games are true ones, north is north all lap long: they do not drift, so the difference between the two at
the line is how the driver crossed it, and spreading a single degree of that over the lap bends a circuit by 3 to 6 m.
For the same reason what lies beside the line stays: a driver crosses it now on the left and now on the right.

A speed without its direction is not enough: a racing car points up to some degrees beside where it goes, which bends
real circuits by 7 to 14 m, and comes back to its beginning all the same.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from desktop_client.telemetry.frame import Floats, Frame

LARGEST_DRIFT: Final = 0.002
"""How much of the lap may be missing. With noise in speed and heading it was 0.0004 at the most on real circuits."""

LARGEST_TURN_RAD: Final = math.radians(15.0)
"""How far apart the headings at the line may be: the road is the same, and a car crosses it at full speed."""

LONGEST_STEP_S: Final = 1.0


class DeadReckoning:
    """Feed it every frame of one car; the places are metres from where it was first seen."""

    def __init__(self) -> None:
        self._x = self._y = 0.0
        self._before: tuple[float, float, float] | None = None  # when, and how fast along x and along y

    def move(self, frame: Frame, row: int) -> tuple[float, float]:
        """Drive to this frame; not-a-number where it cannot be said."""
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


def without_drift(points: Floats, heading_rad: float, turned_rad: float) -> Floats | None:
    """The lap (n, 3) with its end on the line of its beginning, what was missing taken back evenly along the way.

    `heading_rad` is where the car pointed at the beginning, `turned_rad` how far from that at the end. None where
    more is missing than can be taken back: `LARGEST_DRIFT` of the lap, or `LARGEST_TURN_RAD`.
    """
    steps = np.hypot(*np.diff(points[:, :2], axis=0).T)
    along = np.concatenate(([0.0], np.cumsum(steps)))
    if not math.isfinite(turned_rad) or abs(math.remainder(turned_rad, math.tau)) > LARGEST_TURN_RAD:
        return None
    ahead = np.array((math.cos(heading_rad), math.sin(heading_rad)))
    missing = float((points[-1, :2] - points[0, :2]) @ ahead)
    if not abs(missing) <= LARGEST_DRIFT * along[-1]:
        return None
    closed = points.copy()
    closed[:, :2] -= np.outer(along / max(along[-1], 1e-9), missing * ahead)
    return closed


def _over_ground(frame: Frame, row: int) -> tuple[float, float]:
    """Metres per second along x and along y."""
    heading = float(frame.cars.heading_rad[row])
    velocity = None if frame.player is None else frame.player.velocity_mps
    if velocity is None or not math.isfinite(heading):
        return math.nan, math.nan
    forwards, left = velocity
    cos, sin = math.cos(heading), math.sin(heading)
    return forwards * cos - left * sin, forwards * sin + left * cos
