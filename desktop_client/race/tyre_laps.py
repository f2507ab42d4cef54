"""What each lap made of the set of tyres that is on the car."""

from __future__ import annotations

import math
from collections import deque

from desktop_client.race.moment import Moment
from desktop_client.telemetry.frame import Player, Wheel

LAPS_KEPT = 64
RECENT_LAPS = 3  # wear changes with the tank and the track: older laps do not say what the next one will cost
NEW_SET = 0.02  # wear that is gone again: nobody drives a tyre new
HOTTEST_C = 400.0

Four = tuple[float, float, float, float]  # in the order of WHEELS, not-a-number where the game does not say
UNKNOWN: Four = (math.nan, math.nan, math.nan, math.nan)


def temperature_c(wheel: Wheel) -> float:
    """What counts for grip: the carcass, else the tread across, else the surface; not-a-number if none is said."""
    tread = math.nan if wheel.tread_c is None else sum(wheel.tread_c) / len(wheel.tread_c)
    for value in (wheel.inner_c, tread, wheel.surface_c):
        if -HOTTEST_C < value < HOTTEST_C:
            return float(value)
    return math.nan


def wear_of(wheel: Wheel) -> float:
    """0 new .. 1 gone, or not-a-number."""
    return float(wheel.wear) if 0 <= wheel.wear <= 1 else math.nan


class TyreLaps:
    """Wear at each crossing of the line and the mean temperature of each lap. A new set begins with nothing."""

    def __init__(self) -> None:
        self._forget()

    def _forget(self) -> None:
        self._lap: int | None = None
        self._at_line: deque[Four] = deque(maxlen=LAPS_KEPT)  # wear, of laps that follow each other
        self._means: deque[Four] = deque(maxlen=LAPS_KEPT)  # degrees Celsius
        self._sums, self._samples = [0.0, 0.0, 0.0, 0.0], 0
        self._whole = False
        self._wear = UNKNOWN
        self._compound: str | None = None
        self._age: int | None = None

    def take(self, moment: Moment, player: Player) -> None:
        """Remember one moment of the driver's own car."""
        if player.wheels is None:
            return
        one, two, three, four = player.wheels
        wear = (wear_of(one), wear_of(two), wear_of(three), wear_of(four))
        if self._is_new_set(player, wear):
            self._forget()
        self._wear, self._compound, self._age = wear, player.tyre_compound, player.tyre_age_laps
        if moment.lap != self._lap:
            self._cross(moment, wear)
        self._whole = self._whole and not moment.in_pit
        sums = self._sums
        for index, wheel in enumerate(player.wheels):
            sums[index] += temperature_c(wheel)
        self._samples += 1

    @property
    def wear_per_lap(self) -> Four:
        """The mean over the recent laps; not-a-number before a whole lap, and where a game tells no wear."""
        count = min(RECENT_LAPS, len(self._at_line) - 1)
        if count < 1:
            return UNKNOWN
        newest, before = self._at_line[-1], self._at_line[-1 - count]
        one, two, three, four = ((new - old) / count for new, old in zip(newest, before, strict=True))
        return one, two, three, four

    @property
    def warming_c(self) -> Four:
        """How much warmer the last whole lap was than the one before it; not-a-number before two laps."""
        if len(self._means) < 2:
            return UNKNOWN
        one, two, three, four = (new - old for new, old in zip(self._means[-1], self._means[-2], strict=True))
        return one, two, three, four

    def _cross(self, moment: Moment, wear: Four) -> None:
        in_order = self._lap is not None and moment.lap == self._lap + 1
        if in_order and self._whole and self._samples:
            one, two, three, four = (total / self._samples for total in self._sums)
            self._means.append((one, two, three, four))
        if not in_order:
            self._at_line.clear()
            self._means.clear()
        self._whole = moment.near_line or (in_order and math.isnan(moment.share))
        if self._whole:
            self._at_line.append(wear)
        else:
            self._at_line.clear()
        self._lap, self._sums, self._samples = moment.lap, [0.0, 0.0, 0.0, 0.0], 0

    def _is_new_set(self, player: Player, wear: Four) -> bool:
        fresher = any(new < old - NEW_SET for new, old in zip(wear, self._wear, strict=True))
        younger = player.tyre_age_laps is not None and self._age is not None and player.tyre_age_laps < self._age
        return fresher or younger or player.tyre_compound != self._compound
