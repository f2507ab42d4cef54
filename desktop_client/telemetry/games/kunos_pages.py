"""What is remembered of the pages of Assetto Corsa and its successor: the newest of each, and what they let see."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final, Self

import numpy as np

from desktop_client.telemetry.frame import SECTORS, Floats, SessionKind
from desktop_client.telemetry.games.kunos_wire import text

OFF, REPLAY, LIVE, PAUSED = range(4)  # status
RACE_SESSION: Final = 2
KINDS: Final = {
    0: SessionKind.PRACTICE,
    1: SessionKind.QUALIFYING,
    2: SessionKind.RACE,
    3: SessionKind.TIME_TRIAL,  # hot lap
    4: SessionKind.TIME_TRIAL,  # time attack
    7: SessionKind.TIME_TRIAL,  # hot stint
    8: SessionKind.QUALIFYING,  # superpole
}
NO_TIME_MS: Final = 2**31 - 1
LONGEST_MS: Final = 86_400_000
TIME_GIVEN_BACK_MS: Final = 5000.0
"""A session's remaining time never grows; by more than this, somebody restarted it."""

SAME_MS: Final = 1000
"""How far the clock may be from a sector's end when the page that tells of it is read."""

Page = dict[str, Any]


@dataclass(frozen=True, slots=True)
class About:
    """What does not change in a session."""

    car: str = ""
    track: str = ""
    configuration: str = ""
    driver: str = ""
    max_rpm: int = 0
    tank: float = 0.0
    track_length: float = 0.0
    has_drs: bool = False
    has_battery: bool = False
    battery_j: float = 0.0

    @classmethod
    def of(cls, page: Page) -> Self:
        names = (text(page["first_name"]), text(page["surname"]))
        return cls(
            car=text(page["car"]),
            track=text(page["track"]),
            configuration=text(page["track_configuration"]),
            driver=" ".join(name for name in names if name) or text(page["nickname"]),
            max_rpm=page["max_rpm"],
            tank=page["max_fuel"],
            track_length=page["track_length"],
            has_drs=bool(page["has_drs"]),
            has_battery=bool(page["has_ers"] or page["has_kers"]),
            battery_j=page["ers_max_j"] or page["kers_max_j"],
        )


def seconds(milliseconds: int) -> float:
    """A time that the game tells in milliseconds; not-a-number for none yet."""
    return milliseconds / 1000 if 0 < milliseconds <= LONGEST_MS else math.nan


class SessionWatch:
    """Tells one session from the next, by what its pages say."""

    def __init__(self) -> None:
        self._key: tuple[object, ...] | None = None
        self._left_ms = math.inf
        self._laps = 0

    def is_new(self, key: tuple[object, ...], left_ms: float, laps: int) -> bool:
        """Whether the session with this `key` began since the last look: another, or the same from its beginning."""
        new = key != self._key or left_ms > self._left_ms + TIME_GIVEN_BACK_MS or laps < self._laps
        self._key, self._laps = key, laps
        self._left_ms = left_ms if math.isfinite(left_ms) else math.inf
        return new


class OwnSectors:
    """The driver's sector times, out of which sector the car is in and how long the last one took.

    Competizione tells the time since the line at a sector's end, Assetto Corsa the sector's own: whichever is near the
    running clock is meant, and where neither is, the clock itself is as good as the rate of the pages.
    """

    def __init__(self) -> None:
        self.current, self.last, self.best = (np.full(SECTORS, np.nan) for _ in range(3))
        self._sector, self._laps = 0, -1
        self._is_whole = False  # this lap was seen from its line

    def watch(self, page: Page) -> None:
        sector, laps = page["sector"], page["completed_laps"]
        if laps != self._laps:
            if laps == self._laps + 1 and self._is_whole:
                self._finish_lap(page)
            # A lap that is joined in its middle has no sectors to tell of.
            self._is_whole = self._laps >= 0 or sector == 0
            self.current = np.full(SECTORS, np.nan)
            self._sector, self._laps = 0, laps
        if self._is_whole and sector == self._sector + 1 and sector < SECTORS:
            self._close(sector - 1, page["last_sector_ms"], page["current_ms"])
        self._sector = sector

    def _close(self, finished: int, told_ms: int, clock_ms: int) -> None:
        before_ms = float(np.nansum(self.current[:finished])) * 1000
        if abs(told_ms - clock_ms) <= SAME_MS:
            took_ms = told_ms - before_ms
        elif abs(told_ms - (clock_ms - before_ms)) <= SAME_MS:
            took_ms = float(told_ms)
        else:
            took_ms = clock_ms - before_ms
        if 0 < took_ms <= LONGEST_MS:
            self.current = self.current.copy()
            self.current[finished] = took_ms / 1000

    def _finish_lap(self, page: Page) -> None:
        driven = self.current.copy()
        driven[-1] = seconds(page["last_ms"]) - driven[:-1].sum()
        if not driven[-1] > 0:
            driven[-1] = math.nan
        self.last, self.best = driven, np.fmin(self.best, driven)


class GridWatch:
    """Whether the car still stands behind the line that its first lap begins at."""

    def __init__(self) -> None:
        self._behind = False

    def lap_share(self, page: Page) -> float:
        """The share of the lap, negative before the first crossing of a race start; not-a-number for nonsense."""
        share = float(page["lap_share"])
        if not 0 <= share <= 1:
            return math.nan
        in_first_lap = page["session"] == RACE_SESSION and page["completed_laps"] == 0 and share > 0.5
        self._behind = in_first_lap and (self._behind or page["current_ms"] <= 0)
        return share - 1 if self._behind else share


def one_row(values: Floats) -> Floats:
    """The sector times of one car as the column that a frame wants."""
    return values[np.newaxis, :]
