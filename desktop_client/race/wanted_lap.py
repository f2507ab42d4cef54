"""Is one more lap of this track of any use, and what for? So that nobody sends laps which teach nothing."""

from __future__ import annotations

import enum
from typing import Final

from contracts.tracks import TrackMap

LAPS_THAT_COUNT: Final = 20  # of one driver: more of them only say the same line again
ENOUGH_LAPS: Final = 50  # by then the middle of the road is known to half a metre
ENOUGH_DRIVERS: Final = 3  # as many as have to agree before a part of a map is moved far
WIDE_ENOUGH: Final = 0.9
NO_MORE_LAPS: Final = 200  # what so many have not shown is not going to be seen


class Use(enum.StrEnum):
    """What a lap would do for the map."""

    FIRST = "first"  # there is no map
    CONFIRM = "confirm"  # others have made a map that nobody else has confirmed
    WIDTH = "width"  # how wide the road is has not been seen everywhere
    SHAPE = "shape"  # where its middle is can be known better


def use_of_a_lap(known: TrackMap | None, given: int) -> Use | None:
    """What a lap of a driver who has `given` laps to this track already would do; None for nothing."""
    if known is None:
        return Use.FIRST
    quality = known.quality
    if given >= LAPS_THAT_COUNT:
        return None
    if known.status == "provisional" and given == 0:
        return Use.CONFIRM
    if quality.laps >= NO_MORE_LAPS:
        return None
    if (quality.width_coverage or 0.0) < WIDE_ENOUGH:
        return Use.WIDTH
    return Use.SHAPE if quality.laps < ENOUGH_LAPS or quality.users < ENOUGH_DRIVERS else None
