"""The driver's laps as a table: the newest first, each sector for what it is worth."""

from __future__ import annotations

import enum
import itertools
import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from desktop_client.race.dash import LapMark
from desktop_client.race.fuel import UNITS, Unit
from desktop_client.race.lifecycle import Race, own_row
from desktop_client.race.running_lap import Lap, LapKind, Sectors
from desktop_client.telemetry.frame import SECTORS, Floats, Frame, FuelUnit

SAME_S = 0.0005


class SectorMark(enum.Enum):
    """What a sector is worth by now: not when it was driven, so that one glance finds the best of each."""

    UNKNOWN = enum.auto()
    SLOWER = enum.auto()
    OWN_BEST = enum.auto()
    SESSION_BEST = enum.auto()


@dataclass(frozen=True, slots=True)
class MarkedSector:
    seconds: float | None
    mark: SectorMark


@dataclass(frozen=True, slots=True)
class LapRow:
    number: int
    lap_s: float | None  # None for the lap being driven
    mark: LapMark
    sectors: tuple[MarkedSector, ...]
    valid: bool
    kind: LapKind
    tyre: str
    tyre_age_laps: int | None
    fuel_used: float | None  # to the hundredth; of a tank of unknown size in percent


@dataclass(frozen=True, slots=True)
class LapLogView:
    """`running` is the lap being driven, None where there is none; `rows` are over, the newest first."""

    running: LapRow | None
    rows: tuple[LapRow, ...]
    best_s: float | None
    fuel_unit: Unit | None
    has_sectors: bool
    has_tyres: bool


def lap_log(frame: Frame, race: Race, laps: int = 6) -> LapLogView | None:
    """The last so many laps of the driver's own car; None while there is no such car."""
    row = own_row(frame)
    if row is None:
        return None
    log, cars = race.timing.laps, frame.cars
    driving: list[Lap] = []
    if log.running is not None and log.running.number >= 1:
        now = log.running
        driving = [Lap(now.number, None, now.sector_s, now.valid, now.kind, now.tyre)]
    worth = _Worth([*log.laps, *driving], cars.best_sector_s, cars.best_lap_s, row)
    shown = list(itertools.islice(reversed(log.laps), laps))
    rows = tuple(worth.marked(lap) for lap in shown)
    running = worth.marked(driving[0]) if driving else None
    every = rows if running is None else (running, *rows)
    return LapLogView(
        running=running,
        rows=rows,
        best_s=None if log.best is None else log.best.lap_s,
        fuel_unit=next((UNITS[lap.fuel_unit] for lap in shown if lap.fuel_unit and lap.fuel_used is not None), None),
        has_sectors=any(sector.seconds is not None for lap in every for sector in lap.sectors),
        has_tyres=any(lap.tyre for lap in every),
    )


class _Worth:
    """The best times by now, of the driver and of the session."""

    def __init__(self, laps: Iterable[Lap], best_sector_s: Floats, best_lap_s: Floats, own: int) -> None:
        counted = [lap for lap in laps if lap.valid and lap.kind is LapKind.FLYING]  # the one being driven as well
        driven = [
            min((lap.sector_s[index] or math.inf for lap in counted), default=math.inf) for index in range(SECTORS)
        ]
        self._own = np.fmin(driven, _known(best_sector_s[own]))
        self._session = np.fmin(self._own, _known(best_sector_s).min(axis=0, initial=math.inf))
        own_lap = min((lap.lap_s or math.inf for lap in counted), default=math.inf)
        self._own_lap = own_lap
        self._session_lap = min(own_lap, float(_known(best_lap_s).min(initial=math.inf)))

    def marked(self, lap: Lap) -> LapRow:
        """The lap as a row of the table."""
        mark = LapMark.PLAIN
        if lap.is_timed and lap.lap_s is not None and lap.lap_s <= self._own_lap + SAME_S:
            is_best = lap.lap_s <= self._session_lap + SAME_S
            mark = LapMark.SESSION_BEST if is_best else LapMark.OWN_BEST
        scale = 100.0 if lap.fuel_unit is FuelUnit.TANK else 1.0
        return LapRow(
            number=lap.number,
            lap_s=lap.lap_s,
            mark=mark,
            sectors=self._sectors(lap.sector_s, counts=lap.valid),
            valid=lap.valid,
            kind=lap.kind,
            tyre=lap.tyre,
            tyre_age_laps=lap.tyre_age_laps,
            fuel_used=None if lap.fuel_used is None else round(lap.fuel_used * scale, 2),
        )

    def _sectors(self, times: Sectors, *, counts: bool) -> tuple[MarkedSector, ...]:
        marked: list[MarkedSector] = []
        for seconds, own, session in zip(times, self._own.tolist(), self._session.tolist(), strict=True):
            if seconds is None:
                mark = SectorMark.UNKNOWN
            elif not counts or seconds > own + SAME_S:
                mark = SectorMark.SLOWER
            else:
                mark = SectorMark.SESSION_BEST if seconds <= session + SAME_S else SectorMark.OWN_BEST
            marked.append(MarkedSector(seconds, mark))
        return tuple(marked)


def _known(seconds: Floats) -> Floats:
    """Times with infinity for those that are none."""
    with np.errstate(invalid="ignore"):
        return np.where((seconds > 0) & (seconds < 36_000), seconds, math.inf)
