"""When and where did the car cross the line, seen from the first sample in which the game counts the lap?"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from desktop_client.race.driven_lap import Line, Sample, from_line

FRESH_S: Final = 0.1
SLOWEST_START_MPS: Final = 10.0


def line_before(recent: Sequence[Sample], now: Sample, length_m: float | None) -> Line | None:
    """The line that lies as far behind `now` as the game says that the car is in its lap.

    `recent` are the samples before it, oldest first, without a break. It is looked for along the way that was driven:
    by where cars are, games are more exact than by how far they have come. A line that the game counts too soon lies
    ahead, and is where the car will get to. None where the samples do not reach back to it.
    """
    metres = from_line(now.distance, length_m)
    after = now
    for before in reversed(recent):
        step = math.hypot(after.x - before.x, after.y - before.y)
        if step > 0 and metres <= step:
            return _between(before, after, 1.0 - metres / step)
        metres -= step
        after = before
    return None


def line_at_once(now: Sample) -> Line | None:
    """The line right behind a car that is first seen as its lap begins; None where it was not seen to begin.

    By the game's own clock of the lap: a car that is first seen in the middle of a lap has an older one.
    """
    age = now.lap_time
    if not 0 <= age <= FRESH_S or not now.speed >= SLOWEST_START_MPS or not math.isfinite(now.heading):
        return None
    if not 0 <= now.distance <= 2 * FRESH_S * now.speed:
        return None
    back = now.speed * age
    x, y = now.x - back * math.cos(now.heading), now.y - back * math.sin(now.heading)
    return Line(now.at - age, x, y, now.z, now.heading)


def _between(before: Sample, after: Sample, share: float) -> Line:
    """The line at this share of the way from one sample to the next; beyond 1 it lies ahead of both."""
    at, x, y, z = (
        a + (b - a) * share
        for a, b in ((before.at, after.at), (before.x, after.x), (before.y, after.y), (before.z, after.z))
    )
    return Line(at, x, y, z, after.heading)
