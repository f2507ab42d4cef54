"""The driver's lap while it is driven, while it waits for the game to say how long it took, and when it is over."""

from __future__ import annotations

import enum
import math
from dataclasses import dataclass
from typing import Final

from desktop_client.race.reference import LapTrace
from desktop_client.telemetry.frame import SECTORS, Cars, Flag, Frame, Fuel, FuelUnit, PitStatus, SafetyCar, Session

FLAGS_SETTLE_S: Final = 1.0  # what a game says of a lap may still mean the one before for so long
LAP_TIME_WITHIN_S: Final = 2.0  # games that time the lap later do so well within this
LAP_TIME_TOLERANCE_S: Final = 0.5
TRACE_WITHIN_S: Final = 1.0  # the lap number changes at the line, or some frames beside it
LONGEST_LAP_S: Final = 3600.0
SUM_TOLERANCE_S: Final = 0.02
MOST_FUEL: Final = 1e4
ON_TRACK: Final = int(PitStatus.NONE)
NO_SAFETY_CAR: Final = SafetyCar.NONE
RED: Final = Flag.RED

Sectors = tuple[float | None, float | None, float | None]
NO_SECTORS: Final[Sectors] = (None, None, None)


class LapKind(enum.Enum):
    """What kind of lap it is. A safety car outranks the pits: its laps are slow for everybody."""

    FLYING = enum.auto()
    OUT = enum.auto()
    IN = enum.auto()
    SAFETY_CAR = enum.auto()


@dataclass(frozen=True, slots=True)
class Lap:
    """A lap that is over. Times in seconds to the thousandth; None where nobody knows."""

    number: int
    lap_s: float | None
    sector_s: Sectors
    valid: bool = True
    kind: LapKind = LapKind.FLYING
    tyre: str = ""  # compound letter, "" unknown
    tyre_age_laps: int | None = None
    fuel_used: float | None = None
    fuel_unit: FuelUnit | None = None

    @property
    def is_timed(self) -> bool:
        """Whether its time says how fast the driver is."""
        return self.lap_s is not None and self.valid and self.kind is LapKind.FLYING


class RunningLap:
    """The lap being driven, as far as it is known."""

    def __init__(self, frame: Frame, row: int, began_s: float, *, seen_from_line: bool) -> None:
        self.number = int(frame.cars.lap[row])
        self.began_s, self.seen_from_line = began_s, seen_from_line
        self.valid = True
        self.sector_s: Sectors = NO_SECTORS  # those that are over, as the game says
        self.sector_ends_s: list[float] = []  # session times at which sectors were over, as seen
        self.tyre, self.tyre_age_laps = "", -1
        self.fuel_at_start = fuel_of(frame) if seen_from_line else None
        self.trace: LapTrace | None = None  # where its line was seen before its number changed
        self.sector = int(frame.cars.sector[row])
        self._left_pits = self._came_in = self._under_safety_car = self._on_track = False

    @property
    def kind(self) -> LapKind:
        if self._under_safety_car:
            return LapKind.SAFETY_CAR
        if self._came_in:
            return LapKind.IN
        return LapKind.OUT if self._left_pits else LapKind.FLYING

    def watch(self, frame: Frame, row: int, before_s: float) -> None:
        """See the car in this lap; `before_s` is the session time of the frame before."""
        cars, session = frame.cars, frame.session
        settled = frame.session_time_s - self.began_s > FLAGS_SETTLE_S
        if not cars.lap_valid[row]:
            self.valid = False
        elif not settled:
            self.valid = True
        if cars.pit[row] == ON_TRACK:
            self._on_track |= settled
            self.tyre, self.tyre_age_laps = cars.tyre[row], int(cars.tyre_age_laps[row])
        elif self._on_track:
            self._came_in = True
        else:
            self._left_pits = True
        self._under_safety_car |= session.safety_car is not NO_SAFETY_CAR or RED in session.flags
        sector = int(cars.sector[row])
        if sector == self.sector + 1 and self.sector >= 0:
            self.sector_ends_s.append((before_s + frame.session_time_s) / 2)
        self.sector = sector
        if settled:
            said = sectors_of(cars.sector_s[row].tolist())
            self.sector_s = said if said != NO_SECTORS else self.sector_s

    def turn_back(self, now_s: float) -> None:
        """Time was turned back: what came after has not happened."""
        self.valid, self.sector_s = True, NO_SECTORS
        self.sector_ends_s = [ended for ended in self.sector_ends_s if ended <= now_s]


class FinishedLap:
    """A lap that is over, waiting for the game to say how long it took."""

    def __init__(self, lap: RunningLap, ended_s: float, frame: Frame, last_lap_s: float) -> None:
        """`last_lap_s` is what the game said of the lap before this one."""
        self._lap, self._ended_s, self._earlier_lap_s = lap, ended_s, last_lap_s
        self._trace: LapTrace | None = None
        if lap.trace is not None:
            self.offer(lap.trace)
        fuel = fuel_of(frame)
        self._fuel_unit = None if fuel is None else fuel.unit
        self._fuel_used: float | None = None
        if fuel is not None and lap.fuel_at_start is not None:
            used = lap.fuel_at_start.amount - fuel.amount
            # Less than nothing is a tank that was filled, and says nothing about what the lap took.
            self._fuel_used = used if 0 <= used < MOST_FUEL else None

    def offer(self, trace: LapTrace) -> None:
        """Take the trace of a lap if it is this one's."""
        if abs(trace.began_at_s + trace.lap_s - self._ended_s) <= TRACE_WITHIN_S:
            self._trace = trace

    def settled(self, now_s: float, cars: Cars, row: int, session: Session) -> Lap | None:
        """The lap once its time is known, or will not come; None until then."""
        told = seconds_of(float(cars.last_lap_s[row]))
        measured = self._measured_s()
        if told is not None and measured is not None and abs(told - measured) > LAP_TIME_TOLERANCE_S:
            told = None
        is_news = told is not None and float(cars.last_lap_s[row]) != self._earlier_lap_s
        if not is_news and 0 <= now_s - self._ended_s < LAP_TIME_WITHIN_S:
            return None
        if told is None and measured is not None:
            told = seconds_of(measured)
        lap = self._lap
        return Lap(
            number=lap.number,
            lap_s=told,
            sector_s=self._sectors(told, cars.last_sector_s[row].tolist(), session),
            valid=lap.valid,
            kind=lap.kind,
            tyre=lap.tyre,
            tyre_age_laps=lap.tyre_age_laps if lap.tyre_age_laps >= 0 else None,
            fuel_used=self._fuel_used,
            fuel_unit=self._fuel_unit,
        )

    def _measured_s(self) -> float | None:
        if self._trace is not None:
            return self._trace.lap_s
        return self._ended_s - self._lap.began_s if self._lap.seen_from_line else None

    def _sectors(self, lap_s: float | None, told: list[float], session: Session) -> Sectors:
        """From the game, of the whole lap or of what it said on the way; else from where and when they ended."""
        whole = sectors_of(told)
        if lap_s is None or abs(sum(one or 0.0 for one in whole) - lap_s) <= SUM_TOLERANCE_S:
            return whole
        ends = [0.0, *(ended - self._lap.began_s for ended in self._lap.sector_ends_s)]
        if self._lap.sector_s[:2].count(None) == 0:
            ends = [0.0, *(sum(one or 0.0 for one in self._lap.sector_s[:count]) for count in (1, 2))]
        elif self._trace is not None and len(session.sector_starts_m) == SECTORS - 1:
            ends = [0.0, *(self._trace.elapsed_at(start) for start in session.sector_starts_m)]
        elif not self._lap.seen_from_line:
            return NO_SECTORS
        if len(ends) != SECTORS:
            return NO_SECTORS
        first, second, third = (seconds_of(b - a) for a, b in zip(ends, [*ends[1:], lap_s], strict=True))
        return (first, second, third)


def seconds_of(value: float) -> float | None:
    """A time to the thousandth; games say zero for one that is not there."""
    return round(value, 3) if math.isfinite(value) and 0 < value < LONGEST_LAP_S else None


def sectors_of(values: list[float]) -> Sectors:
    """The times of three sectors, None for each that is not known."""
    first, second, third = (seconds_of(value) for value in values)
    return (first, second, third)


def fuel_of(frame: Frame) -> Fuel | None:
    fuel = None if frame.player is None else frame.player.fuel
    return fuel if fuel is not None and math.isfinite(fuel.amount) else None
