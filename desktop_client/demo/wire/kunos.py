"""What Assetto Corsa and its successor write alike into their pages, out of a frame."""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from desktop_client.telemetry.frame import Flag, Frame, Part, PitStatus, Player, SessionKind
from desktop_client.telemetry.games.kunos_pages import LIVE, NO_TIME_MS, PAUSED, REPLAY
from desktop_client.telemetry.games.kunos_player import DESTROYED, GRAVITY, KMH, PSI
from desktop_client.telemetry.games.kunos_wire import write_text

SESSIONS: Final = {
    SessionKind.PRACTICE: 0,
    SessionKind.QUALIFYING: 1,
    SessionKind.RACE: 2,
    SessionKind.TIME_TRIAL: 3,
}
FLAGS: Final = {Flag.BLUE: 1, Flag.YELLOW: 2, Flag.BLACK: 3, Flag.WHITE: 4, Flag.CHEQUERED: 5, Flag.MEATBALL: 8}
BODY: Final = (Part.BODY_FRONT, Part.BODY_REAR, Part.BODY_LEFT, Part.BODY_RIGHT)

Page = NDArray[np.void]


def milliseconds(seconds: float) -> int:
    return round(seconds * 1000) if math.isfinite(seconds) else NO_TIME_MS


def write_static(frame: Frame, page: Page) -> None:
    write_text(page["memory_version"], "1.7")
    write_text(page["track"], frame.session.track_id or "")
    page["car_count"], page["sector_count"] = len(frame.cars), 3
    if frame.player_row is not None:
        first, _, surname = frame.cars.name[frame.player_row].partition(" ")
        write_text(page["first_name"], first)
        write_text(page["surname"], surname)
        write_text(page["car"], frame.cars.car[frame.player_row])
    if frame.player is not None:
        page["max_rpm"] = frame.player.max_rpm or 0
        page["max_fuel"] = (frame.player.fuel.capacity if frame.player.fuel is not None else None) or 0.0


def write_graphics(frame: Frame, page: Page) -> None:
    """Everything but where the cars are, in which the games differ."""
    session, cars, row = frame.session, frame.cars, frame.player_row or 0
    page["step"] += 1
    page["status"] = PAUSED if session.paused else REPLAY if session.replay else LIVE
    page["session"] = SESSIONS.get(session.kind, -1)
    page["completed_laps"], page["position"] = cars.lap[row] - 1, cars.position[row]
    page["current_ms"] = milliseconds(cars.lap_time_s[row])
    page["last_ms"], page["best_ms"] = milliseconds(cars.last_lap_s[row]), milliseconds(cars.best_lap_s[row])
    page["time_left_ms"] = (session.time_left_s or 0.0) * 1000
    page["in_pit_box"] = cars.pit[row] == PitStatus.IN_BOX
    page["in_pit_lane"] = cars.pit[row] != PitStatus.NONE
    page["sector"] = max(cars.sector[row], 0)
    page["lap_share"] = (np.nan_to_num(cars.lap_distance_m[row]) / (session.track_length_m or 1.0)) % 1.0
    page["wind_mps"] = (session.weather.wind_mps if session.weather is not None else None) or 0.0
    page["flag"] = next((FLAGS[flag] for flag in session.flags if flag in FLAGS), 0)


def write_physics(frame: Frame, page: Page) -> None:
    page["step"] += 1
    page["air_c"], page["road_c"] = frame.session.air_temperature_c or 0.0, frame.session.track_temperature_c or 0.0
    row = frame.player_row
    if row is not None:
        page["heading"] = -math.pi / 2 - np.nan_to_num(frame.cars.heading_rad[row])
        speed, heading = np.nan_to_num(frame.cars.speed_mps[row]), np.nan_to_num(frame.cars.heading_rad[row])
        page["velocity"] = speed * math.cos(heading), 0.0, -speed * math.sin(heading)
        page["local_velocity"] = 0.0, 0.0, speed
        page["tyres_out"] = 4 if frame.cars.off_track[row] else 0
    if frame.player is not None:
        _write_player(frame.player, page)


def _write_player(player: Player, page: Page) -> None:
    forwards, left = player.acceleration_mps2 or (0.0, 0.0)
    values: dict[str, Any] = {
        "gas": player.throttle,
        "brake": player.brake,
        "clutch": 1.0 - player.clutch,
        "steer": player.steer,
        "gear": player.gear + 1,
        "rpm": player.rpm,
        "speed_kmh": player.speed_mps / KMH,
        "fuel": player.fuel.amount if player.fuel is not None else 0.0,
        "acceleration_g": (left / GRAVITY, 0.0, forwards / GRAVITY),
        "pit_limiter": bool(player.pit_limiter),
        "damage": [*((player.damage or {}).get(part, 0.0) * DESTROYED for part in BODY), 0.0],
    }
    for name, value in values.items():
        page[name] = value
    for corner, wheel in enumerate(player.wheels or ()):
        page["core_c"][corner], page["brake_c"][corner] = np.nan_to_num([wheel.inner_c, wheel.brake_c])
        page["pressure_psi"][corner] = np.nan_to_num(wheel.pressure_kpa) / PSI
