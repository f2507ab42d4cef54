"""The car that the driver sits in, out of the variables of iRacing that stand alone."""

from __future__ import annotations

import math
from typing import Any, Final

from desktop_client.telemetry.frame import Beside, Energy, Fuel, FuelUnit, Player, Wheel
from desktop_client.telemetry.games.iracing_session import Description
from desktop_client.telemetry.games.sanity import (
    COLDEST_C,
    FASTEST_MPS,
    FASTEST_RPM,
    HOTTEST_C,
    MOST_LITRES,
    number,
    optional,
)
from desktop_client.telemetry.source import Health

Values = dict[str, Any]  # variables by name; those that this car lacks are missing

PIT_STALL: Final = 1  # track surface
PIT_LIMITER: Final = 0x10  # of the engine's warnings
DRS_AVAILABLE, DRS_OPEN = 2, 3
MOST_MPS2: Final = 500.0
ROUNDING: Final = 1e-3  # the game sends pedals a hair below nothing
BESIDE: Final = {
    0: None,  # the spotter is off
    1: Beside.NOBODY,
    2: Beside.LEFT,
    3: Beside.RIGHT,
    4: Beside.LEFT | Beside.RIGHT,
    5: Beside.LEFT | Beside.TWO_LEFT,
    6: Beside.RIGHT | Beside.TWO_RIGHT,
}
TYRES: Final = (("LF", "RML"), ("RF", "LMR"), ("LR", "RML"), ("RR", "LMR"))
"""Our wheels in order, and their strips from the inner edge to the outer one as the game names them."""


def build_player(values: Values, description: Description, overtakes_left: int | None, health: Health) -> Player:
    """The driver's car. Values that no car can have are left unsaid and counted in `health.absurd`."""

    def maybe(name: str, low: float, high: float) -> float | None:
        return optional(values[name], low, high, health) if name in values else None

    def pedal(name: str) -> float:
        pressed = number(values.get(name, math.nan), -ROUNDING, 1 + ROUNDING, health)
        return min(max(pressed, 0.0), 1.0) if math.isfinite(pressed) else pressed

    own = description.own
    rpm = number(values.get("RPM", math.nan), 0, FASTEST_RPM, health)
    forwards, left = maybe("LongAccel", -MOST_MPS2, MOST_MPS2), maybe("LatAccel", -MOST_MPS2, MOST_MPS2)
    ahead, aside = maybe("VelocityX", -FASTEST_MPS, FASTEST_MPS), maybe("VelocityY", -FASTEST_MPS, FASTEST_MPS)
    bias = maybe("dcBrakeBias", 0, 100)
    drs = values.get("DRS_Status")
    compound = values.get("PlayerTireCompound", -1)
    return Player(
        speed_mps=number(values.get("Speed", math.nan), 0, FASTEST_MPS, health),
        throttle=pedal("Throttle"),
        brake=pedal("Brake"),
        clutch=1 - pedal("Clutch"),  # the game says how far it is engaged
        steer=_steer(values, health),
        gear=min(max(int(values.get("Gear", 0)), -1), 20),
        rpm=rpm,
        max_rpm=own.max_rpm,
        idle_rpm=own.idle_rpm,
        shift_lights=_shift_lights(values, rpm),
        drs_open=None if drs is None else drs == DRS_OPEN,
        drs_available=None if drs is None else drs == DRS_AVAILABLE,
        overtake_active=bool(values.get("P2P_Status")) if overtakes_left is not None else None,
        overtakes_left=overtakes_left,
        fuel=_fuel(values, description, health),
        energy=_energy(values, description, health),
        wheels=_wheels(values, health),
        beside=BESIDE.get(values.get("CarLeftRight", 0)),
        tyre_compound=(own.tyres[compound] or None) if 0 <= compound < len(own.tyres) else None,
        brake_bias=bias / 100 if bias else None,
        abs_level=_level(maybe("dcABS", 0, 100)),
        tc_level=_level(maybe("dcTractionControl", 0, 100)),
        abs_active=bool(values["BrakeABSactive"]) if "BrakeABSactive" in values else None,
        pit_limiter=bool(values["EngineWarnings"] & PIT_LIMITER) if "EngineWarnings" in values else None,
        water_c=maybe("WaterTemp", COLDEST_C, HOTTEST_C),
        oil_c=maybe("OilTemp", COLDEST_C, HOTTEST_C),
        acceleration_mps2=None if forwards is None or left is None else (forwards, left),
        velocity_mps=None if ahead is None or aside is None else (ahead, aside),  # as a file with places bears out
        incidents=max(int(values["PlayerCarMyIncidentCount"]), 0) if "PlayerCarMyIncidentCount" in values else None,
        incident_limit=description.incident_limit,
    )


def _steer(values: Values, health: Health) -> float:
    """The wheel's angle is radians to the left; `SteeringWheelAngleMax` is how far it can be turned to one side."""
    angle, most = values.get("SteeringWheelAngle", math.nan), values.get("SteeringWheelAngleMax", math.nan)
    if not (abs(angle) < 100 and 0 < most < 100):
        return number(math.nan, 0, 0, health)
    return min(max(-angle / most, -1.0), 1.0)


def _shift_lights(values: Values, rpm: float) -> float | None:
    first, last = values.get("PlayerCarSLFirstRPM", 0), values.get("PlayerCarSLLastRPM", 0)
    if not (0 < first < last <= FASTEST_RPM and math.isfinite(rpm)):
        return None
    return min(max((rpm - first) / (last - first), 0.0), 1.0)


def _fuel(values: Values, description: Description, health: Health) -> Fuel | None:
    if "FuelLevel" not in values or description.own.is_electric:
        return None
    litres = optional(values["FuelLevel"], 0, MOST_LITRES, health)
    return None if litres is None else Fuel(litres, FuelUnit.LITRE, description.own.fuel_l)


def _energy(values: Values, description: Description, health: Health) -> Energy | None:
    if description.own.is_electric and "FuelLevelPct" in values:
        return Energy(store=optional(values["FuelLevelPct"], 0, 1, health))
    if "EnergyERSBatteryPct" not in values:
        return None
    return Energy(store=optional(values["EnergyERSBatteryPct"], 0, 1, health))


def _wheels(values: Values, health: Health) -> tuple[Wheel, Wheel, Wheel, Wheel] | None:
    """What the crew measures at a stop. Out on the track the same figures go on being sent, and mean nothing."""
    if values.get("PlayerTrackSurface") != PIT_STALL and not values.get("OnPitRoad"):
        return None
    front_left, front_right, rear_left, rear_right = (_wheel(values, *tyre, health) for tyre in TYRES)
    return front_left, front_right, rear_left, rear_right


def _wheel(values: Values, tyre: str, strips: str, health: Health) -> Wheel:
    inner, middle, outer = (
        number(values.get(f"{tyre}tempC{strip}", math.nan), COLDEST_C, HOTTEST_C, health) for strip in strips
    )
    left = min(number(values.get(f"{tyre}wear{strip}", math.nan), 0, 1, health) for strip in strips)
    return Wheel(inner_c=(inner + middle + outer) / 3, tread_c=(inner, middle, outer), wear=1 - left)


def _level(value: float | None) -> int | None:
    return None if value is None else int(value)
