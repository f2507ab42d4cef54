"""Who is near on the road: the cars ahead and behind the driver's own, with the gap in seconds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from desktop_client.race.lifecycle import Race, own_row
from desktop_client.race.names import short_name
from desktop_client.race.pace import Pace, signed_gap
from desktop_client.race.teams import Team
from desktop_client.telemetry.frame import (
    Bools,
    Cars,
    Floats,
    Frame,
    PitStatus,
    SessionKind,
)

MAX_LAPS = 10_000


@dataclass(frozen=True, slots=True)
class RelativeRow:
    slot: int
    position: int | None
    number: int | None
    name: str
    team: Team
    gap_s: float | None  # to the tenth; positive is ahead on the road, None is not known
    laps: int  # whole laps ahead (+, it is lapping you) or behind (-, you are lapping it); 0 outside a race
    in_pit: bool
    is_player: bool


@dataclass(frozen=True, slots=True)
class RelativeView:
    """`rows[ahead]` is always the driver's own car, so that the eye finds it; None is an empty row."""

    rows: tuple[RelativeRow | None, ...]
    ahead: int


def relative(frame: Frame, race: Race, ahead: int = 3, behind: int = 3) -> RelativeView | None:
    """The rows around the driver, furthest ahead first; None while there is no own car among the cars."""
    own, cars = own_row(frame), frame.cars
    if own is None:
        return None
    gaps = gaps_to(cars, own, race.pace)
    laps = laps_apart(cars, own, race.pace)
    if frame.session.kind is not SessionKind.RACE:
        laps = np.zeros_like(laps)
    shown = _shown(cars, own, gaps)
    order = shown[np.argsort(gaps[shown], kind="stable")]
    in_front = [int(row) for row in order[gaps[order] >= 0][:ahead]][::-1]
    at_back = [int(row) for row in order[gaps[order] < 0][::-1][:behind]]

    def row(index: int) -> RelativeRow:
        gap = round(float(gaps[index]), 1) + 0.0
        return RelativeRow(
            slot=int(cars.slot[index]),
            position=int(cars.position[index]) if cars.position[index] > 0 else None,
            number=int(cars.number[index]) if cars.number[index] >= 0 else None,
            name=short_name(cars.name[index]),
            team=race.teams.of(cars.team[index]),
            gap_s=gap if np.isfinite(gap) else None,
            laps=int(laps[index]),
            in_pit=bool(cars.pit[index] != PitStatus.NONE),
            is_player=index == own,
        )

    rows = [None] * (ahead - len(in_front)) + [row(index) for index in (*in_front, own, *at_back)]
    return RelativeView(rows=tuple(rows + [None] * (behind - len(at_back))), ahead=ahead)


def gaps_to(cars: Cars, own: int, pace: Pace | None) -> Floats:
    """Seconds from the own car to every car along the shorter way round; the own one is 0, unknown is nan."""
    lap_s = None if pace is None else pace.lap_s
    if pace is None or lap_s is None:
        gaps = np.full(len(cars), np.nan)
    else:
        times = pace.time_at(cars.lap_distance_m)
        gaps = signed_gap(times, float(times[own]), lap_s)
    gaps[own] = 0.0
    return gaps


def laps_apart(cars: Cars, own: int, pace: Pace | None) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Whole laps between each car and the own one, beyond what lies between them on the road.

    Counted from the distance driven, not from the lap numbers: those change at the line, one car at a time.
    """
    if pace is None:
        return np.zeros(len(cars), dtype=np.int64)
    with np.errstate(invalid="ignore", over="ignore"):
        counted = (cars.lap - 1) * pace.length_m + cars.lap_distance_m
        driven = np.where(np.isfinite(cars.total_distance_m), cars.total_distance_m, counted)
        on_road = signed_gap(cars.lap_distance_m, float(cars.lap_distance_m[own]), pace.length_m)
        laps = (driven - driven[own] - on_road) / pace.length_m
    believable = np.isfinite(laps) & (np.abs(laps) < MAX_LAPS)
    return np.round(np.where(believable, laps, 0.0)).astype(np.int64)


def _shown(cars: Cars, own: int, gaps: Floats) -> np.ndarray[tuple[int], np.dtype[np.intp]]:
    """Other cars with a known place; a car that stands in its box is not near anybody."""
    known: Bools = np.isfinite(gaps) & (cars.pit != PitStatus.IN_BOX)
    known[own] = False
    return np.flatnonzero(known)
