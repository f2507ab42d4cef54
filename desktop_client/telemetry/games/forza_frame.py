"""From one packet of a Forza game, and what is remembered of the ones before, to one normalised frame.

The games tell of the driver's own car only, and of the others no more than how many are ahead.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from desktop_client.telemetry.frame import Capability, Cars, Frame, Fuel, FuelUnit, Player, Session, Wheel
from desktop_client.telemetry.games import sanity
from desktop_client.telemetry.games.forza_memory import Memory
from desktop_client.telemetry.games.forza_wire import Packet, names
from desktop_client.telemetry.source import Health

GAME: Final = "forza"
FASTEST_MPS: Final = 250.0
HARDEST_MPS2: Final = 1000.0  # a Horizon car that drives into a wall
LONGEST_WAY_M: Final = 1e7
REVERSE, BETWEEN_GEARS = 0, 11

ALWAYS: Final = frozenset(
    {
        Capability.INPUTS,
        Capability.WORLD_POSITION,
        Capability.HEADING,
        Capability.LAP_TIMES,
        Capability.TYRE_TEMPERATURE,
        Capability.FUEL,
    }
)
OF_MOTORSPORT: Final = frozenset({Capability.TRACK_ID, Capability.TYRE_WEAR})
SINCE_A_LINE: Final = frozenset({Capability.LAP_DISTANCE})
CAPABILITIES: Final = ALWAYS | OF_MOTORSPORT | SINCE_A_LINE
_BY_WHAT_IS_KNOWN: Final = {
    (motorsport, distance): ALWAYS
    | (OF_MOTORSPORT if motorsport else frozenset())
    | (SINCE_A_LINE if distance else frozenset())
    for motorsport in (False, True)
    for distance in (False, True)
}

_SLOT = np.zeros(1, dtype=np.int32)
_SLOT.setflags(write=False)


@np.errstate(invalid="ignore")
def build_frame(packet: Packet, memory: Memory, health: Health, at: float) -> Frame:
    """The frame of a packet that `memory` has just taken."""
    cars = _cars(packet, memory, health)
    is_motorsport = "track" in names(packet)
    return Frame(
        at=at,
        session_time_s=int(packet["timestamp_ms"]) / 1000,
        session=Session(
            game=GAME,
            uid=memory.uid,
            track_id=str(int(packet["track"])) if is_motorsport else None,
        ),
        cars=cars,
        player=_player(packet, float(cars.speed_mps[0]), health),
        player_row=0,
        capabilities=_BY_WHAT_IS_KNOWN[is_motorsport, math.isfinite(memory.lap_distance_m)],
    )


def _cars(packet: Packet, memory: Memory, health: Health) -> Cars:
    """The one car. The games' axes are left-handed with y up, so that (x, z) is the plan seen from above.

    In the recording the course turns to the left, by that plan, exactly where the car is pulled to its left; and yaw
    is the course counted from +z towards +x.
    """
    x, up, z = packet["place"].tolist()
    far, high = sanity.FARTHEST_M, sanity.HIGHEST_M

    def column(value: float) -> np.ndarray:
        return np.array((value,))

    def count(value: int) -> np.ndarray:
        return np.array((value,), dtype=np.int32)

    return Cars.of(
        _SLOT,
        position=count(int(packet["position"])),
        lap=count(int(packet["laps_done"]) + 1),
        lap_distance_m=column(memory.lap_distance_m),
        total_distance_m=column(sanity.number(float(packet["distance"]), -LONGEST_WAY_M, LONGEST_WAY_M, health)),
        x=column(sanity.number(x, -far, far, health)),
        y=column(sanity.number(z, -far, far, health)),
        z=column(sanity.number(up, -high, high, health)),
        heading_rad=column(math.pi / 2 - sanity.number(float(packet["yaw"]), -math.tau, math.tau, health)),
        speed_mps=column(sanity.number(float(packet["speed"]), 0, FASTEST_MPS, health)),
        lap_time_s=column(_lap_time(memory.lap_time_s, health)),
        last_lap_s=sanity.times(packet["last_lap"].reshape(1), health),
        best_lap_s=sanity.times(packet["best_lap"].reshape(1), health),
    )


def _lap_time(seconds: float, health: Health) -> float:
    return seconds if math.isnan(seconds) else sanity.number(seconds, 0, sanity.LONGEST_S, health)


def _player(packet: Packet, speed_mps: float, health: Health) -> Player:
    gear = int(packet["gear"])
    fuel = sanity.optional(float(packet["fuel"]), 0, 1.001, health)
    right, _, forwards = (sanity.number(part, -HARDEST_MPS2, HARDEST_MPS2, health) for part in _acceleration(packet))
    return Player(
        speed_mps=speed_mps,
        throttle=int(packet["throttle"]) / 255,
        brake=int(packet["brake"]) / 255,
        clutch=int(packet["clutch"]) / 255,
        steer=max(-1.0, int(packet["steer"]) / 127),
        gear={REVERSE: -1, BETWEEN_GEARS: 0}.get(gear, gear),
        rpm=sanity.number(float(packet["rpm"]), 0, sanity.FASTEST_RPM, health),
        max_rpm=sanity.optional(float(packet["max_rpm"]), 0, sanity.FASTEST_RPM, health) or None,
        idle_rpm=sanity.optional(float(packet["idle_rpm"]), 0, sanity.FASTEST_RPM, health) or None,
        fuel=None if fuel is None else Fuel(min(fuel, 1.0), FuelUnit.TANK, capacity=1.0),
        wheels=_wheels(packet, health),
        acceleration_mps2=None if math.isnan(right + forwards) else (forwards, -right),
    )


def _acceleration(packet: Packet) -> list[float]:
    return packet["acceleration"].tolist()


def _wheels(packet: Packet, health: Health) -> tuple[Wheel, Wheel, Wheel, Wheel]:
    celsius = ((packet["tyre_f"] - 32) / 1.8).tolist()
    wear = packet["tyre_wear"].tolist() if "tyre_wear" in names(packet) else None

    def wheel(index: int) -> Wheel:
        surface = sanity.number(celsius[index], sanity.COLDEST_C, sanity.HOTTEST_C, health)
        if wear is None:
            return Wheel(surface_c=surface)
        return Wheel(surface_c=surface, wear=min(sanity.number(wear[index], 0, 1.001, health), 1.0))

    return wheel(0), wheel(1), wheel(2), wheel(3)
