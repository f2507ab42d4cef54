"""The fight for a place: the cars ahead and behind in the order, and who is catching whom."""

from __future__ import annotations

import enum
import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from desktop_client.race.gaps import Gap, RaceGaps, best_lap_gap
from desktop_client.race.lap_times import LapTimes
from desktop_client.race.lifecycle import Race, own_row
from desktop_client.race.names import short_name
from desktop_client.race.order import AGAINST_THE_CLOCK, order
from desktop_client.race.teams import Team
from desktop_client.telemetry.frame import SECTORS, CarStatus, Frame, PitStatus

PACE_LAPS: Final = 3  # so many laps that both drove undisturbed say who is faster
LEAST_CHANGE_S: Final = 0.05  # a lap: less is no difference
FARTHEST_LAPS: Final = 99


class Trend(enum.Enum):
    """What becomes of a gap."""

    UNKNOWN = enum.auto()
    SHRINKS = enum.auto()
    GROWS = enum.auto()
    STAYS = enum.auto()


@dataclass(frozen=True, slots=True)
class Duel:
    """One rival. Differences are the driver's time less the rival's: negative is the driver being faster."""

    position: int | None
    number: int | None
    name: str
    team: Team
    gap: Gap  # to the tenth; to the thousandth against the clock
    trend: Trend
    change_s: float | None  # by how much the gap changes a lap, to the tenth, never negative
    laps_to_meet: int | None  # until it is gone, where it shrinks
    in_time: bool  # before the flag, as far as is known
    lap_diffs: tuple[float | None, ...]  # of the newest laps that both drove undisturbed, to the hundredth
    sector_diffs: tuple[float | None, ...]  # of the newest of them
    tyre: str
    tyre_age_laps: int | None
    own_tyre_age_laps: int | None
    in_pit: bool


@dataclass(frozen=True, slots=True)
class HeadToHeadView:
    is_race: bool
    ahead: Duel | None
    behind: Duel | None


@dataclass(frozen=True, slots=True)
class _CommonLap:
    """A lap of the same number of two cars."""

    one_s: float
    other_s: float
    clean: bool  # both undisturbed
    sector_diffs: tuple[float | None, ...]


def head_to_head(frame: Frame, race: Race, *, same_class: bool = True) -> HeadToHeadView | None:
    """The driver between two rivals, of the same class only if so wished; None while there is no own car."""
    own, cars = own_row(frame), frame.cars
    if own is None:
        return None
    ordered = order(cars, frame.session.kind, frame.session.track_length_m)
    fights = cars.status[ordered] < CarStatus.RETIRED
    if same_class:
        names = cars.class_name
        fights &= np.array([names[row] == names[own] for row in ordered.tolist()], dtype=np.bool_)
    rivals = ordered[fights | (ordered == own)].tolist()
    place = rivals.index(own)
    gaps = RaceGaps(frame, race, ordered)
    return HeadToHeadView(
        is_race=frame.session.kind not in AGAINST_THE_CLOCK,
        ahead=None if place == 0 else _duel(frame, race, gaps, own, rivals[place - 1], behind=False),
        behind=None if place + 1 == len(rivals) else _duel(frame, race, gaps, own, rivals[place + 1], behind=True),
    )


def closing_s(times: LapTimes, chaser: int, chased: int) -> float | None:
    """By how many seconds a lap the chaser is faster, over the newest laps that both drove undisturbed."""
    won = [lap.other_s - lap.one_s for lap in _common_laps(times, chaser, chased) if lap.clean][:PACE_LAPS]
    return sum(won) / len(won) if won else None


def _duel(frame: Frame, race: Race, gaps: RaceGaps, own: int, rival: int, *, behind: bool) -> Duel:
    cars, times = frame.cars, race.timing.lap_times
    front, rear = (own, rival) if behind else (rival, own)
    if frame.session.kind in AGAINST_THE_CLOCK:
        gap, change = best_lap_gap(cars, rear, front), None
    else:
        gap, change = gaps.behind(rear, front), closing_s(times, rear, front)
    trend, to_meet = Trend.UNKNOWN, None
    if change is not None:
        trend = Trend.SHRINKS if change > 0 else Trend.GROWS
        if abs(change) < LEAST_CHANGE_S:
            trend = Trend.STAYS
        elif change > 0 and gap.seconds is not None and gap.seconds / change <= FARTHEST_LAPS:
            to_meet = max(1, math.ceil(gap.seconds / change))
    common = [lap for lap in _common_laps(times, own, rival) if lap.clean][:PACE_LAPS]
    position, age = int(cars.position[rival]), int(cars.tyre_age_laps[rival])
    own_age = int(cars.tyre_age_laps[own])
    return Duel(
        position=position if position > 0 else None,
        number=int(cars.number[rival]) if cars.number[rival] >= 0 else None,
        name=short_name(cars.name[rival]),
        team=race.teams.of(cars.team[rival]),
        gap=gap,
        trend=trend,
        change_s=None if change is None else round(abs(change), 1),
        laps_to_meet=to_meet,
        in_time=to_meet is None or to_meet <= _laps_to_go(frame, own),
        lap_diffs=tuple(round(lap.one_s - lap.other_s, 2) + 0.0 for lap in common),
        sector_diffs=common[0].sector_diffs if common else (None,) * SECTORS,
        tyre=cars.tyre[rival],
        tyre_age_laps=age if age >= 0 else None,
        own_tyre_age_laps=own_age if own_age >= 0 else None,
        in_pit=bool(cars.pit[rival] != PitStatus.NONE),
    )


def _common_laps(times: LapTimes, one: int, other: int) -> list[_CommonLap]:
    """The laps that two cars have both driven, the newest first."""
    theirs = {int(number): index for index, number in enumerate(times.number[other].tolist()) if number > 0}
    common: list[_CommonLap] = []
    for index, number in enumerate(times.number[one].tolist()):
        at = theirs.get(number)
        if at is not None:
            diffs = (times.sector_s[one, index] - times.sector_s[other, at]).tolist()
            common.append(
                _CommonLap(
                    one_s=float(times.lap_s[one, index]),
                    other_s=float(times.lap_s[other, at]),
                    clean=bool(times.clean[one, index] and times.clean[other, at]),
                    sector_diffs=tuple(round(diff, 2) + 0.0 if math.isfinite(diff) else None for diff in diffs),
                )
            )
    return common


def _laps_to_go(frame: Frame, own: int) -> float:
    """Laps left to drive, this one included; without end where the race's length is not known in laps."""
    total = frame.session.total_laps
    return math.inf if total is None else total - int(frame.cars.lap[own]) + 1
