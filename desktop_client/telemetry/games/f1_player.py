"""The car that the driver sits in, out of the packets of an F1 session."""

from __future__ import annotations

import math

from desktop_client.telemetry.frame import Cars, Energy, Fuel, FuelUnit, Player, Session
from desktop_client.telemetry.games.f1_memory import Memory
from desktop_client.telemetry.games.f1_tables import TYRE_LETTERS
from desktop_client.telemetry.games.f1_wire import Packet, PacketId
from desktop_client.telemetry.source import Health

KMH = 1 / 3.6  # m/s
FULL_ENERGY_STORE_J = 4_000_000.0
MOST_FUEL_KG = 500.0
MOST_LAPS_OF_FUEL = 500.0


def laps_to_go(session: Session, cars: Cars, row: int) -> float | None:
    """How many laps, with fractions, the car in `row` has to drive to the flag; None outside a race."""
    if session.total_laps is None or session.track_length_m is None:
        return None
    driven = float(cars.lap[row]) - 1 + float(cars.lap_distance_m[row]) / session.track_length_m
    return session.total_laps - driven


def build_player(memory: Memory, health: Health, telemetry: Packet, slot: int, to_go: float | None) -> Player:
    """The driver's car in `slot`, `to_go` laps before the flag.

    A value that no car can have is left unsaid and counted in `health.absurd`; so is all that the status packet says
    until the first one comes.
    """
    inputs = telemetry["cars"][slot]
    has_drs = not _drives_by_the_rules_of_2026(memory, slot)
    always = {
        "speed_mps": float(inputs["speed"]) * KMH,
        "throttle": _number(_within(inputs["throttle"], 0, 1, health)),
        "brake": _number(_within(inputs["brake"], 0, 1, health)),
        "clutch": min(int(inputs["clutch"]), 100) / 100,
        "steer": _number(_within(inputs["steer"], -1, 1, health)),
        "gear": int(inputs["gear"]),
        "rpm": float(inputs["rpm"]),
        "shift_lights": min(int(inputs["rev_lights_percent"]), 100) / 100,
        "drs_open": bool(inputs["drs"]) if has_drs else None,
    }
    status = memory.latest(PacketId.STATUS)
    if status is None:
        return Player(**always)
    car = status["cars"][slot]
    fuel_kg = _within(car["fuel_in_tank"], 0, MOST_FUEL_KG, health)
    surplus = _within(car["fuel_remaining_laps"], -MOST_LAPS_OF_FUEL, MOST_LAPS_OF_FUEL, health)
    energy = _within(car["ers_store"], 0, 2 * FULL_ENERGY_STORE_J, health)
    return Player(
        **always,
        max_rpm=float(car["max_rpm"]) or None,
        idle_rpm=float(car["idle_rpm"]) or None,
        drs_available=bool(car["drs_allowed"]) if has_drs else None,
        fuel=None if fuel_kg is None else Fuel(fuel_kg, FuelUnit.KG, laps_left=_fuel_laps_left(surplus, to_go)),
        energy=None if energy is None else Energy(min(energy / FULL_ENERGY_STORE_J, 1.0)),
        tyre_compound=TYRE_LETTERS.get(int(car["visual_tyre"])),
        tyre_age_laps=int(car["tyre_age_laps"]),
    )


def _drives_by_the_rules_of_2026(memory: Memory, slot: int) -> bool:
    """Those cars have active aerodynamics and no DRS; the game goes on sending a DRS that is never open."""
    active_aero = memory.latest(PacketId.ACTIVE_AERO)
    return active_aero is not None and bool(active_aero["cars"]["regulations_2026"][slot])


def _within(value: float, low: float, high: float, health: Health) -> float | None:
    if low <= value <= high:
        return float(value)
    health.absurd += 1
    return None


def _number(value: float | None) -> float:
    return math.nan if value is None else value


def _fuel_laps_left(surplus: float | None, to_go: float | None) -> float | None:
    """In a race the game says how many laps of fuel will be left over at the flag, not how many are in the tank."""
    if surplus is None or to_go is None:
        return surplus
    return None if math.isnan(to_go) else max(surplus + to_go, 0.0)
