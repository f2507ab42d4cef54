"""What Automobilista 2 does not say outright but what follows from what it says: speeds, sector times, time left."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from desktop_client.telemetry.frame import SECTORS, Bools, Floats, Ints
from desktop_client.telemetry.games.ams2_wire import CARS

LEG_S: Final = 0.4
"""Places come to a quarter of a metre: over a leg of this length that is less than one metre per second."""

JUST_NOW_S: Final = 2.0


class Trail:
    """How fast each car moves, from where it was between one and two legs ago."""

    def __init__(self) -> None:
        self._before: tuple[float, Floats] | None = None
        self._recent: tuple[float, Floats] | None = None

    def speed(self, at: float, places: Floats) -> Floats:
        """Metres per second; `places` has the shape (3, CARS) and not-a-number where there is no car."""
        if self._recent is None or at < self._recent[0] or at - self._recent[0] > 4 * LEG_S:
            self._before, self._recent = None, (at, places)
        elif at - self._recent[0] >= LEG_S:
            self._before, self._recent = self._recent, (at, places)
        if self._before is None:
            return np.full(CARS, np.nan)
        return np.sqrt(((places - self._before[1]) ** 2).sum(axis=0)) / (at - self._before[0])


class Splits:
    """The times of the sectors of this lap and the one before.

    The statistics hold the time of the newest sector of each car, the timings which sector the car is in. The two
    come in different packets and either may be first: a new time is given to the sector that was left just now.
    """

    def __init__(self) -> None:
        self.this_lap: Floats = np.full((CARS, SECTORS), np.nan)
        self.last_lap: Floats = np.full((CARS, SECTORS), np.nan)
        self._sector: Ints | None = None
        self._left_at = np.full(CARS, -np.inf)
        self._newest: Floats | None = None
        self._fresh: Bools = np.zeros(CARS, dtype=np.bool_)

    def hear(self, last_sector_s: Floats) -> None:
        """Take the newest sector times from the statistics, not-a-number where there is none."""
        if self._newest is not None:
            self._fresh |= np.isfinite(last_sector_s) & (last_sector_s != self._newest)
        self._newest = last_sector_s

    def see(self, sector: Ints, at: float) -> None:
        """Take the sector that every car is in at a time, -1 where that is not known."""
        before, self._sector = self._sector, sector
        if before is None:
            return
        changed = (sector != before) & (sector >= 0) & (before >= 0)
        if not (changed.any() or self._fresh.any()):
            return
        self._left_at[changed] = at
        begun = changed & (sector == 0)
        self.last_lap[begun] = self.this_lap[begun]
        self.this_lap[begun] = np.nan
        due = self._fresh & (at - self._left_at < JUST_NOW_S)
        if due.any() and self._newest is not None:
            self._fresh &= ~due
            ended = due & (sector > 0)
            self.this_lap[ended, sector[ended] - 1] = self._newest[ended]
            self.last_lap[due & (sector == 0), SECTORS - 1] = self._newest[due & (sector == 0)]


class Countdown:
    """The time left, which some editions of the game say in seconds and others in thousandths: its pace tells."""

    def __init__(self) -> None:
        self._since: tuple[float, float] | None = None
        self._unit_s: float | None = None

    def seconds(self, at: float, left: float) -> float | None:
        """None where there is no clock, and until its unit is known."""
        if not 0 <= left < math.inf:
            self._since = None
            return None
        if self._unit_s is None:
            self._measure(at, left)
        return None if self._unit_s is None else left * self._unit_s

    def _measure(self, at: float, left: float) -> None:
        if self._since is None or left > self._since[1]:
            self._since = (at, left)
            return
        passed, counted = at - self._since[0], self._since[1] - left
        if passed >= 1 and counted > 0.1:
            self._unit_s = 0.001 if counted / passed > 30 else 1.0
