"""How far it is to the flag, in races that count laps and in races that count down a clock."""

from __future__ import annotations

import math
from dataclasses import dataclass

from desktop_client.race.lifecycle import Race, own_row
from desktop_client.race.moment import lap_share
from desktop_client.telemetry.frame import CarStatus, Flag, Frame, SessionKind

MOST_LAPS = 10_000
BEST_TO_RACE = 1.02  # a lap in the race takes a little longer than the best one
BELIEVABLE = 1.07  # a last lap longer than so many best ones was in traffic, in the pits, or under yellow
SURE_S = 1.0  # the clock is predicted no better than this, and worse the further away the flag is
SURE_SHARE = 0.003


@dataclass(frozen=True, slots=True)
class ToGo:
    """Laps that the driver's car has still to drive, with the rest of this one; never below zero."""

    laps: float
    perhaps_one_more: bool = False  # the clock runs out so close to the leader's crossing that nobody can know yet


def to_go(frame: Frame, race: Race) -> ToGo | None:
    """The way to the flag; None outside a race, and where the game says neither laps nor time.

    Everybody stops at the first crossing after the leader has finished. Of two limits the nearer one counts.
    """
    own, session = own_row(frame), frame.session
    if own is None or session.kind is not SessionKind.RACE:
        return None
    if frame.cars.status[own] == CarStatus.FINISHED:
        return ToGo(0.0)
    share = _share_or_half(frame, own)
    leader = _leader(frame, own)
    if Flag.CHEQUERED in session.flags or frame.cars.status[leader] == CarStatus.FINISHED:
        return ToGo(1 - share)
    by_laps = _by_laps(frame, own, leader)
    by_time = _by_time(frame, race, own, leader)
    if by_laps is None or (by_time is not None and by_time.laps < by_laps.laps):
        return by_time
    return by_laps


def lap_time_s(frame: Frame, race: Race, row: int) -> float | None:
    """What a lap of this car takes now: its last one where that was a lap at pace, else from its best."""
    last, best = float(frame.cars.last_lap_s[row]), float(frame.cars.best_lap_s[row])
    if best > 0 and math.isfinite(best):
        return last if best <= last <= best * BELIEVABLE else best * BEST_TO_RACE
    if last > 0 and math.isfinite(last):
        return last
    return None if race.pace is None else race.pace.lap_s


def _leader(frame: Frame, own: int) -> int:
    first = (frame.cars.position == 1).nonzero()[0]
    return int(first[0]) if len(first) else own


def _share_or_half(frame: Frame, row: int) -> float:
    share = lap_share(frame, row)
    return 0.5 if math.isnan(share) else share


def _by_laps(frame: Frame, own: int, leader: int) -> ToGo | None:
    total = frame.session.total_laps
    if total is None or not 0 < total < MOST_LAPS:
        return None
    driven = [int(frame.cars.lap[row]) - 1 + _share_or_half(frame, row) for row in (own, leader)]
    lapped = max(0, math.floor(driven[1] - driven[0]))
    return ToGo(max(0.0, total - lapped - driven[0])) if abs(driven[0]) < MOST_LAPS else None


def _by_time(frame: Frame, race: Race, own: int, leader: int) -> ToGo | None:
    left = frame.session.time_left_s
    lap, leaders_lap = lap_time_s(frame, race, own), lap_time_s(frame, race, leader)
    if left is None or not 0 <= left < MOST_LAPS * 60 or lap is None or leaders_lap is None:
        return None
    if left == 0 and frame.session.total_laps is not None:
        return None  # a race over laps has no clock
    ends_s, spare_s = _crossing_after(left, _share_or_half(frame, leader), leaders_lap)
    share = _share_or_half(frame, own)
    laps = 1 - share
    if own == leader:
        laps = ends_s / lap
    elif ends_s > laps * lap:
        laps += math.ceil((ends_s - laps * lap) / lap - 1e-6)
    unsure = left > 0 and spare_s < SURE_S + SURE_SHARE * left
    return ToGo(min(laps, float(MOST_LAPS)), perhaps_one_more=unsure)


def _crossing_after(left_s: float, share: float, lap_s: float) -> tuple[float, float]:
    """Seconds to the first crossing of the line after the clock ran out, and how long after zero that is."""
    first = (1 - share) * lap_s
    crossing = first + max(0, math.ceil((left_s - first) / lap_s - 1e-9)) * lap_s
    return crossing, crossing - left_s
