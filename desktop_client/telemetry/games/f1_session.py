"""What an F1 session packet says of the session: its rules, its weather, and where flags are waved."""

from __future__ import annotations

import math
from typing import Final

from desktop_client.telemetry.frame import (
    Flag,
    Forecast,
    SafetyCar,
    Session,
    SessionKind,
    Sky,
    Weather,
    Zone,
)
from desktop_client.telemetry.games.f1_tables import TRACKS, session_kind
from desktop_client.telemetry.games.f1_wire import Packet
from desktop_client.telemetry.source import Health

KMH: Final = 1 / 3.6  # m/s
GAME: Final = "f1"
FLAGS: Final = {1: Flag.GREEN, 2: Flag.BLUE, 3: Flag.YELLOW}
"""By the number on a marshal zone and on a car; 0 is none and -1 unknown."""
SAFETY_CARS: Final = {1: SafetyCar.FULL, 2: SafetyCar.VIRTUAL, 3: SafetyCar.FORMATION}
SKIES: Final = {sky.value: sky for sky in Sky}  # the game counts as we do


def describe(packet: Packet, uid: int, packet_format: int, health: Health) -> Session:
    """The session without what only holds for the driver's own car, such as the flag shown to it.

    Two packets a second say this, so nothing here is remembered between them. What cannot be is left out and counted
    in `health.absurd`.
    """
    kind = session_kind(int(packet["session_type"]), packet_format)
    track_id, length_m = int(packet["track_id"]), float(packet["track_length"])
    window = int(packet["pit_window_ideal_lap"]), int(packet["pit_window_latest_lap"])
    return Session(
        game=GAME,
        uid=f"{uid:016x}",
        kind=kind,
        track_id=str(track_id) if track_id >= 0 else None,
        track_name=TRACKS.get(track_id),
        track_length_m=length_m or None,
        sector_starts_m=_sector_starts(packet, length_m, health),
        total_laps=int(packet["total_laps"]) or None if kind is SessionKind.RACE else None,
        time_left_s=float(packet["time_left"]),
        air_temperature_c=float(packet["air_temperature"]),
        track_temperature_c=float(packet["track_temperature"]),
        weather=Weather(sky=_sky(int(packet["weather"]), health), forecast=_forecast(packet, health)),
        zones=_zones(packet, health),
        safety_car=SAFETY_CARS.get(int(packet["safety_car"]), SafetyCar.NONE),
        pit_limit_mps=int(packet["pit_speed_limit"]) * KMH or None,
        pit_window_laps=window if 0 < window[0] <= window[1] else None,
        paused=bool(packet["paused"]),
        spectating=bool(packet["spectating"]),
    )


def _sector_starts(packet: Packet, length_m: float, health: Health) -> tuple[float, ...]:
    """Since 2024; zero is what the game sends where it does not know them."""
    if "sector2_start" not in (packet.dtype.names or ()):
        return ()
    starts = float(packet["sector2_start"]), float(packet["sector3_start"])
    if starts == (0.0, 0.0):
        return ()
    if 0 < starts[0] < starts[1] < (length_m or math.inf):
        return starts
    health.absurd += 1
    return ()


def _sky(number: int, health: Health) -> Sky | None:
    sky = SKIES.get(number)
    health.absurd += sky is None
    return sky


def _forecast(packet: Packet, health: Health) -> tuple[Forecast, ...]:
    """Only the samples of the session that is on: the game goes on with those of the rest of the weekend."""
    session_type = int(packet["session_type"])
    samples = packet["forecast"][: int(packet["forecast_count"])].tolist()
    expected: list[Forecast] = []
    for of_session, minutes, weather, track_c, _, air_c, _, rain_percent in samples:
        if of_session != session_type:
            continue
        sky = _sky(weather, health)
        if sky is not None:
            chance = rain_percent / 100 if rain_percent <= 100 else None
            expected.append(Forecast(minutes * 60.0, sky, chance, float(air_c), float(track_c)))
    return tuple(sorted(expected, key=lambda sample: sample.in_s))


def _zones(packet: Packet, health: Health) -> tuple[Zone, ...]:
    """The marshals' stretches with a flag out; each ends where the next one begins."""
    posts = packet["marshal_zones"][: int(packet["marshal_zone_count"])].tolist()
    zones: list[Zone] = []
    for (start, number), (end, _) in zip(posts, posts[1:] + posts[:1], strict=True):
        flag = FLAGS.get(number)
        if flag is None:
            continue
        if 0 <= start <= 1 and 0 <= end <= 1:
            zones.append(Zone(start, end, flag))
        else:
            health.absurd += 1
    return tuple(zones)
