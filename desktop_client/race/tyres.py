"""How the four tyres are: wear, temperature, pressure, and how long they last."""

from __future__ import annotations

import enum
import math
from dataclasses import dataclass
from typing import Literal, NamedTuple

from desktop_client.race.lifecycle import Race
from desktop_client.race.tyre_laps import Four, temperature_c, wear_of
from desktop_client.telemetry.frame import Frame, Player, Wheel

WORKS_HARDER = 1.10  # than the mean of all four, before a corner is named
HOTTER_C = 4.0
STEADY_C = 1.0  # a change per lap below it is none
MOST_LAPS = 999.0
LEAST_WEAR = 1e-4  # a lap, below which a tyre lasts for ever

PressureUnit = Literal["psi", "bar", "kPa"]
PER_KPA: dict[PressureUnit, float] = {"psi": 0.1450377, "bar": 0.01, "kPa": 1.0}
PRESSURE_DECIMALS: dict[PressureUnit, int] = {"psi": 1, "bar": 2, "kPa": 0}
HIGHEST_KPA = 1000.0


class Window(NamedTuple):
    """The temperatures between which a tyre works, in degrees Celsius."""

    cold_c: float
    hot_c: float


# No game tells these. They are what drivers agree on, wide on purpose: a colour that is wrong is worse than none.
ANY_TYRE = Window(70.0, 110.0)
WINDOWS = {
    "S": Window(80.0, 105.0),
    "M": Window(82.0, 107.0),
    "H": Window(85.0, 110.0),
    "I": Window(60.0, 90.0),
    "W": Window(50.0, 80.0),
}
FAR_C = 12.0  # this much outside the window a tyre has left it for good


class Heat(enum.IntEnum):
    """Where a temperature lies; the numbers are in order."""

    COLD = -2
    COOL = -1
    RIGHT = 0
    WARM = 1
    HOT = 2


@dataclass(frozen=True, slots=True)
class Tyre:
    """One corner; None is not known. Percent and degrees are whole, laps too."""

    temperature_c: int | None
    heat: Heat | None
    tread: tuple[Heat, Heat, Heat] | None  # inner edge, middle, outer edge
    warming: int  # -1 cooler, 0 steady, 1 warmer than in the lap before
    wear: int | None  # percent, 0 new
    wear_per_lap: float | None  # percent, to the tenth
    laps: int | None  # until the worn-out threshold
    pressure: float | None  # in the driver's unit
    brake_c: int | None
    works_hardest: bool


@dataclass(frozen=True, slots=True)
class TyresView:
    """`tyres` in the order of WHEELS."""

    tyres: tuple[Tyre, Tyre, Tyre, Tyre]
    compound: str | None
    age_laps: int | None
    laps: int | None  # that the tyre which lasts shortest will last


def tyres(
    frame: Frame,
    race: Race,
    unit: PressureUnit = "psi",
    worn_out: float = 0.75,
    window: Window | None = None,
) -> TyresView | None:
    """The four corners, or None where the game says nothing of them.

    `worn_out` is the wear (0..1) at which the driver wants new ones; `window` overrides that of the compound.
    """
    player = frame.player
    if player is None or player.wheels is None:
        return None
    right = window or WINDOWS.get(player.tyre_compound or "", ANY_TYRE)
    per_lap, warming = race.used.tyres.wear_per_lap, race.used.tyres.warming_c
    hardest = hardest_working(player, per_lap)
    one, two, three, four = (
        _tyre(wheel, unit, right, worn_out, per_lap[index], warming[index], index == hardest)
        for index, wheel in enumerate(player.wheels)
    )
    lasting = [tyre.laps for tyre in (one, two, three, four) if tyre.laps is not None]
    age = player.tyre_age_laps
    return TyresView(
        tyres=(one, two, three, four),
        compound=player.tyre_compound or None,
        age_laps=age if age is not None and 0 <= age <= MOST_LAPS else None,
        laps=min(lasting, default=None),
    )


def heat(temperature: float, window: Window) -> Heat | None:
    """Where a temperature in degrees Celsius lies in a window; None where it is not known."""
    if math.isnan(temperature):
        return None
    if temperature < window.cold_c:
        return Heat.COLD if temperature < window.cold_c - FAR_C else Heat.COOL
    if temperature > window.hot_c:
        return Heat.HOT if temperature > window.hot_c + FAR_C else Heat.WARM
    return Heat.RIGHT


def laps_until(wear: float, per_lap: float, worn_out: float) -> float | None:
    """Laps until `wear` is `worn_out` (both 0..1) at `per_lap`; 0 when it is already, None when nobody can say."""
    if math.isnan(wear):
        return None
    if wear >= worn_out:
        return 0.0
    if not per_lap >= LEAST_WEAR:
        return None
    return min(MOST_LAPS, (worn_out - wear) / per_lap)


def hardest_working(player: Player, wear_per_lap: Four) -> int | None:
    """Which corner wears clearly fastest, or without that knowledge runs clearly hottest; None when none stands out."""
    if player.wheels is None:
        return None
    if not any(math.isnan(value) for value in wear_per_lap):
        mean, most = sum(wear_per_lap) / 4, max(wear_per_lap)
        return wear_per_lap.index(most) if most >= LEAST_WEAR and most >= mean * WORKS_HARDER else None
    heats = [temperature_c(wheel) for wheel in player.wheels]
    if any(math.isnan(value) for value in heats):
        return None
    return heats.index(max(heats)) if max(heats) >= sum(heats) / 4 + HOTTER_C else None


def _tyre(
    wheel: Wheel,
    unit: PressureUnit,
    window: Window,
    worn_out: float,
    per_lap: float,
    warming: float,
    works_hardest: bool,
) -> Tyre:
    temperature, wear = temperature_c(wheel), wear_of(wheel)
    laps = laps_until(wear, per_lap, worn_out)
    return Tyre(
        temperature_c=None if math.isnan(temperature) else round(temperature),
        heat=heat(temperature, window),
        tread=_tread(wheel, window),
        warming=0 if not abs(warming) >= STEADY_C else 1 if warming > 0 else -1,
        wear=None if math.isnan(wear) else round(wear * 100),
        wear_per_lap=round(per_lap * 100, 1) if per_lap >= LEAST_WEAR else None,
        laps=None if laps is None else math.floor(laps + 1e-6),
        pressure=_pressure(wheel.pressure_kpa, unit),
        brake_c=round(wheel.brake_c) if -100 < wheel.brake_c < 2000 else None,
        works_hardest=works_hardest,
    )


def _tread(wheel: Wheel, window: Window) -> tuple[Heat, Heat, Heat] | None:
    if wheel.tread_c is None:
        return None
    inner, middle, outer = (heat(each, window) for each in wheel.tread_c)
    return None if inner is None or middle is None or outer is None else (inner, middle, outer)


def _pressure(kpa: float, unit: PressureUnit) -> float | None:
    return round(kpa * PER_KPA[unit], PRESSURE_DECIMALS[unit]) if 0 < kpa < HIGHEST_KPA else None
