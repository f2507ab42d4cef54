"""Does a driven lap come back to where it began, and if it falls short of that, what lies between?

At some circuits the clock starts at one line and stops at another: at Spa-Francorchamps the first is 126 m down the
straight from the second. The first lap against the clock then ends short of where it began, on the same straight.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from desktop_client.telemetry.frame import Floats

LONGEST_STRAIGHT_M: Final = 200.0
LARGEST_SHARE: Final = 0.03  # of the lap
LARGEST_TURN_RAD: Final = math.radians(3.0)
COURSE_M: Final = 8.0  # what a course is taken over: less would be the grain of the numbers


def gap_m(points: Floats) -> float:
    """How far the last of the points (n, 3) lies from the first, seen from above."""
    return math.hypot(points[-1, 0] - points[0, 0], points[-1, 1] - points[0, 1])


def across_the_line(points: Floats) -> Floats | None:
    """The lap (n, 3) from the line at which it ended, down the straight to where it began, and round to its end.

    The straight comes first, because laps are counted where they end. None where no straight leads on from the end
    of the lap to its beginning: then something else is missing than the piece between two lines.
    """
    steps = np.hypot(*np.diff(points[:, :2], axis=0).T)
    gap = gap_m(points)
    if not gap <= min(LONGEST_STRAIGHT_M, LARGEST_SHARE * float(steps.sum())):
        return None
    leaves, arrives = _course(points[::-1]) + math.pi, _course(points)
    across = math.atan2(points[0, 1] - points[-1, 1], points[0, 0] - points[-1, 0])
    turns = (_turn(leaves, across), _turn(across, arrives), _turn(leaves, arrives))
    if max(turns) > LARGEST_TURN_RAD:
        return None
    count = max(1, round(gap / max(0.5, float(steps.mean()))))
    share = np.arange(count)[:, np.newaxis] / count
    return np.vstack((points[-1] + share * (points[0] - points[-1]), points))


def _course(points: Floats) -> float:
    """Where the line leads over its first metres, radians."""
    way = points[:, :2] - points[0, :2]
    far = np.flatnonzero(np.hypot(way[:, 0], way[:, 1]) >= COURSE_M)
    x, y = way[far[0] if far.size else -1]
    return math.atan2(y, x)


def _turn(before: float, after: float) -> float:
    return abs(math.remainder(after - before, math.tau))
