"""What the dash shows: gear, speed, shift lights, the aids that have something to say, and the lap times."""

from __future__ import annotations

import enum
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from desktop_client.race.adjustments import Knob
from desktop_client.race.lifecycle import Race, own_row
from desktop_client.telemetry.frame import Cars, Floats, Frame, Ints, Player

LIGHTS = 8  # per side: they fill from both edges to the middle
LIGHTS_FROM_RPM = 0.70  # share of the highest rpm at which the first light comes on, where a game has no lights
LIGHTS_FULL_RPM = 0.97
RPM_STEP = 50  # finer cannot be read

SpeedUnit = Literal["km/h", "mph"]
PER_MPS: dict[SpeedUnit, float] = {"km/h": 3.6, "mph": 2.236936}


class Aid(enum.Enum):
    """What takes room on the dash only while it has something to say, the most urgent first."""

    LIMITER = enum.auto()
    DRS = enum.auto()
    AERO = enum.auto()
    OVERTAKE = enum.auto()
    ABS = enum.auto()
    TC = enum.auto()
    BRAKE_BIAS = enum.auto()


@dataclass(frozen=True, slots=True)
class Chip:
    """`active` is what works now; otherwise it may be used, or has just been set to `value`."""

    aid: Aid
    active: bool = False
    value: float | None = None


class LapMark(enum.Enum):
    """What the last lap was worth."""

    PLAIN = enum.auto()
    OWN_BEST = enum.auto()
    SESSION_BEST = enum.auto()


@dataclass(frozen=True, slots=True)
class DashView:
    gear: str  # "R", "N", "1" ...
    speed: int | None  # in the driver's unit
    rpm: int | None  # to the fifty
    lights: int  # 0..LIGHTS
    chips: tuple[Chip, ...]
    position: int | None
    cars: int
    lap: int | None
    total_laps: int | None
    lap_time_s: float | None  # to the tenth: it is read while it runs
    lap_valid: bool
    last_lap_s: float | None  # to the thousandth
    last_mark: LapMark
    best_lap_s: float | None


def dash(frame: Frame, race: Race, unit: SpeedUnit = "km/h") -> DashView | None:
    """The dash of the driver's own car; None while there is no such car to speak of."""
    player, row, cars = frame.player, own_row(frame), frame.cars
    if player is None:
        return None
    lap_time = _seconds(cars.lap_time_s, row)
    last = _seconds(cars.last_lap_s, row)
    best = _seconds(cars.best_lap_s, row)
    return DashView(
        gear=gear_text(player.gear),
        speed=_whole(player.speed_mps * PER_MPS[unit]),
        rpm=_rpm(player.rpm),
        lights=lights(player),
        chips=chips(player, race.adjustments.recent(frame.session_time_s)),
        position=_counted(cars.position, row),
        cars=len(cars),
        lap=_counted(cars.lap, row),
        total_laps=frame.session.total_laps,
        lap_time_s=None if lap_time is None else math.floor(lap_time * 10) / 10,
        lap_valid=True if row is None else bool(cars.lap_valid[row]),
        last_lap_s=last,
        last_mark=_mark(last, best, cars),
        best_lap_s=best,
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


def gear_text(gear: int) -> str:
    """`R`, `N`, `1` ..."""
    return "R" if gear < 0 else "N" if gear == 0 else str(min(gear, 99))


def _whole(value: float) -> int | None:
    return min(999, round(abs(value))) if math.isfinite(value) else None


def chips(player: Player, turned: Sequence[tuple[Knob, float]]) -> tuple[Chip, ...]:
    """The aids that work now, may be used now or were just adjusted (`turned`), in the order of `Aid`."""
    said = [
        Chip(Aid.LIMITER, active=True) if player.pit_limiter else None,
        _usable(Aid.DRS, player.drs_open, player.drs_available),
        Chip(Aid.AERO, active=True) if player.aero_open else None,
        _usable(Aid.OVERTAKE, player.overtake_active, player.overtake_available, player.overtakes_left),
    ]
    values = dict(turned)
    for aid, knob, active in ((Aid.ABS, Knob.ABS, player.abs_active), (Aid.TC, Knob.TC, player.tc_active)):
        if active or knob in values:
            said.append(Chip(aid, active=bool(active), value=values.get(knob)))
    if Knob.BRAKE_BIAS in values:
        said.append(Chip(Aid.BRAKE_BIAS, value=values[Knob.BRAKE_BIAS]))
    return tuple(chip for chip in said if chip is not None)


def _usable(aid: Aid, active: bool | None, available: bool | None, left: int | None = None) -> Chip | None:
    return Chip(aid, active=bool(active), value=left) if active or available else None


def _rpm(rpm: float) -> int | None:
    return round(min(max(rpm, 0.0), 99_999.0) / RPM_STEP) * RPM_STEP if math.isfinite(rpm) else None


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
