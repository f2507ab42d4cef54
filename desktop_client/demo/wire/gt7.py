"""A frame as Gran Turismo 7 would send it: one packet of the driver's own car, enciphered."""

from __future__ import annotations

import math

import numpy as np

from desktop_client.telemetry.frame import Frame, Player
from desktop_client.telemetry.games.gt7_frame import FULL_LOCK_RAD, NEUTRAL, PACKETS_PER_S, REVERSE
from desktop_client.telemetry.games.gt7_wire import FORMATS, MAGIC, Flag, Format, encipher, names

CAR = 3298
TANK = 100.0
SUGGESTS_NO_GEAR = 15
NONE = -1


def encode(frame: Frame, form: Format = FORMATS[0]) -> list[bytes]:
    """The packet of this frame in a format, or nothing while there is no car to speak of."""
    plain = encode_plain(frame, form)
    return [
        encipher(packet, seed=int.from_bytes(packet[0x70:0x74], "little") * 2_654_435_761 % 2**32) for packet in plain
    ]


def encode_plain(frame: Frame, form: Format = FORMATS[0]) -> list[bytes]:
    """The same before it is enciphered, as recordings of the game hold it."""
    row, player = frame.player_row, frame.player
    if row is None or player is None:
        return []
    packet = np.zeros((), form.layout)
    packet["magic"], packet["car"] = MAGIC, CAR
    packet["packet_id"] = max(0, round(frame.session_time_s * PACKETS_PER_S))
    _write_place(frame, row, packet)
    _write_laps(frame, row, packet)
    _write_player(player, packet)
    return [packet.tobytes()]


def _write_place(frame: Frame, row: int, packet: np.ndarray) -> None:
    """y up and z against our y; the rotation turns -z, where a car points by itself, to the heading."""
    cars = frame.cars
    x, y, z = (_number(column[row]) for column in (cars.x, cars.y, cars.z))
    heading, speed = _number(cars.heading_rad[row]), _number(cars.speed_mps[row])
    half = (heading - math.pi / 2) / 2
    packet["place"] = (x, z, -y)
    packet["velocity"] = (speed * math.cos(heading), 0, -speed * math.sin(heading))
    packet["rotation"] = (0, math.sin(half), 0, math.cos(half))
    packet["speed"] = speed


def _write_laps(frame: Frame, row: int, packet: np.ndarray) -> None:
    cars, session = frame.cars, frame.session
    packet["lap"], packet["total_laps"] = cars.lap[row], session.total_laps or 0
    packet["best_lap_ms"] = _milliseconds(cars.best_lap_s[row])
    packet["last_lap_ms"] = _milliseconds(cars.last_lap_s[row])
    packet["grid_position"] = packet["entrants"] = NONE
    packet["flags"] = Flag.LIVE | (Flag.PAUSED if session.paused else Flag(0))
    if session.replay or session.in_garage:
        packet["flags"] = 0
    if "lap_time_ms" in names(packet):
        packet["lap_time_ms"] = _milliseconds(cars.lap_time_s[row])
        packet["surface"] = ord("T")


def _write_player(player: Player, packet: np.ndarray) -> None:
    gear = {-1: REVERSE, 0: NEUTRAL}.get(player.gear, player.gear)
    packet["gears"] = SUGGESTS_NO_GEAR << 4 | gear
    packet["throttle"], packet["brake"] = (round(_number(pedal) * 255) for pedal in (player.throttle, player.brake))
    packet["clutch"], packet["rpm"] = _number(player.clutch), _number(player.rpm)
    packet["rpm_last_light"] = round(player.max_rpm or 0)
    packet["rpm_first_light"] = round((player.max_rpm or 0) * 0.9)
    if player.fuel is not None and player.fuel.capacity:
        packet["fuel_capacity"] = TANK
        packet["fuel"] = TANK * player.fuel.amount / player.fuel.capacity
    if player.wheels is not None:
        packet["tyre_c"] = [_number(wheel.surface_c) for wheel in player.wheels]
    packet["water_c"], packet["oil_c"] = player.water_c or 0, player.oil_c or 0
    if "wheel_rad" in names(packet):
        packet["wheel_rad"] = -_number(player.steer) * FULL_LOCK_RAD
        forwards, left = player.acceleration_mps2 or (0.0, 0.0)
        packet["surge"], packet["sway"] = forwards, -left
    if "throttle_pedal" in names(packet):
        packet["throttle_pedal"], packet["brake_output"] = packet["throttle"], packet["brake"]


def _number(value: float) -> float:
    return float(value) if math.isfinite(value) else 0.0


def _milliseconds(seconds: float) -> int:
    return round(float(seconds) * 1000) if math.isfinite(seconds) else NONE
