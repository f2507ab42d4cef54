"""What a lap costs of a store that only a stop fills again: fuel in any unit, or energy that the rules allow."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass

from desktop_client.race.moment import Moment

LAPS_KEPT = 64
POINTS = 100  # places of the lap at which the level is remembered
NOISE = 0.002  # of the fullest level seen; a rise above it is a filling, a smaller one the slosh of the tank
LONGEST_YELLOW_S = 5.0  # a lap longer under yellow says nothing about racing


@dataclass(frozen=True, slots=True)
class Use:
    """Per lap, over the laps that were driven whole, without a stop and at racing pace."""

    last: float
    mean: float  # of the recent laps
    most: float
    least: float
    laps: int  # how many were counted


class Consumption:
    """Watches a level go down. Laps in and out of the pits, with a filling, or not at racing pace do not count."""

    def __init__(self) -> None:
        self._laps: deque[float] = deque(maxlen=LAPS_KEPT)
        self._lap: int | None = None
        self._at_s = self._level = self._lowest = self._fullest = 0.0
        self._start = 0.0  # the level at the line, raised by what was filled in since
        self._counts = False
        self._yellow_s = 0.0
        self._curve: list[float] = []  # what was used up to each of POINTS places of this lap
        self._last_curve: list[float] = []  # of the last lap that counted, the line at its end included

    def take(self, moment: Moment, level: float) -> None:
        """Remember the level at a moment, in any unit. Moments come in order; one back in time begins again."""
        if not (math.isfinite(level) and level >= 0):
            return
        self._fullest = max(self._fullest, level)
        if self._lap is None or moment.at_s < self._at_s or moment.lap not in (self._lap, self._lap + 1):
            self._begin(moment, level, in_order=False)
        elif moment.lap == self._lap + 1:
            seen = moment.near_line or math.isnan(moment.share)
            if self._counts and seen and self._start - level > 0:
                self._laps.append(self._start - level)
                self._last_curve = self._curve + [self._start - level] * (POINTS + 1 - len(self._curve))
            self._begin(moment, level, in_order=True)
        rise = level - self._lowest
        if rise > NOISE * self._fullest:
            self._start += rise
            self._counts = False
            self._lowest = level
        self._lowest = min(self._lowest, level)
        if moment.yellow:
            self._yellow_s += max(0.0, moment.at_s - self._at_s)
        if moment.in_pit or moment.slowed or self._yellow_s > LONGEST_YELLOW_S:
            self._counts = False
        self._at_s, self._level = moment.at_s, level
        self._draw(moment.share)

    def use(self, recent: int) -> Use | None:
        """What laps have cost, `mean` over the `recent` newest; None before one has counted."""
        if not self._laps:
            return None
        newest = list(self._laps)[-max(1, recent) :]
        return Use(self._laps[-1], sum(newest) / len(newest), max(self._laps), min(self._laps), len(self._laps))

    def this_lap(self, share: float) -> float | None:
        """What this lap will have cost if the rest of it, from `share` on, is driven as in the last one counted."""
        if not self._counts or not self._last_curve or not math.isfinite(share):
            return None
        at = min(1.0, max(0.0, share)) * POINTS
        below = min(POINTS - 1, math.floor(at))
        low, high = self._last_curve[below], self._last_curve[below + 1]
        rest = self._last_curve[POINTS] - (low + (high - low) * (at - below))
        return max(0.0, self._start - self._level + rest)

    def _begin(self, moment: Moment, level: float, *, in_order: bool) -> None:
        self._counts = moment.near_line or (in_order and math.isnan(moment.share))
        self._lap, self._at_s = moment.lap, moment.at_s
        self._start = self._lowest = level
        self._yellow_s = 0.0
        self._curve = [0.0]

    def _draw(self, share: float) -> None:
        """Remember what was used so far, at every place of the lap that has been passed since the last time."""
        if not 0 <= share < 1:
            return
        passed = math.floor(share * POINTS) + 1 - len(self._curve)
        if passed > 0:
            self._curve.extend([self._start - self._level] * passed)
