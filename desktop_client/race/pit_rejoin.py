"""Where a stop now would put the driver: the place in the race, and the cars on the road before and behind."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from desktop_client.race.lifecycle import Race, own_row
from desktop_client.race.names import short_name
from desktop_client.race.order import driven_m
from desktop_client.race.pace import Pace, signed_gap
from desktop_client.race.teams import Team
from desktop_client.telemetry.frame import Bools, Cars, CarStatus, Floats, Frame, PitStatus, SessionKind

MAX_LAPS = 10_000


def place_of(cars: Cars, row: int) -> int | None:
    """The place of a car in its class, or in the race where the game tells no class places; None not known."""
    place = int(cars.class_position[row]) or int(cars.position[row])
    return place if place > 0 else None


def same_class(cars: Cars, own: int) -> Bools:
    """Which cars race against the one in row `own`."""
    mine = cars.class_name[own]
    return np.array([name == mine for name in cars.class_name], dtype=np.bool_)


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A car next to which the driver would come out; `gap_s` to the tenth, never below zero."""

    name: str
    team: Team
    position: int | None  # in its class, once the driver has lost that time
    gap_s: float
    laps: int  # whole laps that it is before the driver (+, it is lapping) or behind (-, it is lapped)


@dataclass(frozen=True, slots=True)
class Rejoin:
    """`position` counts the driver's class where several drive together."""

    position: int
    ahead: Neighbour | None
    behind: Neighbour | None


def rejoin(frame: Frame, race: Race, loss_s: float) -> Rejoin | None:
    """The picture after losing so many seconds; None outside a race and until distances and pace are known.

    The place is counted in the race, while the neighbours are whoever is near on the road, lapped or not: those are
    the ones that cost time on cold tyres.
    """
    own, pace = own_row(frame), race.pace
    if own is None or pace is None or pace.lap_s is None or frame.session.kind is not SessionKind.RACE:
        return None
    cars, lap_s = frame.cars, pace.lap_s
    times = _times(cars, pace, lap_s)
    after = float(times[own]) - loss_s
    if not np.isfinite(after):
        return None
    others = np.isfinite(times) & (cars.status == CarStatus.RUNNING)
    others[own] = False
    rivals = others & same_class(cars, own)
    position = 1 + int(np.count_nonzero(rivals & (times > after)))
    passing = rivals & (times > after) & (times <= times[own])
    on_road = others & (cars.pit == PitStatus.NONE)
    gaps = np.where(on_road, signed_gap(times, after, lap_s), np.nan)

    def neighbour(row: int) -> Neighbour:
        laps = (times[row] - after - gaps[row]) / lap_s
        return Neighbour(
            name=short_name(cars.name[row]),
            team=race.teams.of(cars.team[row]),
            position=_place_then(cars, row, passing),
            gap_s=round(abs(float(gaps[row])), 1),
            laps=round(float(laps)) if abs(laps) < MAX_LAPS else 0,
        )

    before, behind = np.flatnonzero(gaps >= 0), np.flatnonzero(gaps < 0)
    return Rejoin(
        position=position,
        ahead=neighbour(int(before[np.argmin(gaps[before])])) if len(before) else None,
        behind=neighbour(int(behind[np.argmax(gaps[behind])])) if len(behind) else None,
    )


def _place_then(cars: Cars, row: int, passing: Bools) -> int | None:
    """Whoever comes past the driver is one place better off."""
    place = place_of(cars, row)
    return place - 1 if place is not None and place > 1 and passing[row] else place


def _times(cars: Cars, pace: Pace, lap_s: float) -> Floats:
    """What the way driven so far takes at reference speed, in seconds."""
    driven = driven_m(cars, pace.length_m)
    with np.errstate(invalid="ignore"):
        sane = np.where(np.abs(driven) < MAX_LAPS * pace.length_m, driven, np.nan)
    return np.floor(sane / pace.length_m) * lap_s + pace.time_at(sane)
