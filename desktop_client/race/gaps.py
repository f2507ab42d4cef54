"""By how much a car is behind another: from the game, from when the other passed here, or from distance and pace."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from desktop_client.race.classes import known_laps
from desktop_client.race.lifecycle import Race
from desktop_client.race.order import Rows, driven_m
from desktop_client.race.pace import Pace
from desktop_client.race.to_the_flag import lap_time_s
from desktop_client.telemetry.frame import Cars, CarStatus, Floats, Frame

LONGEST_GAP_S = 36_000.0
MAX_LAPS_DOWN = 999
BELIEVABLE_PACE = (0.5, 2.0)  # laps outside of these shares of the reference are no pace
SAME_MOMENT_S = 0.05


@dataclass(frozen=True, slots=True)
class Gap:
    """Behind another car: whole laps where it is a lap or more, else seconds; None is not known."""

    seconds: float | None = None
    laps: int = 0


def best_lap_gap(cars: Cars, row: int, ahead: int) -> Gap:
    """How much slower the best lap of a row is than another's, to the thousandth."""
    times = known_laps(cars.best_lap_s)[[row, ahead]]
    return Gap(_seconds(float(times[0] - times[1]), 3)) if np.isfinite(times).all() else Gap()


class RaceGaps:
    """The gaps of one instant of a race, to the tenth of a second."""

    def __init__(self, frame: Frame, race: Race, ordered: Rows) -> None:
        """`ordered` holds the rows of all cars, first to last."""
        length, cars = frame.session.track_length_m, frame.cars
        self._frame, self._race = frame, race
        self._length_m = length if length is not None and length > 0 else math.nan
        driven = driven_m(cars, self._length_m)
        rank = np.empty(len(ordered), dtype=np.intp)
        rank[ordered] = np.arange(len(ordered))
        to_leader = np.where(np.abs(cars.gap_leader_s) < LONGEST_GAP_S, cars.gap_leader_s, math.nan)
        to_leader[ordered[:1]] = 0.0
        # Rows are asked for one by one, and single values out of lists cost a fraction of those out of columns.
        self._driven: list[float] = driven.tolist()
        self._time: list[float] = _time_driven(driven, race.pace).tolist()
        self._rank: list[int] = rank.tolist()
        self._to_leader: list[float] = to_leader.tolist()
        self._to_next: list[float] = cars.gap_ahead_s.tolist()
        self._running: list[bool] = (cars.status == CarStatus.RUNNING).tolist()

    def behind(self, row: int, ahead: int) -> Gap:
        """How far `row` is behind `ahead`, which is before it in the order."""
        running = self._running[row] and self._running[ahead]
        if running:  # a winner on the way home is not a lap further
            apart = (self._driven[ahead] - self._driven[row]) / self._length_m
            if 1 <= apart < MAX_LAPS_DOWN:
                return Gap(laps=int(apart))
        said = self._said(row, ahead)
        if said is None and running:
            said = self._since_passed(row, ahead)
            said = self._from_distance(row, ahead) if said is None else said
        return Gap(said)

    def _said(self, row: int, ahead: int) -> float | None:
        """The game's own gap: to the car right ahead, else the difference of two gaps to the leader."""
        next_to = self._rank[row] - self._rank[ahead] == 1
        direct = _seconds(self._to_next[row], 1) if next_to else None
        return direct if direct is not None else _seconds(self._to_leader[row] - self._to_leader[ahead], 1)

    def _since_passed(self, row: int, ahead: int) -> float | None:
        """How long ago the other was where this car is; nobody's pace has to be guessed for that."""
        passages = self._race.timing.passages
        if passages is None or self._race.frame is not self._frame:
            return None
        here = float(self._frame.cars.lap_distance_m[row])
        since = passages.seconds_since(ahead, here, self._frame.session_time_s)
        return None if since is None else _seconds(since, 1)

    def _from_distance(self, row: int, ahead: int) -> float | None:
        """How long this car needs to where the other is, at its own pace: another class's would be wrong."""
        own, reference = lap_time_s(self._frame, self._race, row), self._race.pace and self._race.pace.lap_s
        share = own / reference if own and reference else 1.0
        low, high = BELIEVABLE_PACE
        return _seconds((self._time[ahead] - self._time[row]) * (share if low <= share <= high else 1.0), 1)


def _time_driven(driven: Floats, pace: Pace | None) -> Floats:
    """What the distance of each car takes at reference speed, in seconds."""
    lap_s = None if pace is None else pace.lap_s
    if pace is None or lap_s is None:
        return np.full(len(driven), np.nan)
    return np.floor(driven / pace.length_m) * lap_s + pace.time_at(driven)


def _seconds(value: float, decimals: int) -> float | None:
    return max(0.0, round(value, decimals)) if -SAME_MOMENT_S < value < LONGEST_GAP_S else None
