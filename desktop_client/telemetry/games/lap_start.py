"""Where the lap began, for games that count laps and metres but do not say how far into the lap the car is."""

from __future__ import annotations

import math
from typing import Final

YOUNG_LAP_S: Final = 1.0
"""While a lap is not older than this, its speed has hardly changed: speed times age is the way since the line."""

JUMP_M: Final = 100.0
"""No car gets this far between two packets that are worth adding up: it was put somewhere else."""


class LapClock:
    """The age of the lap. A game's clock may, for a packet or more after the line, still be that of the lap before."""

    def __init__(self) -> None:
        self._lap: int | None = None
        self._clock_s = math.nan
        self._runs_on = False

    def age(self, lap: int, clock_s: float, last_lap_s: float) -> float:
        """Seconds since the lap began, not-a-number where that is not known.

        `clock_s` is what the game says of it, `last_lap_s` the time of the lap before; either may be not-a-number.
        """
        crossed = self._lap is not None and lap == self._lap + 1
        self._runs_on = not clock_s < self._clock_s and (self._runs_on or crossed)
        self._lap, self._clock_s = lap, clock_s
        if not self._runs_on:
            return clock_s
        age = clock_s - last_lap_s
        return age if 0 <= age <= YOUNG_LAP_S else math.nan


class LapStart:
    """Turns metres driven into metres since the line. Until a line was crossed the answer is not-a-number."""

    def __init__(self) -> None:
        self._lap: int | None = None
        self._line_m = math.nan  # what the odometer showed at the line

    def forget(self) -> None:
        """The metres driven are not to be trusted any more; the next line makes them good."""
        self._line_m = math.nan

    def since_line(self, lap: int, driven_m: float, speed_mps: float, lap_time_s: float, begins_at_line: bool) -> float:
        """Metres since this lap began.

        `driven_m` may begin anywhere. `lap_time_s` is not-a-number where the game has no such clock, and then a lap is
        taken to begin with the packet that first names it. `begins_at_line` says whether this lap is one that begins
        at the line: the first lap of a race begins on the grid.
        """
        if lap != self._lap:
            followed = self._lap is not None and lap == self._lap + 1
            self._lap = lap
            self._line_m = self._line(driven_m, speed_mps, lap_time_s, followed) if begins_at_line else math.nan
        return driven_m - self._line_m

    def _line(self, driven_m: float, speed_mps: float, lap_time_s: float, followed: bool) -> float:
        if 0 <= lap_time_s <= YOUNG_LAP_S:
            return driven_m - lap_time_s * max(speed_mps, 0.0)
        return driven_m if followed and math.isnan(lap_time_s) else math.nan


class Odometer:
    """Adds up the way between places, for a game that says where the car is and not how far it has driven."""

    def __init__(self) -> None:
        self.driven_m = 0.0
        self._place: tuple[float, float, float] | None = None

    def move(self, place: tuple[float, float, float]) -> bool:
        """Drive to a place, coordinates in metres; False when the car cannot have driven there."""
        before, self._place = self._place, place
        if before is None:
            return True
        step = math.dist(before, place)
        if not step <= JUMP_M:
            return False
        self.driven_m += step
        return True
