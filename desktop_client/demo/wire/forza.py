"""A frame as a Forza game would send it: one Data Out packet of the driver's own car."""

from __future__ import annotations

import math

import numpy as np

from desktop_client.telemetry.frame import Frame, Player
from desktop_client.telemetry.games.forza_frame import BETWEEN_GEARS, REVERSE
from desktop_client.telemetry.games.forza_wire import FORMATS, Format, names

CAR = 445


def encode(frame: Frame, form: Format = FORMATS[-1]) -> list[bytes]:
    """The packet of this frame in a format, or nothing while there is no car to speak of."""
    row, player = frame.player_row, frame.player
    if row is None or player is None:
        return []
    packet = np.zeros((), form.layout)
    packet["timestamp_ms"] = round(frame.session_time_s * 1000) % 2**32
    packet["car"] = CAR
    packet["is_race_on"] = not frame.session.paused
    if not frame.session.paused:
        _write_motion(frame, row, player, packet)
        if "place" in names(packet):
            _write_dash(frame, row, player, packet)
    return [packet.tobytes()]


def _write_motion(frame: Frame, row: int, player: Player, packet: np.ndarray) -> None:
    """Of its own axes the car drives along the third; yaw is counted from the game's z towards its x."""
    forwards, left = player.acceleration_mps2 or (0.0, 0.0)
    packet["acceleration"] = (-left, 0, forwards)
    packet["velocity"] = (0, 0, _number(frame.cars.speed_mps[row]))
    packet["yaw"] = math.remainder(math.pi / 2 - _number(frame.cars.heading_rad[row]), math.tau)
    packet["rpm"] = _number(player.rpm)
    packet["max_rpm"], packet["idle_rpm"] = player.max_rpm or 0, player.idle_rpm or 0


def _write_dash(frame: Frame, row: int, player: Player, packet: np.ndarray) -> None:
    cars = frame.cars
    packet["place"] = tuple(_number(column[row]) for column in (cars.x, cars.z, cars.y))
    packet["speed"] = _number(cars.speed_mps[row])
    packet["distance"] = _number(cars.total_distance_m[row])
    packet["laps_done"], packet["position"] = max(0, int(cars.lap[row]) - 1), cars.position[row]
    packet["lap_time"], packet["last_lap"] = _number(cars.lap_time_s[row]), _number(cars.last_lap_s[row])
    packet["best_lap"], packet["race_time"] = _number(cars.best_lap_s[row]), frame.session_time_s
    for pedal in ("throttle", "brake", "clutch"):
        packet[pedal] = round(_number(getattr(player, pedal)) * 255)
    packet["steer"] = round(_number(player.steer) * 127)
    packet["gear"] = {-1: REVERSE, 0: BETWEEN_GEARS}.get(player.gear, player.gear)
    packet["fuel"] = player.fuel.amount / player.fuel.capacity if player.fuel and player.fuel.capacity else 1.0
    if player.wheels is not None:
        packet["tyre_f"] = [_number(wheel.surface_c) * 1.8 + 32 for wheel in player.wheels]
    if "track" in names(packet):
        packet["track"] = int(frame.session.track_id or 0)
        packet["tyre_wear"] = [_number(wheel.wear) for wheel in player.wheels or ()] or 0


def _number(value: float) -> float:
    return float(value) if math.isfinite(value) else 0.0
