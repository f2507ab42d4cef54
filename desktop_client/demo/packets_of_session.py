"""The packets that hold no record per car for every instant: session, participants, history, events, results."""

from __future__ import annotations

import struct

import numpy as np

from desktop_client.demo.entries import ENTRIES, PLAYER
from desktop_client.demo.events import Event, Kind
from desktop_client.demo.marshals import FIRST_POST, POSTS, flags_by_post
from desktop_client.demo.packets_of_cars import (
    ACTUAL_TYRES,
    CARS,
    VISUAL_TYRES,
    result_status,
    to_milliseconds,
    write_minutes,
)
from desktop_client.demo.race import Race
from desktop_client.demo.skies import FORECAST_MIN
from desktop_client.demo.traffic import DRS_ZONES_M
from desktop_client.telemetry.games.f1_wire import Packet

TRACK_ID = 120
NOBODY = 255
WHITE = 255
NO_IDENT = 65_535  # what 255 became when the format of 2026 widened these fields
FIRST_TEAM_OF_2026 = 476
RACE_SESSION, RACE_SESSION_2023 = 15, 10
FORMULA_MODERN, FORMULA_2026 = 0, 13
REASON_FINISHED, REASON_BROKEN = 2, 8  # result reason
VIRTUAL_SAFETY_CAR = 2
RACE_DURATION_S = 7200
TIME_OF_DAY_MIN = 15 * 60 + 5
LAP_VALID, LAP_AND_SECTORS_VALID = 1, 15
UNTIL_NOW = 255  # end lap of the stint being driven
TIME_PENALTY_FOR_A_COLLISION = 4, 4  # the game's numbers of the penalty and of what it is for
POINTS = (25, 18, 15, 12, 10, 8, 6, 4, 2, 1)

EVENT_CODES = {
    Kind.SESSION_STARTED: b"SSTA",
    Kind.LIGHT: b"STLG",
    Kind.LIGHTS_OUT: b"LGOT",
    Kind.FASTEST_LAP: b"FTLP",
    Kind.OVERTAKE: b"OVTK",
    Kind.PENALTY: b"PENA",
    Kind.RETIRED: b"RTMT",
    Kind.CHEQUERED_FLAG: b"CHQF",
    Kind.RACE_WON: b"RCWN",
    Kind.SESSION_ENDED: b"SEND",
}
"""What the game tells of; the rest shows in the other packets."""


def write_session(race: Race, packet: Packet) -> None:
    season = int(packet["header"]["packet_format"])
    skies, now = race.skies, race.now
    length = race.circuit.length_m
    said = {
        "weather": skies.sky(now),
        "track_temperature": round(skies.track_c(now)),
        "air_temperature": round(skies.air_c(now)),
        "total_laps": race.laps,
        "track_length": int(length),
        "session_type": RACE_SESSION if season >= 2024 else RACE_SESSION_2023,
        "track_id": TRACK_ID,
        "formula": FORMULA_2026 if season >= 2026 else FORMULA_MODERN,
        "time_left": max(RACE_DURATION_S - int(race.now), 0),
        "duration": RACE_DURATION_S,
        "pit_speed_limit": round(race.circuit.pit.limit_mps * 3.6),
        "spectated_car": NOBODY,
        "safety_car": VIRTUAL_SAFETY_CAR if race.incidents.virtual_safety_car(now) else 0,
        "marshal_zone_count": POSTS,
        "forecast_count": len(FORECAST_MIN),
        "pit_window_ideal_lap": race.pit_window[0],
        "pit_window_latest_lap": race.pit_window[1],
        "ai_difficulty": 90,
        "pit_rejoin_position": 0,
        "gearbox_assist": 1,
        "game_mode": 4,
        "rule_set": 1,
        "time_of_day": TIME_OF_DAY_MIN + int(race.now) // 60,
        "session_length": 3,
    }
    for name, value in said.items():
        packet[name] = value
    for link in ("season_link", "weekend_link", "session_link"):
        packet[link] = race.uid & 0x7FFFFFFF
    packet["marshal_zones"]["start"][:POSTS] = np.arange(POSTS) / POSTS + FIRST_POST
    packet["marshal_zones"]["flag"][:POSTS] = flags_by_post(race)
    _write_forecast(race, packet["forecast"][: len(FORECAST_MIN)], int(packet["session_type"]))
    if season >= 2024:
        packet["weekend_session_count"] = 1
        packet["weekend_sessions"][0] = said["session_type"]
        packet["sector2_start"], packet["sector3_start"] = race.circuit.sector_lines_m
    if season >= 2026:
        _write_zones(race, packet)


def _write_forecast(race: Race, forecast: Packet, session_type: int) -> None:
    forecast["session_type"] = session_type
    forecast["minutes_ahead"] = FORECAST_MIN
    expected = [race.now + 60.0 * minutes for minutes in FORECAST_MIN]
    forecast["weather"] = [race.skies.sky(seconds) for seconds in expected]
    forecast["rain_percent"] = [race.skies.rain_percent(seconds) for seconds in expected]
    for name, degrees in (("track_temperature", race.skies.track_c), ("air_temperature", race.skies.air_c)):
        forecast[name] = [round(degrees(seconds)) for seconds in expected]
        change = np.sign(np.diff(forecast[name], prepend=forecast[name][:1]))
        forecast[f"{name}_change"] = np.where(change > 0, 0, np.where(change < 0, 1, 2))


def _write_zones(race: Race, packet: Packet) -> None:
    zones = np.array([(opens, closes) for _, opens, closes in DRS_ZONES_M]) / race.circuit.length_m
    for name in ("drs_zones", "full_aero_zones"):
        packet[name]["start"][: len(zones)], packet[name]["end"][: len(zones)] = zones.T
    packet["drs_zone_count"] = packet["full_aero_zone_count"] = len(zones)


def write_participants(_race: Race, packet: Packet) -> None:
    season = int(packet["header"]["packet_format"])
    packet["active_cars"] = CARS
    everyone = packet["cars"]
    nobody = NO_IDENT if season >= 2026 else NOBODY
    for name in ("driver_id", "network_id", "team_id"):
        everyone[name] = nobody
    everyone["nationality"] = NOBODY
    cars = everyone[:CARS]
    cars["ai_controlled"] = np.arange(CARS) != PLAYER
    cars["driver_id"] = np.arange(CARS) + 1
    first_team = FIRST_TEAM_OF_2026 if season >= 2026 else 0
    cars["team_id"] = [first_team + entry.team.game_id for entry in ENTRIES]
    cars["race_number"] = [entry.number for entry in ENTRIES]
    cars["nationality"] = [entry.nationality for entry in ENTRIES]
    room = cars.dtype["name"].itemsize - 1
    cars["name"] = [_cut(entry.name, room) for entry in ENTRIES]
    cars["your_telemetry"] = cars["show_online_names"] = 1
    cars["platform"] = NOBODY
    if season >= 2025:
        everyone["colours"] = WHITE
        cars["colour_count"] = len(ENTRIES[0].team.colours)
        for car, entry in zip(cars, ENTRIES, strict=True):
            car["colours"][: len(entry.team.colours)] = entry.team.colours


def _cut(name: str, room: int) -> bytes:
    """The name in UTF-8, shortened to whole characters within `room` bytes."""
    return name.encode()[:room].decode(errors="ignore").encode()


def write_history(race: Race, packet: Packet, row: int) -> None:
    timing, stints = race.timing, race.stints
    done = min(int(timing.lap[row]) - 1, len(packet["laps"]) - 1, timing.history.shape[1])
    packet["laps"] = packet["stints"] = 0
    packet["car_index"], packet["lap_count"] = row, done + 1
    times = to_milliseconds(timing.history[row, :done])
    laps = packet["laps"][:done]
    laps["lap_ms"] = times[:, 0]
    for sector in (1, 2, 3):
        write_minutes(laps, f"sector{sector}", times[:, sector])
    laps["valid_bits"] = np.where(timing.history_valid[row, :done], LAP_AND_SECTORS_VALID, 0)
    current = packet["laps"][done : done + 1]
    for sector in (1, 2):
        write_minutes(current, f"sector{sector}", to_milliseconds(timing.sector_times[row, sector - 1 : sector]))
    current["valid_bits"] = LAP_AND_SECTORS_VALID if timing.valid[row] else LAP_AND_SECTORS_VALID - LAP_VALID
    packet["best_lap_lap_number"] = timing.best_lap_number[row]
    for sector in (1, 2, 3):
        best = int(np.argmin(timing.history[row, :done, sector])) + 1 if done else 0
        packet[f"best_sector{sector}_lap_number"] = best
    driven = stints.driven[row]
    packet["stint_count"] = len(driven)
    for stint, (compound, end_lap) in zip(packet["stints"], driven, strict=False):
        stint["end_lap"] = UNTIL_NOW if end_lap is None else end_lap
        stint["actual_tyre"], stint["visual_tyre"] = ACTUAL_TYRES[compound], VISUAL_TYRES[compound]


def write_classification(race: Race, packet: Packet) -> None:
    timing, stints = race.timing, race.stints
    packet["car_count"] = CARS
    cars = packet["cars"][:CARS]
    cars["position"], cars["grid_position"] = timing.position, race.grid_position
    cars["laps"] = np.where(timing.finished, timing.laps_at_finish, timing.lap - 1)
    cars["points"] = np.array((0, *POINTS, *(CARS * (0,))))[np.minimum(timing.position, len(POINTS) + 1)]
    cars["pit_stops"], cars["result_status"] = stints.stops, result_status(race)
    cars["penalties_s"] = race.incidents.penalty_s
    if "result_reason" in (cars.dtype.names or ()):
        cars["result_reason"] = np.where(race.incidents.retired, REASON_BROKEN, REASON_FINISHED)
    cars["best_lap_ms"] = to_milliseconds(timing.best_lap)
    cars["race_time"] = np.where(timing.finished, timing.finished_at - race.started_at, 0.0)
    for row, car in enumerate(cars):
        driven = stints.driven[row][: len(car["stints_visual"])]
        car["stint_count"] = len(driven)
        for number, (compound, end_lap) in enumerate(driven):
            car["stints_actual"][number] = ACTUAL_TYRES[compound]
            car["stints_visual"][number] = VISUAL_TYRES[compound]
            car["stints_end_lap"][number] = UNTIL_NOW if end_lap is None else end_lap


def write_event(event: Event, packet: Packet) -> None:
    """An event that EVENT_CODES knows; what else the game says of it is packed as the game packs it."""
    packet["code"] = EVENT_CODES[event.kind]
    match event.kind:
        case Kind.LIGHT:
            details = struct.pack("<B", int(event.value))
        case Kind.FASTEST_LAP:
            details = struct.pack("<Bf", event.row, event.value)
        case Kind.OVERTAKE:
            details = struct.pack("<BB", event.row, event.other)
        case Kind.RACE_WON:
            details = struct.pack("<B", event.row)
        case Kind.PENALTY:
            kind, cause = TIME_PENALTY_FOR_A_COLLISION
            details = struct.pack("<7B", kind, cause, event.row, NOBODY, int(event.value), NOBODY, 0)
        case Kind.RETIRED:
            reason = (REASON_BROKEN,) if int(packet["header"]["packet_format"]) >= 2025 else ()
            details = struct.pack(f"<{1 + len(reason)}B", event.row, *reason)
        case _:
            details = b""
    packet["details"] = np.frombuffer(details.ljust(packet["details"].size, b"\0"), dtype=np.uint8)
