"""The packets that hold no record per car for every instant: session, participants, history, events, results."""

from __future__ import annotations

import struct

import numpy as np

from desktop_client.demo.entries import ENTRIES, PLAYER
from desktop_client.demo.events import Event, Kind
from desktop_client.demo.packets_of_cars import (
    ACTUAL_TYRES,
    CARS,
    FINISHED,
    VISUAL_TYRES,
    to_milliseconds,
    write_minutes,
)
from desktop_client.demo.race import Race
from desktop_client.demo.traffic import DRS_ZONES_M
from desktop_client.telemetry.frame import Ints
from desktop_client.telemetry.games.f1_wire import Packet

TRACK_ID = 120
NOBODY = 255
WHITE = 255
NO_IDENT = 65_535  # what 255 became when the format of 2026 widened these fields
FIRST_TEAM_OF_2026 = 476
RACE_SESSION, RACE_SESSION_2023 = 15, 10
FORMULA_MODERN, FORMULA_2026 = 0, 13
RESULT_OF_FINISHER = 3  # result reason: finished
AIR_C, TRACK_C = 21, 33
RACE_DURATION_S = 7200
TIME_OF_DAY_MIN = 15 * 60 + 5
MARSHAL_ZONES = 18
YELLOW = 3
LAP_VALID, LAP_AND_SECTORS_VALID = 1, 15
UNTIL_NOW = 255  # end lap of the stint being driven
POINTS = (25, 18, 15, 12, 10, 8, 6, 4, 2, 1)

EVENT_CODES = {
    Kind.SESSION_STARTED: b"SSTA",
    Kind.LIGHT: b"STLG",
    Kind.LIGHTS_OUT: b"LGOT",
    Kind.FASTEST_LAP: b"FTLP",
    Kind.OVERTAKE: b"OVTK",
    Kind.CHEQUERED_FLAG: b"CHQF",
    Kind.RACE_WON: b"RCWN",
    Kind.SESSION_ENDED: b"SEND",
}
"""What the game tells of; the rest shows in the other packets."""


def write_session(race: Race, packet: Packet) -> None:
    season = int(packet["header"]["packet_format"])
    length = race.circuit.length_m
    said = {
        "track_temperature": TRACK_C,
        "air_temperature": AIR_C,
        "total_laps": race.laps,
        "track_length": int(length),
        "session_type": RACE_SESSION if season >= 2024 else RACE_SESSION_2023,
        "track_id": TRACK_ID,
        "formula": FORMULA_2026 if season >= 2026 else FORMULA_MODERN,
        "time_left": max(RACE_DURATION_S - int(race.now), 0),
        "duration": RACE_DURATION_S,
        "pit_speed_limit": round(race.circuit.pit.limit_mps * 3.6),
        "spectated_car": NOBODY,
        "marshal_zone_count": MARSHAL_ZONES,
        "forecast_count": 3,
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
    packet["marshal_zones"]["start"][:MARSHAL_ZONES] = np.arange(MARSHAL_ZONES) / MARSHAL_ZONES + 0.002
    packet["marshal_zones"]["flag"][:MARSHAL_ZONES] = _flags_by_zone(race)
    forecast = packet["forecast"][:3]
    forecast["session_type"] = said["session_type"]
    forecast["minutes_ahead"] = (0, 5, 10)
    forecast["track_temperature"], forecast["air_temperature"], forecast["rain_percent"] = TRACK_C, AIR_C, 1
    forecast["track_temperature_change"] = forecast["air_temperature_change"] = 2  # none
    if season >= 2024:
        packet["weekend_session_count"] = 1
        packet["weekend_sessions"][0] = said["session_type"]
        packet["sector2_start"], packet["sector3_start"] = race.circuit.sector_lines_m
    if season >= 2026:
        _write_zones(race, packet)


def _flags_by_zone(race: Race) -> Ints:
    """Yellow where a car is beside the road."""
    flags = np.zeros(MARSHAL_ZONES, dtype=np.int32)
    here = race.driving.lap_distance[race.off_track]
    flags[(here / race.circuit.length_m * MARSHAL_ZONES).astype(np.intp)] = YELLOW
    return flags


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
    cars["pit_stops"], cars["result_status"] = stints.stops, FINISHED
    if "result_reason" in (cars.dtype.names or ()):
        cars["result_reason"] = RESULT_OF_FINISHER
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
        case _:
            details = b""
    packet["details"] = np.frombuffer(details.ljust(packet["details"].size, b"\0"), dtype=np.uint8)
