"""The car that the driver sits in, out of the telemetry of rFactor 2 and Le Mans Ultimate."""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from desktop_client.telemetry.frame import Energy, Fuel, FuelUnit, Part, Player, Wheel
from desktop_client.telemetry.games.packing import named
from desktop_client.telemetry.games.rf2_scoring import TrackLimits
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

ZERO_C_IN_K: Final = 273.15
DRIVEN_HERE: Final = 0
PIT_REQUESTED: Final = 1
FLAP_ALLOWED: Final = 2
WORST_DENT: Final = 2
HARDEST_MPS2: Final = 1000.0

_DENTS: Final = {
    Part.BODY_FRONT: (7, 0, 1),
    Part.BODY_LEFT: (2,),
    Part.BODY_REAR: (3, 4, 5),
    Part.BODY_RIGHT: (6,),
}
_SUSPENSIONS: Final = (
    Part.SUSPENSION_FRONT_LEFT,
    Part.SUSPENSION_FRONT_RIGHT,
    Part.SUSPENSION_REAR_LEFT,
    Part.SUSPENSION_REAR_RIGHT,
)


def build_player(
    record: NDArray[np.void],
    scored: NDArray[np.void],
    tyre: str,
    limits: TrackLimits | None,
    health: Health,
    *,
    is_lmu: bool,
) -> Player:
    """The vehicle whose telemetry is `record`, whose scoring is `scored` and whose compound has the letter `tyre`.

    What only Le Mans Ultimate says is left unsaid for rFactor 2.
    """
    car = named(record)
    # While the AI drives or a replay runs, the pedals of this computer say nothing of the car.
    which = "unfiltered" if int(scored["control"]) == DRIVEN_HERE else "filtered"
    left, _, back = car["local_acceleration"].tolist()
    fuel = optional(car["fuel"], 0.0, MOST_LITRES, health)
    capacity = optional(car["fuel_capacity"], 0.0, MOST_LITRES, health)
    rear_bias = optional(car["rear_brake_bias"], 0.0, 1.0, health)
    player = {
        "speed_mps": number(math.hypot(*car["local_velocity"].tolist()), 0.0, FASTEST_MPS, health),
        "throttle": number(car[f"{which}_throttle"], 0.0, 1.0, health),
        "brake": number(car[f"{which}_brake"], 0.0, 1.0, health),
        "clutch": number(car[f"{which}_clutch"], 0.0, 1.0, health),
        "steer": number(car[f"{which}_steering"], -1.0, 1.0, health),
        "gear": max(-1, min(car["gear"], 20)),
        "rpm": number(car["rpm"], -FASTEST_RPM, FASTEST_RPM, health),
        "max_rpm": optional(car["max_rpm"], 0.0, FASTEST_RPM, health) or None,
        "fuel": None if fuel is None else Fuel(fuel, FuelUnit.LITRE, capacity or None),
        "energy": _energy(car, health, is_lmu=is_lmu),
        "wheels": _wheels(car["wheels"], health),
        "damage": _damage(car),
        "tyre_compound": tyre or None,
        "brake_bias": None if rear_bias is None else 1.0 - rear_bias,
        "pit_limiter": bool(car["speed_limiter"]),
        "water_c": optional(car["water_temperature"], COLDEST_C, HOTTEST_C, health),
        "oil_c": optional(car["oil_temperature"], COLDEST_C, HOTTEST_C, health),
        "acceleration_mps2": (
            number(-back, -HARDEST_MPS2, HARDEST_MPS2, health),
            number(left, -HARDEST_MPS2, HARDEST_MPS2, health),
        ),
        "pit_stop_wanted": int(scored["pit_state"]) == PIT_REQUESTED,
    }
    if is_lmu:
        player["abs_level"] = car["abs"] if car["abs_max"] else None
        player["tc_level"] = car["tc"] if car["tc_max"] else None
        player["abs_active"], player["tc_active"] = bool(car["abs_active"]), bool(car["tc_active"])
        if limits is not None:
            player["incidents"] = car["track_limits_steps"] // limits.steps_per_point
            player["incident_limit"] = limits.steps_per_penalty // limits.steps_per_point
    else:
        player["drs_open"] = bool(car["rear_flap"])
        player["drs_available"] = car["rear_flap_legal"] == FLAP_ALLOWED
    return Player(**player)


def _energy(car: dict[str, Any], health: Health, *, is_lmu: bool) -> Energy | None:
    """The hybrid's battery, and in Le Mans Ultimate what the stint's allowance has left; None without either."""
    store = optional(car["battery_charge"], 0.0, 1.0, health) if car["motor_state"] else None
    virtual = optional(car["virtual_energy"], 0.0, 1.0, health) if is_lmu and car["virtual_energy"] != 0 else None
    return None if store is None and virtual is None else Energy(store=store, virtual=virtual)


def _wheels(wheels: NDArray[np.void], health: Health) -> tuple[Wheel, Wheel, Wheel, Wheel]:
    columns = zip(
        wheels["temperature"].tolist(),
        wheels["carcass_temperature"].tolist(),
        wheels["pressure"].tolist(),
        wheels["wear"].tolist(),
        ((wheels["flat"] | wheels["detached"]) != 0).tolist(),
        wheels["brake_temperature"].tolist(),
        strict=True,
    )
    corners = [
        Wheel(
            **_tread(tread_k, health, is_left=corner % 2 == 0),
            inner_c=_celsius(carcass_k, health),
            pressure_kpa=number(pressure_kpa, 0.0, 2000.0, health),
            wear=1.0 - number(left_of_it, 0.0, 1.0, health),
            damage=1.0 if gone else 0.0,
            brake_c=_celsius(brake_k, health),
        )
        for corner, (tread_k, carcass_k, pressure_kpa, left_of_it, gone, brake_k) in enumerate(columns)
    ]
    return corners[0], corners[1], corners[2], corners[3]


def _tread(left_to_right_k: list[float], health: Health, *, is_left: bool) -> dict[str, Any]:
    """The engine goes from the left of the tyre to its right; the left edge of a left tyre is its outer one."""
    tread = [_celsius(kelvin, health) for kelvin in left_to_right_k]
    if is_left:
        tread.reverse()
    surface = sum(tread) / len(tread)
    return {"surface_c": surface, "tread_c": None if math.isnan(surface) else tuple(tread)}


def _celsius(kelvin: float, health: Health) -> float:
    """Zero kelvin is what the engine says of a tyre that has not run yet."""
    return math.nan if kelvin == 0 else number(kelvin - ZERO_C_IN_K, COLDEST_C, HOTTEST_C, health)


def _damage(car: dict[str, Any]) -> dict[Part, float]:
    dents = car["dents"].tolist()
    damage = {part: min(max(dents[at] for at in places) / WORST_DENT, 1.0) for part, places in _DENTS.items()}
    lost = car["wheels"]["detached"].tolist()
    damage |= {part: 1.0 if gone else 0.0 for part, gone in zip(_SUSPENSIONS, lost, strict=True)}
    if car["detached"]:  # "any part besides wheels": the rear wing is what most cars can lose
        damage[Part.REAR_WING] = 1.0
    return damage
