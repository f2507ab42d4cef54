"""What has to be filled in to reach the flag, and how little a lap may cost to do without."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

MOST_STOPS = 99
MOST_LAPS = 1e6
LEAST_USE = 1e-6  # a car that uses less than this does not use anything that could be planned

MarginUnit = Literal["laps", "percent"]


@dataclass(frozen=True, slots=True)
class Margin:
    """What should be over at the flag: so many laps' worth, or so many percent of what is needed."""

    amount: float = 0.5
    unit: MarginUnit = "laps"


@dataclass(frozen=True, slots=True)
class Plan:
    """All amounts in the unit of the level. Nothing is below zero, except `over`."""

    laps_left: float  # in the tank, from here
    over: float | None  # at the flag, without the margin; below zero is missing. None outside a race
    add: float | None  # what the stops have to bring in all, with the margin
    stops: int | None  # how many it takes; None where the size of the tank is not known and something is missing
    save_use: float | None  # per lap: with this little, one stop less is needed
    longer_use: float | None  # per lap: with this little, the tank lasts for one whole lap more


def plan(
    level: float, use: float, share: float, to_go: float | None, capacity: float | None, margin: Margin
) -> Plan | None:
    """The plan for a car with `level` in the tank that uses `use` a lap and is `share` (0..1) around this lap.

    `to_go` laps lie before the flag, None outside a race. None where the numbers cannot be planned with.
    """
    if not (math.isfinite(level) and level >= 0 and math.isfinite(use) and use > LEAST_USE):
        return None
    laps_left = level / use
    if not laps_left < MOST_LAPS:
        return None
    to_line = 1 - min(1.0, max(0.0, share)) if math.isfinite(share) else 1.0
    next_line = to_line + max(0, math.floor(laps_left - to_line + 1e-9) + 1)
    longer = level / next_line if next_line > 0 else None
    if to_go is None or not math.isfinite(to_go):
        return Plan(laps_left, None, None, None, None, longer)
    straight = max(0.0, to_go) * use
    needed = straight + margin.amount * use if margin.unit == "laps" else straight * (1 + margin.amount / 100)
    add = max(0.0, (needed if to_go > 0 else 0.0) - level)
    stops = _stops(add, capacity)
    fewer = max(0, (stops or 0) - 1) * (capacity or 0.0)  # what the stops bring when one is left out
    save = use * (level + fewer) / needed if add > 0 else None
    return Plan(laps_left, level - straight, add, stops, save, longer)


def _stops(add: float, capacity: float | None) -> int | None:
    """A stop brings a full tank at most; the driver comes in with it all but empty."""
    if add <= 0:
        return 0
    if capacity is None or not (math.isfinite(capacity) and capacity > 0):
        return None
    return MOST_STOPS if add >= MOST_STOPS * capacity else max(1, math.ceil(add / capacity - 1e-9))
