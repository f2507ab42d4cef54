"""The car that the driver sits in, out of the packets of an F1 session."""

from __future__ import annotations

import math
from typing import Any, Final

from desktop_client.telemetry.frame import Cars, Energy, Fuel, FuelUnit, Player, Session
from desktop_client.telemetry.games.f1_condition import damage_of, wheels_of
from desktop_client.telemetry.games.f1_memory import Memory
from desktop_client.telemetry.games.f1_session import KMH
from desktop_client.telemetry.games.f1_tables import TYRE_LETTERS
from desktop_client.telemetry.games.f1_wire import Packet, PacketId, named
from desktop_client.telemetry.games.sanity import FASTEST_MPS, FASTEST_RPM
from desktop_client.telemetry.source import Health

Record = dict[str, Any]  # one car's, by field name

FULL_ENERGY_STORE_J = 4_000_000.0
MOST_ENERGY_IN_A_LAP_J = 50_000_000.0
DEPLOYED_IN_A_LAP_J = 4_000_000.0  # at most, until 2025; since 2026 a lap has no such limit
HARVESTED_IN_A_LAP_J = 2_000_000.0  # by the MGU-K at most, until 2025; since 2026 the game says how much
ERS_MODES: Final = {0: "none", 1: "medium", 2: "hotlap", 3: "overtake"}
MOST_FUEL_KG = 500.0
MOST_LAPS_OF_FUEL = 500.0
GRAVITY = 9.80665
MOST_G = 50.0


def laps_to_go(session: Session, cars: Cars, row: int) -> float | None:
    """How many laps, with fractions, the car in `row` has to drive to the flag; None outside a race."""
    if session.total_laps is None or session.track_length_m is None:
        return None
    driven = float(cars.lap[row]) - 1 + float(cars.lap_distance_m[row]) / session.track_length_m
    return session.total_laps - driven


def build_player(
    memory: Memory,
    health: Health,
    telemetry: Packet,
    laps: Packet,
    motion: Packet | None,
    slot: int,
    to_go: float | None,
) -> Player:
    """The driver's car in `slot`, `to_go` laps before the flag.

    A value that no car can have is left unsaid and counted in `health.absurd`; so is all that the status packet says
    until the first one comes.
    """
    record = telemetry["cars"][slot]
    inputs = named(record)
    damage_packet = memory.latest(PacketId.DAMAGE)
    broken = None if damage_packet is None else damage_packet["cars"][slot]
    aero_packet = memory.latest(PacketId.ACTIVE_AERO)
    aero = None if aero_packet is None else named(aero_packet["cars"][slot])
    # Cars by the rules of 2026 have active aerodynamics and no DRS; the game goes on sending one that never opens.
    active_aero = aero is not None and aero["regulations_2026"] != 0
    said: dict[str, Any] = {
        "speed_mps": _number(_within(float(inputs["speed"]) * KMH, 0, FASTEST_MPS, health)),
        "throttle": _number(_within(inputs["throttle"], 0, 1, health)),
        "brake": _number(_within(inputs["brake"], 0, 1, health)),
        "clutch": min(inputs["clutch"], 100) / 100,
        "steer": _number(_within(inputs["steer"], -1, 1, health)),
        "gear": inputs["gear"],
        "rpm": _number(_within(float(inputs["rpm"]), 0, FASTEST_RPM, health)),
        "shift_lights": min(inputs["rev_lights_percent"], 100) / 100,
        "wheels": wheels_of(memory, health, record, broken),
        "damage": damage_of(memory, broken),
        "warnings": int(laps["cars"][slot]["warnings"]),
        "acceleration_mps2": _acceleration(memory.packet_format, motion, slot, health),
    }
    if aero is not None and active_aero:
        said["aero_open"] = aero["active_aero_mode"] != 0
        said["overtake_available"] = bool(aero["overtake_available"])
        said["overtake_active"] = bool(aero["overtake_active"])
    else:
        said["drs_open"] = bool(inputs["drs"])
    status = memory.latest(PacketId.STATUS)
    if status is not None:
        _add_status(said, named(status["cars"][slot]), active_aero, to_go, health)
    return Player(**said)


def _add_status(said: dict[str, Any], car: Record, active_aero: bool, to_go: float | None, health: Health) -> None:
    said["max_rpm"] = float(car["max_rpm"]) or None
    said["idle_rpm"] = float(car["idle_rpm"]) or None
    if not active_aero:
        said["drs_available"] = bool(car["drs_allowed"])
    said["fuel"] = _fuel(car, to_go, health)
    said["energy"] = _energy(car, active_aero, health)
    said["tyre_compound"] = TYRE_LETTERS.get(car["visual_tyre"])
    said["tyre_age_laps"] = car["tyre_age_laps"]
    bias = car["front_brake_bias"]
    said["brake_bias"] = bias / 100 if 0 < bias <= 100 else None
    said["tc_level"] = car["traction_control"]
    said["abs_level"] = car["anti_lock_brakes"]
    said["pit_limiter"] = bool(car["pit_limiter"])


def _fuel(car: Record, to_go: float | None, health: Health) -> Fuel | None:
    kg = _within(car["fuel_in_tank"], 0, MOST_FUEL_KG, health)
    capacity = _within(car["fuel_capacity"], 0, MOST_FUEL_KG, health)
    surplus = _within(car["fuel_remaining_laps"], -MOST_LAPS_OF_FUEL, MOST_LAPS_OF_FUEL, health)
    return None if kg is None else Fuel(kg, FuelUnit.KG, capacity or None, _fuel_laps_left(surplus, to_go))


def _fuel_laps_left(surplus: float | None, to_go: float | None) -> float | None:
    """In a race the game says how many laps of fuel will be left over at the flag, not how many are in the tank."""
    if surplus is None or to_go is None:
        return surplus
    return None if math.isnan(to_go) else max(surplus + to_go, 0.0)


def _energy(car: Record, active_aero: bool, health: Health) -> Energy | None:
    store = _within(car["ers_store"], 0, 2 * FULL_ENERGY_STORE_J, health)
    deployed = _within(car["ers_deployed"], 0, MOST_ENERGY_IN_A_LAP_J, health)
    harvested = _within(car["ers_harvested_mguk"], 0, MOST_ENERGY_IN_A_LAP_J, health)
    limit = HARVESTED_IN_A_LAP_J
    if active_aero:
        deployed, limit = None, _within(car["ers_harvest_limit"], 0, MOST_ENERGY_IN_A_LAP_J, health)
    if store is None:
        return None
    return Energy(
        store=min(store / FULL_ENERGY_STORE_J, 1.0),
        mode=ERS_MODES.get(car["ers_deploy_mode"]),
        deployed=None if deployed is None else min(deployed / DEPLOYED_IN_A_LAP_J, 1.0),
        harvested=min(harvested / limit, 1.0) if limit and harvested is not None else None,
    )


def _acceleration(packet_format: int, motion: Packet | None, slot: int, health: Health) -> tuple[float, float] | None:
    """Forwards and to the left, m/s2; the game counts the latter to the left, too."""
    if motion is None:
        return None
    car = motion["cars"][slot]
    unit = GRAVITY / 1000 if packet_format >= 2026 else GRAVITY
    forwards = _within(float(car["g_longitudinal"]) * unit, -MOST_G * GRAVITY, MOST_G * GRAVITY, health)
    left = _within(float(car["g_lateral"]) * unit, -MOST_G * GRAVITY, MOST_G * GRAVITY, health)
    return None if forwards is None or left is None else (forwards, left)


def _within(value: float, low: float, high: float, health: Health) -> float | None:
    if low <= value <= high:
        return float(value)
    health.absurd += 1
    return None


def _number(value: float | None) -> float:
    return math.nan if value is None else value
