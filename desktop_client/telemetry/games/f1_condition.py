"""What state the driver's car is in: its four wheels and what of it is broken."""

from __future__ import annotations

import math
from typing import Final

from desktop_client.telemetry.frame import Part, Wheel
from desktop_client.telemetry.games.f1_memory import Memory, Worn
from desktop_client.telemetry.games.f1_wire import LAYOUTS, Packet, PacketId
from desktop_client.telemetry.source import Health

UNSAID: Final = [math.nan] * 4
KPA_PER_PSI: Final = 6.894757
MOST_PSI: Final = 100.0
ORDER: Final = (2, 3, 0, 1)  # where our front left, front right, rear left and rear right stand in the game's arrays
WHEELS_FROM: Final = {
    packet_format: (layout["cars"].base.fields or {})["brake_temperature"][1]
    for (packet_format, packet_id), layout in LAYOUTS.items()
    if packet_id == PacketId.TELEMETRY
}
"""Where in a car's telemetry what is said of its wheels begins: all that follows but the engine's temperature."""

PARTS: Final = {
    "front_left_wing": Part.FRONT_WING_LEFT,
    "front_right_wing": Part.FRONT_WING_RIGHT,
    "rear_wing": Part.REAR_WING,
    "floor": Part.FLOOR,
    "diffuser": Part.DIFFUSER,
    "sidepod": Part.SIDEPOD,
    "gearbox": Part.GEARBOX,
    "engine": Part.ENGINE,
}


def wheels_of(
    memory: Memory, health: Health, telemetry: Packet, damage: Packet | None
) -> tuple[Wheel, Wheel, Wheel, Wheel]:
    """The wheels in our order, from one car's records; wear and damage stay unsaid until the first damage packet."""
    worn_key = b"" if damage is None else damage.tobytes()
    worn = memory.worn.of(worn_key, lambda: _worn(health, damage))
    key = (telemetry.tobytes()[WHEELS_FROM[memory.packet_format] :], worn_key)
    return memory.wheels.of(key, lambda: _wheels(health, telemetry, worn))


def _worn(health: Health, damage: Packet | None) -> Worn:
    """Wear of the tyres, damage of the tyres and wear of the brakes as shares, in the game's order."""
    if damage is None:
        return (UNSAID, UNSAID, UNSAID)
    names = ("tyre_wear", "tyre_damage", "brake_damage")
    tyres, broken, brakes = ([_share(percent, health) for percent in damage[name].tolist()] for name in names)
    return tyres, broken, brakes


def _wheels(health: Health, telemetry: Packet, worn: Worn) -> tuple[Wheel, Wheel, Wheel, Wheel]:
    surface, inner = telemetry["tyre_surface_temperature"].tolist(), telemetry["tyre_inner_temperature"].tolist()
    brake, pressure = telemetry["brake_temperature"].tolist(), telemetry["tyre_pressure"].tolist()
    tyre_wear, tyre_damage, brake_wear = worn
    front_left, front_right, rear_left, rear_right = [
        Wheel(
            surface_c=float(surface[i]),
            inner_c=float(inner[i]),
            pressure_kpa=_kilopascals(pressure[i], health),
            wear=tyre_wear[i],
            damage=tyre_damage[i],
            brake_c=float(brake[i]),
            brake_wear=brake_wear[i],
        )
        for i in ORDER
    ]
    return front_left, front_right, rear_left, rear_right


def damage_of(memory: Memory, damage: Packet | None) -> dict[Part, float] | None:
    """The parts that the game tells of, from one car's record; None until the first damage packet."""
    if damage is None:
        return None
    return memory.damage.of(damage.tobytes(), lambda: _damage(damage))


def _damage(car: Packet) -> dict[Part, float]:
    broken = {part: min(int(car[name]), 100) / 100 for name, part in PARTS.items()}
    if car["engine_blown"] or car["engine_seized"]:
        broken[Part.ENGINE] = 1.0
    return broken


def _kilopascals(psi: float, health: Health) -> float:
    if 0 <= psi <= MOST_PSI:
        return psi * KPA_PER_PSI
    health.absurd += 1
    return math.nan


def _share(percent: float, health: Health) -> float:
    if 0 <= percent <= 100:
        return percent / 100
    health.absurd += 1
    return math.nan
