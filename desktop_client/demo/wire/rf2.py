"""A frame as rFactor 2's plugin and Le Mans Ultimate would publish it: their blocks of memory, and the packets in them.

Where a frame says nothing the blocks hold what the engine holds there: zero, or -1 for a time.
"""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from desktop_client.telemetry.frame import (
    CarStatus,
    Flag,
    Floats,
    Frame,
    Part,
    PitStatus,
    Player,
    SafetyCar,
    SessionKind,
)
from desktop_client.telemetry.games.rf2 import Rf2
from desktop_client.telemetry.games.rf2_names import LETTERS_OF_LMU
from desktop_client.telemetry.games.rf2_player import ZERO_C_IN_K
from desktop_client.telemetry.games.rf2_wire import (
    EXTENDED_BUFFER,
    EXTENDED_LAYOUT,
    SCORING_BUFFER,
    SCORING_LAYOUT,
    TELEMETRY_BUFFER,
    TELEMETRY_LAYOUT,
)
from desktop_client.telemetry.source import MemoryInlet

NO_LIMIT: Final = 2**31 - 1
ONLY_CLASS: Final = "GT3"
SESSIONS: Final = {SessionKind.QUALIFYING: 5, SessionKind.RACE: 10}  # everything else is the first practice
FINISH: Final = {CarStatus.FINISHED: 1, CarStatus.RETIRED: 2, CarStatus.DISQUALIFIED: 3}
COMPOUNDS: Final = {"S": "Soft", "M": "Medium", "H": "Hard", "I": "Intermediate", "W": "Wet"}
DENT_OF: Final = {Part.BODY_FRONT: 0, Part.BODY_LEFT: 2, Part.BODY_REAR: 4, Part.BODY_RIGHT: 6}
PHASES: Final = {SafetyCar.FORMATION: 3, SafetyCar.FULL: 6}
GREEN, STOPPED, PAUSED = 5, 7, 9
NEVER: Final = -1.0

Record = NDArray[np.void]


class Rf2Encoder:
    """Writes one frame after another; the plugin's version counters go up with each."""

    def __init__(self) -> None:
        self._scoring = np.zeros((), SCORING_LAYOUT)
        self._telemetry = np.zeros((), TELEMETRY_LAYOUT)
        self._extended = np.zeros((), EXTENDED_LAYOUT)
        self._readers = {
            inlet.name: (inlet.tag, inlet.reader()) for inlet in Rf2().inlets if isinstance(inlet, MemoryInlet)
        }

    def blocks(self, frame: Frame) -> dict[str, bytes]:
        """The blocks by the names that they are mapped under."""
        write_info(frame, self._scoring["info"])
        write_scoring(frame, self._scoring["vehicles"])
        self._telemetry["vehicle_count"] = len(frame.cars)
        write_telemetry(frame, self._telemetry["vehicles"])
        self._extended["version"], self._extended["is_64_bit"] = b"3.7.14.2", 1
        self._extended["pit_speed_limit"] = frame.session.pit_limit_mps or 0.0
        named = {EXTENDED_BUFFER: self._extended, SCORING_BUFFER: self._scoring, TELEMETRY_BUFFER: self._telemetry}
        for block in named.values():
            block["begin"] += 1
            block["end"] = block["begin"]
        return {name: block.tobytes() for name, block in named.items()}

    def encode(self, frame: Frame) -> list[bytes]:
        """The packets that the source is fed with for this frame."""
        packets: list[bytes] = []
        for name, block in self.blocks(frame).items():
            tag, reader = self._readers[name]
            packets += [tag + packet for packet in reader.read(memoryview(block))]
        return packets


def write_info(frame: Frame, info: Record) -> None:
    session = frame.session
    info["track"] = (session.track_name or "").encode()
    info["session"] = SESSIONS.get(session.kind, 1)
    info["now"] = frame.session_time_s
    info["end"] = frame.session_time_s + session.time_left_s if session.time_left_s is not None else 0.0
    info["time_left"] = session.time_left_s or 0.0
    info["max_laps"] = session.total_laps or NO_LIMIT
    info["track_length"] = session.track_length_m or 0.0
    info["vehicle_count"] = len(frame.cars)
    info["phase"] = PHASES.get(session.safety_car, GREEN)
    if Flag.RED in session.flags:
        info["phase"] = STOPPED
    if session.paused:
        info["phase"] = PAUSED
    info["sector_flags"] = 0
    for zone in session.zones:
        edges = (0.0, *(start / (session.track_length_m or 1.0) for start in session.sector_starts_m))
        info["sector_flags"][int(np.argmin(np.abs(np.array(edges) - zone.start)))] = 1
    info["in_realtime"] = not session.in_garage
    info["air_temperature"] = session.air_temperature_c or 0.0
    info["track_temperature"] = session.track_temperature_c or 0.0
    if (weather := session.weather) is not None:
        info["raining"], info["wetness"] = weather.rain or 0.0, weather.wetness or 0.0
        wind, coming_from = weather.wind_mps or 0.0, weather.wind_from_rad or 0.0
        info["wind"] = -wind * math.cos(coming_from), 0.0, -wind * math.sin(coming_from)


def write_scoring(frame: Frame, records: Record) -> None:
    """The first records, one per car; the rest of them is left as it was, as the engine leaves it."""
    cars, session = frame.cars, frame.session
    of = records[: len(cars)]
    of["id"] = cars.slot
    of["driver"] = [name.encode()[:31] for name in cars.name]
    of["vehicle_name"] = [label.encode() for label in labels(frame)]
    of["class_name"] = [(name or ONLY_CLASS).encode() for name in cars.class_name]
    of["laps"] = cars.lap - 1
    of["sector"] = (cars.sector + 1) % 3
    of["finish_status"] = [FINISH.get(CarStatus(status), 0) for status in cars.status]
    length = session.track_length_m or 0.0
    distance = np.nan_to_num(cars.lap_distance_m)
    of["lap_distance"] = np.where(distance < 0, distance + length, distance)
    for which, sectors, lap in (
        ("best", cars.best_sector_s, cars.best_lap_s),
        ("last", cars.last_sector_s, cars.last_lap_s),
        ("current", cars.sector_s, None),
    ):
        of[f"{which}_sector1"] = or_never(sectors[:, 0])
        of[f"{which}_sector2"] = or_never(sectors[:, 0] + sectors[:, 1])
        if lap is not None:
            of[f"{which}_lap"] = or_never(lap)
    of["pit_stops"], of["penalties"] = cars.pit_stops, np.maximum(cars.penalties, 0)
    of["is_player"] = 0
    of["control"] = 1
    if frame.player_row is not None:
        of["is_player"][frame.player_row], of["control"][frame.player_row] = 1, 0
        of["flag"][frame.player_row] = 6 if Flag.BLUE in session.flags else 0
        wanted = frame.player is not None and frame.player.pit_stop_wanted
        of["pit_state"][frame.player_row] = int(bool(wanted))
    of["in_pits"], of["place"] = cars.pit != PitStatus.NONE, cars.position
    of["pit_state"] = np.where(cars.pit == PitStatus.IN_BOX, 3, of["pit_state"])
    of["in_garage"] = cars.status == CarStatus.GARAGE
    of["behind_next"] = np.nan_to_num(cars.gap_ahead_s)
    of["behind_leader"] = np.nan_to_num(cars.gap_leader_s)
    of["lap_start_time"] = frame.session_time_s - np.nan_to_num(cars.lap_time_s)
    of["qualification"] = np.where(cars.grid_position > 0, cars.grid_position, -1)
    of["count_lap"] = np.where(cars.lap_valid, 2, 1)
    write_motion(frame, of)


def write_telemetry(frame: Frame, records: Record) -> None:
    cars = frame.cars
    of = records[: len(cars)]
    of["id"] = cars.slot
    of["elapsed_time"], of["delta_time"] = frame.session_time_s, 0.02
    of["lap_number"] = cars.lap
    of["lap_start_time"] = frame.session_time_s - np.nan_to_num(cars.lap_time_s)
    of["track_name"] = (frame.session.track_name or "").encode()
    of["vehicle_name"] = [label.encode() for label in labels(frame)]
    of["front_compound"] = [COMPOUNDS.get(letter, "").encode() for letter in cars.tyre]
    known = [LETTERS_OF_LMU.index(letter) if letter in LETTERS_OF_LMU else 255 for letter in cars.tyre]
    of["wheels"]["compound_type"] = np.array(known, np.uint8)[:, np.newaxis]
    of["wheels"]["surface"] = np.where(cars.off_track, 2, 0)[:, np.newaxis]
    of["lap_invalidated"] = ~cars.lap_valid
    of["ignition"] = 1
    write_motion(frame, of)
    if frame.player is not None and frame.player_row is not None:
        _write_player(frame.player, of[frame.player_row : frame.player_row + 1])


def write_motion(frame: Frame, of: Record) -> None:
    """The engine's axes: see rf2_fields. A car that does not say where it points, points along x."""
    cars = frame.cars
    of["position"] = np.nan_to_num(np.stack([cars.x, cars.z, cars.y], axis=1))
    of["local_velocity"] = np.stack([np.zeros(len(cars)), np.zeros(len(cars)), -np.nan_to_num(cars.speed_mps)], axis=1)
    heading = np.nan_to_num(cars.heading_rad)
    ahead_x, ahead_z = np.cos(heading), np.sin(heading)
    of["orientation"] = 0.0
    of["orientation"][:, 0, 0], of["orientation"][:, 2, 0] = -ahead_z, ahead_x  # to the left
    of["orientation"][:, 1, 1] = 1.0
    of["orientation"][:, 0, 2], of["orientation"][:, 2, 2] = -ahead_x, -ahead_z  # backwards


def labels(frame: Frame) -> list[str]:
    """How the engine names a vehicle: the team and its number."""
    entries = zip(frame.cars.team, frame.cars.number.tolist(), strict=True)
    return [f"{team} #{number}" if number >= 0 else team for team, number in entries]


def or_never(seconds: Floats) -> Floats:
    return np.where(np.isnan(seconds), NEVER, seconds)


def _write_player(player: Player, of: Record) -> None:
    for pedal, value in (("throttle", player.throttle), ("brake", player.brake), ("clutch", player.clutch)):
        of[f"unfiltered_{pedal}"] = of[f"filtered_{pedal}"] = value
    of["unfiltered_steering"] = of["filtered_steering"] = player.steer
    of["gear"], of["rpm"], of["max_rpm"] = player.gear, player.rpm, player.max_rpm or 0.0
    of["water_temperature"], of["oil_temperature"] = player.water_c or 0.0, player.oil_c or 0.0
    of["rear_flap"] = bool(player.drs_open)
    of["rear_flap_legal"] = 2 if player.drs_available else 0
    of["speed_limiter"] = bool(player.pit_limiter)
    of["rear_brake_bias"] = 1.0 - (player.brake_bias if player.brake_bias is not None else 0.5)
    if player.acceleration_mps2 is not None:
        forwards, left = player.acceleration_mps2
        of["local_acceleration"] = left, 0.0, -forwards
    if player.fuel is not None:
        of["fuel"], of["fuel_capacity"] = player.fuel.amount, player.fuel.capacity or 0.0
    if player.energy is not None:
        of["motor_state"] = player.energy.store is not None
        of["battery_charge"], of["virtual_energy"] = player.energy.store or 0.0, player.energy.virtual or 0.0
    of["abs"], of["abs_max"] = player.abs_level or 0, 11 * (player.abs_level is not None)
    of["tc"], of["tc_max"] = player.tc_level or 0, 11 * (player.tc_level is not None)
    of["abs_active"], of["tc_active"] = bool(player.abs_active), bool(player.tc_active)
    for part, at in DENT_OF.items():
        of["dents"][:, at] = round(2 * (player.damage or {}).get(part, 0.0))
    of["detached"] = Part.REAR_WING in (player.damage or {})
    for corner, wheel in enumerate(player.wheels or ()):
        tread = wheel.tread_c or (wheel.surface_c,) * 3
        values: dict[str, Any] = {
            "temperature": _kelvin(np.array(tread[::-1] if corner % 2 == 0 else tread)),
            "carcass_temperature": _kelvin(np.array(wheel.inner_c)),
            "pressure": np.nan_to_num(wheel.pressure_kpa),
            "wear": 1.0 - np.nan_to_num(wheel.wear),
            "flat": wheel.damage >= 1.0,
            "brake_temperature": _kelvin(np.array(wheel.brake_c)),
        }
        for name, value in values.items():
            of["wheels"][name][:, corner] = value


def _kelvin(celsius: Floats) -> Floats:
    return np.where(np.isnan(celsius), 0.0, celsius + ZERO_C_IN_K)
