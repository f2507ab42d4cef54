"""From one packet of Gran Turismo 7, and what is remembered of the ones before, to one normalised frame.

The game tells of the driver's own car and of nothing else; it names neither the track nor the place in the lap.
"""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np

from desktop_client.telemetry.frame import Capability, Cars, Frame, Fuel, FuelUnit, Player, Session, SessionKind, Wheel
from desktop_client.telemetry.games import sanity
from desktop_client.telemetry.games.gt7_memory import Memory
from desktop_client.telemetry.games.gt7_wire import Flag, Packet, names
from desktop_client.telemetry.source import Health

GAME: Final = "gt7"
PACKETS_PER_S: Final = 60
FULL_LOCK_RAD: Final = math.pi  # the game does not say how far a car's wheel turns: half a turn is taken for all
FASTEST_MPS: Final = 300.0  # the game has cars that no race has, beyond 600 km/h
HARDEST_MPS2: Final = 500.0  # 50 g: a crash
REVERSE, NEUTRAL = 0, 15

CAPABILITIES: Final = frozenset(
    {
        Capability.INPUTS,
        Capability.WORLD_POSITION,
        Capability.HEADING,
        Capability.LAP_DISTANCE,
        Capability.LAP_TIMES,
        Capability.TYRE_TEMPERATURE,
        Capability.FUEL,
    }
)
WITHOUT_LAP_DISTANCE: Final = CAPABILITIES - {Capability.LAP_DISTANCE}

_SLOT = np.zeros(1, dtype=np.int32)
_SLOT.setflags(write=False)


@np.errstate(invalid="ignore")
def build_frame(packet: Packet, memory: Memory, health: Health, at: float) -> Frame:
    """The frame of a packet that `memory` has just taken."""
    flags = Flag(int(packet["flags"]))
    session = _session(packet, memory, flags)
    cars = _cars(packet, memory, health)
    distance_known = math.isfinite(memory.lap_distance_m)
    return Frame(
        at=at,
        session_time_s=int(packet["packet_id"]) / PACKETS_PER_S,
        session=session,
        cars=cars,
        player=_player(packet, flags, float(cars.speed_mps[0]), health),
        player_row=0,
        capabilities=CAPABILITIES if distance_known else WITHOUT_LAP_DISTANCE,
    )


def _session(packet: Packet, memory: Memory, flags: Flag) -> Session:
    total_laps = int(packet["total_laps"])
    paused = bool(flags & Flag.PAUSED)
    moves = float(packet["speed"]) > 1.0
    idle = not flags & Flag.LIVE and not paused
    return Session(
        game=GAME,
        uid=memory.uid,
        kind=SessionKind.RACE if total_laps > 0 else SessionKind.UNKNOWN,
        total_laps=total_laps if total_laps > 0 else None,
        paused=paused,
        replay=idle and moves,
        in_garage=idle and not moves,
    )


def _cars(packet: Packet, memory: Memory, health: Health) -> Cars:
    """The one car. The game's axes are right-handed with y up, so its plan seen from above is (x, -z).

    That is so because circuits that exist come out the right way round by it (Spa in the recording; Monza, Bathurst
    and others in the outlines of zetetos/gt-telemetry), and because the wheel turns left where the course does.
    """
    x, up, z = packet["place"].tolist()
    far, high = sanity.FARTHEST_M, sanity.HIGHEST_M

    def column(value: float) -> np.ndarray:
        return np.array((value,))

    return Cars.of(
        _SLOT,
        grid_position=np.array((memory.grid_position,), dtype=np.int32),
        lap=np.array((max(int(packet["lap"]), 0),), dtype=np.int32),
        lap_distance_m=column(memory.lap_distance_m),
        x=column(sanity.number(x, -far, far, health)),
        y=column(sanity.number(-z, -far, far, health)),
        z=column(sanity.number(up, -high, high, health)),
        heading_rad=column(_heading(packet, health)),
        speed_mps=column(sanity.number(float(packet["speed"]), 0, FASTEST_MPS, health)),
        lap_time_s=column(_lap_time(memory.lap_time_s, health)),
        last_lap_s=column(_seconds(int(packet["last_lap_ms"]))),
        best_lap_s=column(_seconds(int(packet["best_lap_ms"]))),
    )


def _heading(packet: Packet, health: Health) -> float:
    """The quaternion turns -z to where the car points; of that the plan keeps x and -z."""
    x, y, z, w = (sanity.number(part, -1.01, 1.01, health) for part in packet["rotation"].tolist())
    return math.atan2(1 - 2 * (x * x + y * y), -2 * (x * z + w * y))


def _lap_time(seconds: float, health: Health) -> float:
    return seconds if math.isnan(seconds) else sanity.number(seconds, 0, sanity.LONGEST_S, health)


def _seconds(milliseconds: int) -> float:
    return milliseconds / 1000 if 0 <= milliseconds <= sanity.LONGEST_S * 1000 else math.nan


def _player(packet: Packet, flags: Flag, speed_mps: float, health: Health) -> Player:
    gear = int(packet["gears"]) & 15
    known = names(packet)
    pedal = packet["throttle_pedal"] if "throttle_pedal" in known else packet["throttle"]
    motion: dict[str, Any] = {}
    if "surge" in known:
        forwards = sanity.number(float(packet["surge"]), -HARDEST_MPS2, HARDEST_MPS2, health)
        right = sanity.number(float(packet["sway"]), -HARDEST_MPS2, HARDEST_MPS2, health)
        motion["acceleration_mps2"] = None if math.isnan(forwards + right) else (forwards, -right)
    return Player(
        speed_mps=speed_mps,
        throttle=int(pedal) / 255,
        brake=int(packet["brake"]) / 255,
        clutch=sanity.number(float(packet["clutch"]), 0, 1, health),
        steer=_steer(packet, health),
        gear={REVERSE: -1, NEUTRAL: 0}.get(gear, gear),
        rpm=sanity.number(float(packet["rpm"]), 0, sanity.FASTEST_RPM, health),
        max_rpm=float(packet["rpm_last_light"]) or None,
        shift_lights=_shift_lights(packet),
        fuel=_fuel(packet, health),
        wheels=_wheels(packet, health),
        tc_active=bool(flags & Flag.TCS),
        water_c=sanity.optional(float(packet["water_c"]), sanity.COLDEST_C, sanity.HOTTEST_C, health),
        oil_c=sanity.optional(float(packet["oil_c"]), sanity.COLDEST_C, sanity.HOTTEST_C, health),
        **motion,
    )


def _steer(packet: Packet, health: Health) -> float:
    if "wheel_rad" not in names(packet):
        return math.nan
    turned = sanity.number(float(packet["wheel_rad"]), -20, 20, health)
    return max(-1.0, min(1.0, -turned / FULL_LOCK_RAD)) if math.isfinite(turned) else math.nan


def _shift_lights(packet: Packet) -> float | None:
    first, last, rpm = int(packet["rpm_first_light"]), int(packet["rpm_last_light"]), float(packet["rpm"])
    if not 0 < first < last or not math.isfinite(rpm):
        return None
    return max(0.0, min(1.0, (rpm - first) / (last - first)))


def _fuel(packet: Packet, health: Health) -> Fuel | None:
    """A share of the tank: the unit that the game counts in is not a litre, and the tank is 100 of it in any car."""
    capacity = float(packet["fuel_capacity"])
    if not 0 < capacity <= 1000:
        return None
    share = sanity.optional(float(packet["fuel"]) / capacity, 0, 1.001, health)
    return None if share is None else Fuel(min(share, 1.0), FuelUnit.TANK, capacity=1.0)


def _wheels(packet: Packet, health: Health) -> tuple[Wheel, Wheel, Wheel, Wheel]:
    front_left, front_right, rear_left, rear_right = (
        Wheel(surface_c=sanity.number(value, sanity.COLDEST_C, sanity.HOTTEST_C, health))
        for value in packet["tyre_c"].tolist()
    )
    return front_left, front_right, rear_left, rear_right
