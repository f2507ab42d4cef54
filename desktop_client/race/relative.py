"""Who is near on the road: the cars ahead and behind the driver's own, with the gap in seconds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from desktop_client.race.classes import CarClass
from desktop_client.race.lifecycle import Race, own_row
from desktop_client.race.names import short_name
from desktop_client.race.order import order, places_in_class
from desktop_client.race.pace import Pace, signed_gap
from desktop_client.race.teams import Team
from desktop_client.telemetry.frame import (
    Bools,
    Cars,
    CarStatus,
    Floats,
    Frame,
    Ints,
    PitStatus,
    SessionKind,
)

MAX_LAPS = 10_000
LONGEST_LAP_S = 3600.0
MAX_LICENCE = 6
NOT_ON_TRACK = (int(CarStatus.GARAGE), int(CarStatus.RETIRED), int(CarStatus.DISQUALIFIED))


class Ruler(Protocol):
    """What turns places of the lap into seconds since the line."""

    @property
    def lap_s(self) -> float | None: ...

    def time_at(self, lap_distance_m: Floats) -> Floats: ...


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
    car_class: CarClass | None = None  # None where all drive in one class
    class_position: int | None = None
    licence: str = ""
    rating: int | None = None
    last_lap_s: float | None = None  # to the thousandth


@dataclass(frozen=True, slots=True)
class RelativeView:
    """`rows[ahead]` is always the driver's own car, so that the eye finds it; None is an empty row."""

    rows: tuple[RelativeRow | None, ...]
    ahead: int


def relative(frame: Frame, race: Race, ahead: int = 3, behind: int = 3) -> RelativeView | None:
    """The nearest cars in front and behind, or None while there is no own car."""
    own, cars = own_row(frame), frame.cars
    if own is None:
        return None
    gaps = gaps_on_road(frame, race, own)
    is_race = frame.session.kind is SessionKind.RACE
    laps = laps_apart(cars, own, race.pace) if is_race else np.zeros(len(cars), dtype=np.int64)
    shown = _shown(cars, own, gaps)
    sorted_rows = shown[np.argsort(gaps[shown], kind="stable")]
    in_front = [int(row) for row in sorted_rows[gaps[sorted_rows] >= 0][:ahead]][::-1]
    at_back = [int(row) for row in sorted_rows[gaps[sorted_rows] < 0][::-1][:behind]]
    of_row = _classes(cars, race)
    several = len(np.unique(of_row)) > 1
    ordered = order(cars, frame.session.kind, frame.session.track_length_m)
    places = places_in_class(ordered, of_row) if several else cars.class_position

    def row(index: int) -> RelativeRow:
        gap = round(float(gaps[index]), 1) + 0.0
        last = float(cars.last_lap_s[index])
        return RelativeRow(
            slot=int(cars.slot[index]),
            position=_counted(cars.position, index),
            number=int(cars.number[index]) if cars.number[index] >= 0 else None,
            name=short_name(cars.name[index]),
            team=race.teams.of(cars.team[index]),
            gap_s=gap if np.isfinite(gap) else None,
            laps=int(laps[index]),
            in_pit=bool(cars.pit[index] != PitStatus.NONE),
            is_player=index == own,
            car_class=race.classes.met[int(of_row[index])] if several else None,
            class_position=_counted(places, index),
            licence="".join(letter for letter in cars.licence[index] if letter.isprintable())[:MAX_LICENCE],
            rating=_counted(cars.rating, index),
            last_lap_s=round(last, 3) if 0 < last < LONGEST_LAP_S else None,
        )

    rows = [None] * (ahead - len(in_front)) + [row(index) for index in (*in_front, own, *at_back)]
    return RelativeView(rows=tuple(rows + [None] * (behind - len(at_back))), ahead=ahead)


def gaps_on_road(frame: Frame, race: Race, own: int) -> Floats:
    """Seconds from a car to every car along the shorter way round: positive is ahead; its own is 0, unknown is nan.

    A gap is the time that the car behind needs to where the car ahead is, at the best lap of its own class: so both
    drivers see the same gap, a slow class's and a fast one's gaps are both true, and nothing jumps at the line.
    """
    cars, pace, passages = frame.cars, race.pace, race.timing.passages
    gaps = np.full(len(cars), np.nan)
    if pace is not None:
        at = cars.lap_distance_m if passages is None else passages.lap_distance_now(cars, frame.session_time_s)
        with np.errstate(invalid="ignore", over="ignore"):
            at = np.mod(at, pace.length_m)
            metres = signed_gap(at, float(at[own]), pace.length_m)
        of_row, half = _classes(cars, race), pace.length_m / 2
        for number in np.unique(of_row).tolist():
            ruler = _ruler(race, number)
            lap_s = None if ruler is None else ruler.lap_s
            if ruler is None or lap_s is None:
                continue
            times = ruler.time_at(at)
            way = times - times[own]
            if number == of_row[own]:
                in_front = metres >= 0
                gaps[in_front] = np.where(at - at[own] < -half, way + lap_s, way)[in_front]
            at_back = (metres < 0) & (of_row == number)
            gaps[at_back] = np.where(at - at[own] > half, way - lap_s, way)[at_back]
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


def _ruler(race: Race, class_number: int) -> Ruler | None:
    """The best lap of a class, as soon as one of it has driven a clean one; the pace of all until then."""
    met = race.classes.met
    name = met[class_number].name if class_number < len(met) else ""
    return race.timing.references.best_of_class.get(name) or race.pace


def _classes(cars: Cars, race: Race) -> Ints:
    """The number of each car's class; one for all where the cars are not those that the race has seen."""
    of_row = race.classes.of_row
    return of_row if len(of_row) == len(cars) else np.zeros(len(cars), dtype=np.int32)


def _shown(cars: Cars, own: int, gaps: Floats) -> np.ndarray[tuple[int], np.dtype[np.intp]]:
    """Other cars with a known place; a car that stands in its box or garage, or is out, is not near anybody."""
    known: Bools = np.isfinite(gaps) & (cars.pit != PitStatus.IN_BOX) & ~np.isin(cars.status, NOT_ON_TRACK)
    known[own] = False
    return np.flatnonzero(known)


def _counted(column: Ints, row: int) -> int | None:
    return int(column[row]) if column[row] > 0 else None
