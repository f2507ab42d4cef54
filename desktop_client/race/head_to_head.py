"""The fight for a place: the cars ahead and behind in the order, and who is catching whom."""

from __future__ import annotations

import enum
import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from desktop_client.race.gaps import best_lap_gap
from desktop_client.race.lap_times import LapTimes
from desktop_client.race.lifecycle import Race, own_row
from desktop_client.race.names import short_name
from desktop_client.race.order import AGAINST_THE_CLOCK, driven_m, order
from desktop_client.race.relative import gaps_on_road
from desktop_client.race.teams import Team
from desktop_client.telemetry.frame import SECTORS, CarStatus, Frame, PitStatus

PACE_LAPS: Final = 3  # so many laps that both drove undisturbed say who is faster
LEAST_CHANGE_S: Final = 0.05  # a lap: less is no difference
FARTHEST_LAPS: Final = 99
LONGEST_GAP_S: Final = 3600.0


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
    gap_s: float | None  # to the tenth, never negative; to the thousandth against the clock
    gap_laps: int  # whole laps, where it is one or more
    trend: Trend
    change_s: float | None  # by how much the gap changes a lap, to the tenth, never negative
    laps_to_meet: int | None  # until it is gone, where it shrinks
    in_time: bool  # before the flag, as far as is known
    lap_diffs: tuple[float | None, ...]  # of the last laps, the newest first, to the hundredth
    sector_diffs: tuple[float | None, ...]  # of the newest lap that both drove
    tyre: str
    tyre_age_laps: int | None
    own_tyre_age_laps: int | None
    in_pit: bool


@dataclass(frozen=True, slots=True)
class HeadToHeadView:
    is_race: bool
    ahead: Duel | None
    behind: Duel | None


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
    is_race = frame.session.kind not in AGAINST_THE_CLOCK
    return HeadToHeadView(
        is_race=is_race,
        ahead=None if place == 0 else _duel(frame, race, own, rivals[place - 1], behind=False),
        behind=None if place + 1 == len(rivals) else _duel(frame, race, own, rivals[place + 1], behind=True),
    )


def closing_s(times: LapTimes, chaser: int, chased: int) -> float | None:
    """By how many seconds a lap the chaser is faster, over the newest laps that both drove undisturbed."""
    won = [theirs - mine for mine, theirs, clean in _common_laps(times, chaser, chased) if clean][:PACE_LAPS]
    return sum(won) / len(won) if won else None


def race_gap_s(frame: Frame, race: Race, ahead: int, behind: int) -> float | None:
    """Seconds from one car to the one behind it: as it was driven, else as the game says, else from the pace."""
    cars, passages = frame.cars, race.timing.passages
    measured = None
    if passages is not None:
        now_s = frame.session_time_s
        here = float(passages.lap_distance_now(cars, now_s)[behind])
        measured = passages.seconds_since(ahead, here, now_s)
    candidates = (
        measured,
        float(cars.gap_ahead_s[behind]),
        float(cars.gap_leader_s[behind] - cars.gap_leader_s[ahead]),
        float(gaps_on_road(frame, race, behind)[ahead]),
    )
    known = (gap for gap in candidates if gap is not None and 0 <= gap < LONGEST_GAP_S)
    return next(known, None)


def _duel(frame: Frame, race: Race, own: int, rival: int, *, behind: bool) -> Duel:
    cars, times = frame.cars, race.timing.lap_times
    front, rear = (own, rival) if behind else (rival, own)
    laps, gap, change = 0, None, None
    if frame.session.kind in AGAINST_THE_CLOCK:
        gap = best_lap_gap(cars, rear, front).seconds
    else:
        laps = _whole_laps(frame, front, rear)
        gap = race_gap_s(frame, race, front, rear) if laps == 0 else None
        change = closing_s(times, rear, front)
    trend, to_meet = Trend.UNKNOWN, None
    if change is not None:
        trend = Trend.SHRINKS if change > 0 else Trend.GROWS
        if abs(change) < LEAST_CHANGE_S:
            trend = Trend.STAYS
        elif change > 0 and gap is not None and gap / change <= FARTHEST_LAPS:
            to_meet = max(1, math.ceil(gap / change))
    common = _common_laps(times, own, rival)[:PACE_LAPS]
    position, age = int(cars.position[rival]), int(cars.tyre_age_laps[rival])
    own_age = int(cars.tyre_age_laps[own])
    return Duel(
        position=position if position > 0 else None,
        number=int(cars.number[rival]) if cars.number[rival] >= 0 else None,
        name=short_name(cars.name[rival]),
        team=race.teams.of(cars.team[rival]),
        gap_s=None if gap is None else round(gap, 3 if frame.session.kind in AGAINST_THE_CLOCK else 1) + 0.0,
        gap_laps=laps,
        trend=trend,
        change_s=None if change is None else round(abs(change), 1),
        laps_to_meet=to_meet,
        in_time=to_meet is None or to_meet <= _laps_to_go(frame, own),
        lap_diffs=tuple(round(mine - theirs, 2) + 0.0 for mine, theirs, _ in common),
        sector_diffs=_sector_diffs(times, own, rival),
        tyre=cars.tyre[rival],
        tyre_age_laps=age if age >= 0 else None,
        own_tyre_age_laps=own_age if own_age >= 0 else None,
        in_pit=bool(cars.pit[rival] != PitStatus.NONE),
    )


def _common_laps(times: LapTimes, one: int, other: int) -> list[tuple[float, float, bool]]:
    """Times of the laps that both have driven, the newest first, and whether both were undisturbed."""
    theirs = {int(number): index for index, number in enumerate(times.number[other].tolist()) if number > 0}
    common: list[tuple[float, float, bool]] = []
    for index, number in enumerate(times.number[one].tolist()):
        at = theirs.get(number)
        if at is not None:
            clean = bool(times.clean[one, index] and times.clean[other, at])
            common.append((float(times.lap_s[one, index]), float(times.lap_s[other, at]), clean))
    return common


def _sector_diffs(times: LapTimes, own: int, rival: int) -> tuple[float | None, ...]:
    common = set(times.number[own].tolist()) & set(times.number[rival].tolist()) - {0}
    if not common:
        return (None,) * SECTORS
    newest = max(common)
    mine, theirs = (times.sector_s[row, times.number[row].tolist().index(newest)].tolist() for row in (own, rival))
    return tuple(round(a - b, 2) + 0.0 if math.isfinite(a - b) else None for a, b in zip(mine, theirs, strict=True))


def _whole_laps(frame: Frame, front: int, rear: int) -> int:
    length = frame.session.track_length_m
    if length is None or not length > 0:
        return 0
    driven = driven_m(frame.cars, length)
    apart = float(driven[front] - driven[rear]) / length
    return int(apart) if 1 <= apart < 1000 else 0


def _laps_to_go(frame: Frame, own: int) -> float:
    """Laps left to drive, this one included; without end where the race's length is not known in laps."""
    total = frame.session.total_laps
    return math.inf if total is None else total - int(frame.cars.lap[own]) + 1
