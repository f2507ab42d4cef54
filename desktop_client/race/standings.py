"""Where everybody stands: the table of the race, or of a session against the clock, class by class."""

from __future__ import annotations

import enum
import math
from dataclasses import dataclass

import numpy as np

from desktop_client.race.classes import CarClass, known_laps
from desktop_client.race.dash import LapMark
from desktop_client.race.gaps import Gap, RaceGaps, best_lap_gap
from desktop_client.race.lifecycle import Race, own_row
from desktop_client.race.names import short_name
from desktop_client.race.order import AGAINST_THE_CLOCK, Rows, order, places_in_class
from desktop_client.race.starting_grid import gained
from desktop_client.race.table_window import shares, shown
from desktop_client.race.teams import Team
from desktop_client.telemetry.frame import Bools, Cars, CarStatus, Frame, Ints, PitStatus, SessionKind

SAME_TIME_S = 0.0005


class Doing(enum.Enum):
    """What a car does that a driver must know of."""

    RACING = enum.auto()
    PIT_LANE = enum.auto()
    IN_BOX = enum.auto()
    OUT_LAP = enum.auto()
    OFF_TRACK = enum.auto()
    GARAGE = enum.auto()
    FINISHED = enum.auto()
    RETIRED = enum.auto()
    DISQUALIFIED = enum.auto()


class Column(enum.Enum):
    """What a table can say of each car besides its place, number and name."""

    GAINED = enum.auto()
    LICENCE = enum.auto()
    TYRE = enum.auto()
    STOPS = enum.auto()
    LAST = enum.auto()
    BEST = enum.auto()
    INTERVAL = enum.auto()
    GAP = enum.auto()


@dataclass(frozen=True, slots=True)
class LapSaid:
    seconds: float  # to the thousandth
    mark: LapMark  # among the laps of its own class


@dataclass(frozen=True, slots=True)
class StandingsRow:
    slot: int
    place: int  # in the class
    number: int | None
    name: str
    team: Team
    gap: Gap  # to the leader of the class, or to its best lap
    interval: Gap  # to the car ahead in the class
    gained: int | None  # places won (+) or lost (-) since the start
    last: LapSaid | None
    best: LapSaid | None
    licence: str
    rating: int | None
    tyre: str
    stint_laps: int | None
    stops: int | None
    penalty_s: int | None
    doing: Doing
    is_player: bool
    follows: bool  # the row above is the car ahead; False where rows between were left out


@dataclass(frozen=True, slots=True)
class ClassTable:
    car_class: CarClass
    cars: int
    rows: tuple[StandingsRow, ...]


@dataclass(frozen=True, slots=True)
class StandingsView:
    """`columns` are those that at least one car has something in: the others fold away."""

    tables: tuple[ClassTable, ...]  # fastest class first; one table where all drive in one class
    columns: frozenset[Column]
    against_the_clock: bool


def standings(frame: Frame, race: Race, room: int, leaders: int = 3, others: int = 2) -> StandingsView | None:
    """The table in `room` rows, strips of the classes included; None while there are no cars.

    `leaders` of the driver's class and `others` of every other are always shown.
    """
    classes = race.classes.in_order(frame.cars)
    if not classes:
        return None
    table = _Table(frame, race)
    own = own_row(frame)
    members = [table.ordered[race.classes.of_row[table.ordered] == one.number] for one in classes]
    own_class = 0 if own is None else next(i for i, rows in enumerate(members) if own in rows)
    strips = len(classes) if len(classes) > 1 else 0
    given = shares([len(rows) for rows in members], own_class, max(1, room - strips), others)
    tables: list[ClassTable] = []
    for index, (car_class, rows) in enumerate(zip(classes, members, strict=True)):
        at = int(np.flatnonzero(rows == own)[0]) if own is not None and index == own_class else None
        places = shown(len(rows), at, given[index], leaders if index == own_class else others)
        said = tuple(table.row(rows, place, own, place == 0 or place - 1 in places) for place in places)
        tables.append(ClassTable(car_class, len(rows), said))
    return StandingsView(tuple(tables), table.columns(), table.timed)


class _Table:
    """Everything about one instant that rows are made of."""

    def __init__(self, frame: Frame, race: Race) -> None:
        cars, session = frame.cars, frame.session
        self._cars, self._race, self._session = cars, race, session
        self.timed = session.kind in AGAINST_THE_CLOCK
        self.ordered: Rows = order(cars, session.kind, session.track_length_m)
        self._places = places_in_class(self.ordered, race.classes.of_row)
        self._doing = doing(cars, race.pits.on_out_lap(cars))
        grid = race.grid.places(cars) if session.kind is SessionKind.RACE else np.zeros(len(cars), dtype=np.int32)
        self._has_grid: Bools = grid > 0
        self._gained = gained(self._places, grid, race.classes.of_row)
        self._gaps = RaceGaps(frame, race, self.ordered)
        self._best_s: list[float] = known_laps(cars.best_lap_s).tolist()
        self._last_s: list[float] = known_laps(cars.last_lap_s).tolist()
        self._class_best_s: list[float] = race.classes.best_laps(cars)[race.classes.of_row].tolist()
        self._stint: Ints = race.pits.stint_laps(cars)
        self._stops: Ints = race.pits.stops(cars)

    def columns(self) -> frozenset[Column]:
        """The columns that have something to say about any car, shown or not: a table must not change as it scrolls."""
        cars = self._cars
        has = {
            Column.GAINED: bool(self._has_grid.any()),
            Column.LICENCE: any(cars.licence) or bool((cars.rating > 0).any()),
            Column.TYRE: any(cars.tyre) or bool((self._stint >= 0).any()),
            Column.STOPS: self._session.kind is SessionKind.RACE and bool((self._stops > 0).any()),
            Column.LAST: min(self._last_s, default=math.inf) < math.inf,
            Column.BEST: min(self._best_s, default=math.inf) < math.inf,
        }
        apart = len(cars) > 1 and (not self.timed or has[Column.BEST])
        has |= {Column.GAP: apart, Column.INTERVAL: apart}
        return frozenset(column for column, said in has.items() if said)

    def row(self, members: Rows, place: int, own: int | None, follows: bool) -> StandingsRow:
        cars, row = self._cars, int(members[place])
        penalty = float(cars.penalty_s[row])
        return StandingsRow(
            slot=int(cars.slot[row]),
            place=int(self._places[row]),
            number=int(cars.number[row]) if cars.number[row] >= 0 else None,
            name=short_name(cars.name[row]),
            team=self._race.teams.of(cars.team[row]),
            gap=self._behind(row, int(members[0])),
            interval=self._behind(row, int(members[max(0, place - 1)])),
            gained=int(self._gained[row]) if self._has_grid[row] else None,
            last=self._lap(self._last_s[row], row),
            best=self._lap(self._best_s[row], row),
            licence=cars.licence[row][:8],
            rating=int(cars.rating[row]) if cars.rating[row] > 0 else None,
            tyre=cars.tyre[row][:2],
            stint_laps=int(self._stint[row]) if 0 <= self._stint[row] < 1000 else None,
            stops=int(self._stops[row]) if 0 <= self._stops[row] < 100 else None,
            penalty_s=round(penalty) if 0.5 <= penalty < 1000 else None,
            doing=self._doing[row],
            is_player=row == own,
            follows=follows,
        )

    def _behind(self, row: int, ahead: int) -> Gap:
        if row == ahead:
            return Gap()
        return best_lap_gap(self._cars, row, ahead) if self.timed else self._gaps.behind(row, ahead)

    def _lap(self, seconds: float, row: int) -> LapSaid | None:
        if seconds == math.inf:
            return None
        if seconds <= self._class_best_s[row] + SAME_TIME_S:
            return LapSaid(round(seconds, 3), LapMark.SESSION_BEST)
        own = seconds <= self._best_s[row] + SAME_TIME_S
        return LapSaid(round(seconds, 3), LapMark.OWN_BEST if own else LapMark.PLAIN)


def doing(cars: Cars, on_out_lap: Bools) -> list[Doing]:
    """What every car does now; the first that holds: out of it, in the pits, beside the track, just out of the pits."""
    ladder = (
        (cars.status == CarStatus.DISQUALIFIED, Doing.DISQUALIFIED),
        (cars.status == CarStatus.RETIRED, Doing.RETIRED),
        (cars.status == CarStatus.FINISHED, Doing.FINISHED),
        (cars.status == CarStatus.GARAGE, Doing.GARAGE),
        (cars.pit == PitStatus.IN_BOX, Doing.IN_BOX),
        (cars.pit != PitStatus.NONE, Doing.PIT_LANE),
        (cars.off_track, Doing.OFF_TRACK),
        (on_out_lap, Doing.OUT_LAP),
    )
    rungs = np.select([holds for holds, _ in ladder], range(len(ladder)), len(ladder)).tolist()
    words = (*(word for _, word in ladder), Doing.RACING)
    return [words[rung] for rung in rungs]
