"""What the dash shows: gear, speed, shift lights, the aid that may be used, and the lap times."""

from __future__ import annotations

import enum
import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from desktop_client.race.inputs import InputsView
from desktop_client.race.lifecycle import Race, own_row
from desktop_client.telemetry.frame import Cars, Floats, Frame, Ints, Player

LIGHTS = 8  # per side: they fill from both edges to the middle
LIGHTS_FROM_RPM = 0.70  # share of the highest rpm at which the first light comes on, where a game has no lights
LIGHTS_FULL_RPM = 0.97

SpeedUnit = Literal["km/h", "mph"]
PER_MPS: dict[SpeedUnit, float] = {"km/h": 3.6, "mph": 2.236936}


class Drs(enum.Enum):
    """Whether the movable wing can help now; `ABSENT` takes no room on the dash."""

    ABSENT = enum.auto()
    AVAILABLE = enum.auto()
    OPEN = enum.auto()


class LapMark(enum.Enum):
    """What the last lap was worth."""

    PLAIN = enum.auto()
    OWN_BEST = enum.auto()
    SESSION_BEST = enum.auto()


@dataclass(frozen=True, slots=True)
class DashView:
    gear: str  # "R", "N", "1" ...
    speed: int | None  # in the driver's unit
    lights: int  # 0..LIGHTS
    drs: Drs
    position: int | None
    cars: int
    lap: int | None
    total_laps: int | None
    lap_time_s: float | None  # to the tenth: it is read while it runs
    lap_valid: bool
    last_lap_s: float | None  # to the thousandth
    last_mark: LapMark
    best_lap_s: float | None
    inputs: InputsView


def dash(frame: Frame, race: Race, unit: SpeedUnit = "km/h") -> DashView | None:
    """The dash of the driver's own car; None while there is no such car to speak of."""
    player, row, cars = frame.player, own_row(frame), frame.cars
    if player is None:
        return None
    lap_time = _seconds(cars.lap_time_s, row)
    last = _seconds(cars.last_lap_s, row)
    best = _seconds(cars.best_lap_s, row)
    return DashView(
        gear=_gear(player.gear),
        speed=_whole(player.speed_mps * PER_MPS[unit]),
        lights=lights(player),
        drs=_drs(player),
        position=_counted(cars.position, row),
        cars=len(cars),
        lap=_counted(cars.lap, row),
        total_laps=frame.session.total_laps,
        lap_time_s=None if lap_time is None else math.floor(lap_time * 10) / 10,
        lap_valid=True if row is None else bool(cars.lap_valid[row]),
        last_lap_s=last,
        last_mark=_mark(last, best, cars),
        best_lap_s=best,
        inputs=race.inputs.view(player),
    )


def lights(player: Player) -> int:
    """How many lights of a side are lit, 0..LIGHTS: the game's own share if it tells, else from the rpm."""
    share = player.shift_lights
    if share is None:
        if not player.max_rpm or not math.isfinite(player.rpm / player.max_rpm):
            return 0
        share = (player.rpm / player.max_rpm - LIGHTS_FROM_RPM) / (LIGHTS_FULL_RPM - LIGHTS_FROM_RPM)
    if not math.isfinite(share):
        return 0
    return math.floor(min(1.0, max(0.0, share)) * LIGHTS + 1e-6)


def _gear(gear: int) -> str:
    return "R" if gear < 0 else "N" if gear == 0 else str(min(gear, 99))


def _whole(value: float) -> int | None:
    return min(999, round(abs(value))) if math.isfinite(value) else None


def _drs(player: Player) -> Drs:
    if player.drs_open:
        return Drs.OPEN
    return Drs.AVAILABLE if player.drs_available else Drs.ABSENT


def _counted(column: Ints, row: int | None) -> int | None:
    return None if row is None or column[row] <= 0 else int(column[row])


def _seconds(column: Floats, row: int | None) -> float | None:
    """A time of a car in seconds; games say zero for a lap that is not there."""
    if row is None:
        return None
    value = float(column[row])
    return round(value, 3) if math.isfinite(value) and 0 < value < 36_000 else None


def _mark(last: float | None, best: float | None, cars: Cars) -> LapMark:
    if last is None or best is None or last > best + 0.0005:
        return LapMark.PLAIN
    times = cars.best_lap_s[np.isfinite(cars.best_lap_s) & (cars.best_lap_s > 0)]
    return LapMark.SESSION_BEST if last <= float(times.min()) + 0.0005 else LapMark.OWN_BEST
