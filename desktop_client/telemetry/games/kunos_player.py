"""The car that the driver sits in, out of the pages of Assetto Corsa and its successor."""

from __future__ import annotations

import math
from typing import Any, Final

from desktop_client.telemetry.frame import Energy, Fuel, FuelUnit, Part, Player, Wheel
from desktop_client.telemetry.games.acc_tables import BRAKE_BIAS_OFFSET
from desktop_client.telemetry.games.kunos_pages import About, Page
from desktop_client.telemetry.games.kunos_wire import text
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

KMH: Final = 1 / 3.6  # m/s
PSI: Final = 6.894757  # kPa
GRAVITY: Final = 9.80665
MOST_G: Final = 50.0
MOST_LAPS_OF_FUEL: Final = 1000.0
DESTROYED: Final = 100.0
"""The games' damage of bodywork has no top. At a hundred, repairing Competizione's cars takes half a minute."""

_BODY: Final = (Part.BODY_FRONT, Part.BODY_REAR, Part.BODY_LEFT, Part.BODY_RIGHT)
_SUSPENSIONS: Final = (
    Part.SUSPENSION_FRONT_LEFT,
    Part.SUSPENSION_FRONT_RIGHT,
    Part.SUSPENSION_REAR_LEFT,
    Part.SUSPENSION_REAR_RIGHT,
)


def build_player(physics: Page, graphics: Page, about: About, health: Health, *, is_acc: bool) -> Player:
    """What the pages say of the driver's own car; `is_acc` where they are Competizione's, which says other things."""
    left, _, forwards = physics["acceleration_g"].tolist()
    player: dict[str, Any] = {
        "speed_mps": number(abs(physics["speed_kmh"]) * KMH, 0, FASTEST_MPS, health),
        "throttle": number(physics["gas"], 0.0, 1.0, health),
        "brake": number(physics["brake"], 0.0, 1.0, health),
        "clutch": 1.0 - number(physics["clutch"], 0.0, 1.0, health),
        "steer": max(-1.0, min(1.0, number(physics["steer"], -10.0, 10.0, health))),
        "gear": max(-1, min(physics["gear"] - 1, 20)),
        "rpm": number(physics["rpm"], 0, FASTEST_RPM, health),
        "max_rpm": optional(about.max_rpm, 0, FASTEST_RPM, health) or None,
        "fuel": _fuel(physics, graphics, about, health, is_acc=is_acc),
        "wheels": _wheels(physics, health, is_acc=is_acc),
        "damage": _damage(physics, health, is_acc=is_acc),
        "pit_limiter": bool(physics["pit_limiter"]),
        "acceleration_mps2": (
            number(forwards, -MOST_G, MOST_G, health) * GRAVITY,
            number(left, -MOST_G, MOST_G, health) * GRAVITY,
        ),
        "tyre_compound": compound_of(graphics, is_acc=is_acc) or None,
    }
    player |= _of_acc(physics, graphics, about, health) if is_acc else _of_ac(physics, about, health)
    return Player(**player)


def compound_of(graphics: Page, *, is_acc: bool) -> str:
    """The game's own short name of the compound: what stands in brackets in "Soft GT (S)"; D and W in Competizione."""
    if is_acc:
        return "W" if graphics["rain_tyres"] else "D"
    name = text(graphics["compound"])
    return name.rpartition("(")[2].partition(")")[0].strip() if "(" in name else name


def _fuel(physics: Page, graphics: Page, about: About, health: Health, *, is_acc: bool) -> Fuel | None:
    litres = optional(physics["fuel"], 0.0, MOST_LITRES, health)
    if litres is None:
        return None
    capacity = optional(about.tank, 0.0, MOST_LITRES, health) or None
    laps = optional(graphics["fuel_laps"], 0.0, MOST_LAPS_OF_FUEL, health) or None if is_acc else None
    return Fuel(litres, FuelUnit.LITRE, capacity, laps)


def _wheels(physics: Page, health: Health, *, is_acc: bool) -> tuple[Wheel, Wheel, Wheel, Wheel]:
    core, brake, pressure, wear = (
        physics[name].tolist() for name in ("core_c", "brake_c", "pressure_psi", "tyre_wear")
    )
    treads = [physics[f"tread_{where}_c"].tolist() for where in ("inner", "middle", "outer")]
    corners: list[Wheel] = []
    for corner in range(4):
        said: dict[str, Any] = {}
        if not is_acc:  # Competizione leaves the tread's temperatures and the wear at zero
            tread = tuple(number(tread[corner], COLDEST_C, HOTTEST_C, health) for tread in treads)
            surface = sum(tread) / len(tread)
            said = {
                "surface_c": surface,
                "tread_c": None if math.isnan(surface) else tread,
                "wear": 1.0 - number(wear[corner], 0.0, 100.0, health) / 100.0,
            }
        corners.append(
            Wheel(
                inner_c=number(core[corner], COLDEST_C, HOTTEST_C, health),
                pressure_kpa=number(pressure[corner], 0.0, 300.0, health) * PSI,
                brake_c=number(brake[corner], COLDEST_C, HOTTEST_C, health),
                **said,
            )
        )
    return corners[0], corners[1], corners[2], corners[3]


def _damage(physics: Page, health: Health, *, is_acc: bool) -> dict[Part, float]:
    body = zip(_BODY, physics["damage"].tolist(), strict=False)  # the fifth is the sum of all
    damage = {part: min(number(value, 0.0, 1e6, health) / DESTROYED, 1.0) for part, value in body}
    if is_acc:
        for part, value in zip(_SUSPENSIONS, physics["suspension_damage"].tolist(), strict=True):
            damage[part] = min(number(value, 0.0, 1e3, health), 1.0)
    return {part: value for part, value in damage.items() if not math.isnan(value)}


def _of_acc(physics: Page, graphics: Page, about: About, health: Health) -> dict[str, Any]:
    offset = BRAKE_BIAS_OFFSET.get(about.car)
    bias = None if offset is None else optional(physics["brake_bias"] + offset / 100, 0.0, 1.0, health)
    return {
        "brake_bias": bias or None,
        "abs_level": _level(graphics["abs"]),
        "tc_level": _level(graphics["tc"]),
        "abs_active": physics["abs"] > 0,
        "tc_active": physics["tc"] > 0,
        "water_c": optional(physics["water_c"], COLDEST_C, HOTTEST_C, health),
    }


def _of_ac(physics: Page, about: About, health: Health) -> dict[str, Any]:
    said: dict[str, Any] = {"brake_bias": optional(physics["brake_bias"], 0.0, 1.0, health) or None}
    if about.has_drs:
        said["drs_open"], said["drs_available"] = bool(physics["drs_open"]), bool(physics["drs_available"])
    if about.has_battery:
        used = physics["kers_used_kj"] * 1000 / about.battery_j if about.battery_j > 0 else math.nan
        said["energy"] = Energy(
            store=optional(physics["kers_charge"], 0.0, 1.0, health),
            deployed=min(used, 1.0) if used >= 0 else None,
        )
    return said


def _level(value: int) -> int | None:
    return value if 0 <= value <= 50 else None
