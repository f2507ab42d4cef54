"""A frame as Automobilista 2 would send it: the packets of every instant, and before them those that bring news.

What changes seldom is said when it changes and, so that who comes later hears it too, once a second.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from desktop_client.telemetry.frame import CarStatus, Frame, Part, PitStatus, Player, Session, SessionKind
from desktop_client.telemetry.games import ams2_bits as bits
from desktop_client.telemetry.games.ams2_bits import GameState, PitMode
from desktop_client.telemetry.games.ams2_frame import HALF_TURN
from desktop_client.telemetry.games.ams2_player import REVERSE, SUSPENSION, ZERO_C_IN_K
from desktop_client.telemetry.games.ams2_wire import CARS, CLASSES_IN_A_PACKET, LAYOUTS, NAMES_IN_A_PACKET, Kind, Packet

KINDS = {SessionKind.PRACTICE: 1, SessionKind.QUALIFYING: 3, SessionKind.RACE: 5, SessionKind.TIME_TRIAL: 6}
RACING = 2
RACE_STATES = {CarStatus.FINISHED: 3, CarStatus.DISQUALIFIED: 4, CarStatus.RETIRED: 5}
PIT_MODES = {PitStatus.NONE: PitMode.NONE, PitStatus.PIT_LANE: PitMode.DRIVING_IN, PitStatus.IN_BOX: PitMode.IN_BOX}
NONE = -1.0
SAID_AGAIN_S = 1.0
INVALID_LAP, BUILD, VERSION = 0x80, 1102, 2


class Ams2Encoder:
    """Counts the packets it has made, as the game does, and knows what it has said."""

    def __init__(self) -> None:
        self._made = 0
        self._said: dict[Kind, tuple[object, float]] = {}

    def encode(self, frame: Frame) -> list[bytes]:
        """The packets of an instant. `session_time_s` sets the tick; at most CARS cars have a place."""
        return [packet.tobytes() for packet in self._packets(frame)]

    def _packets(self, frame: Frame) -> Iterator[Packet]:
        cars, event = frame.cars, replace(frame.session, time_left_s=None)
        if self._is_news(Kind.GAME_STATE, event, frame):
            yield self._game_state(frame.session)
            yield self._race(frame.session)
        if self._is_news(Kind.PARTICIPANTS, (cars.slot.tobytes(), cars.name, cars.car, cars.class_name), frame):
            yield from self._names(frame)
        times = (cars.best_lap_s, cars.last_lap_s, cars.best_sector_s, cars.sector_s, cars.last_sector_s, cars.sector)
        if self._is_news(Kind.TIME_STATS, [column.tobytes() for column in times], frame):
            yield self._stats(frame)
        if frame.player is not None and frame.player_row is not None:
            yield self._telemetry(frame, frame.player, frame.player_row)
        yield self._timings(frame)

    def _is_news(self, kind: Kind, content: object, frame: Frame) -> bool:
        said, at = self._said.get(kind, (None, -math.inf))
        if said == content and 0 <= frame.session_time_s - at < SAID_AGAIN_S:
            return False
        self._said[kind] = content, frame.session_time_s
        return True

    def _blank(self, kind: Kind, size: int, part: int = 1, parts: int = 1) -> Packet:
        packet = np.zeros((), LAYOUTS[kind, size])
        self._made += 1
        packet["header"] = (self._made, self._made, part, parts, kind, VERSION)
        return packet

    def _game_state(self, session: Session) -> Packet:
        packet = self._blank(Kind.GAME_STATE, 24)
        state = GameState.PAUSED if session.paused else GameState.REPLAY if session.replay else GameState.PLAYING
        packet["build"], packet["state"] = BUILD, state | KINDS.get(session.kind, 0) << 4
        packet["air_c"] = round(session.air_temperature_c or 0)
        packet["track_c"] = round(session.track_temperature_c or 0)
        if session.weather is not None:
            packet["rain"] = packet["snow"] = round((session.weather.rain or 0) * 255)
            packet["wind_mps"] = round(session.weather.wind_mps or 0)
        return packet

    def _race(self, session: Session) -> Packet:
        packet = self._blank(Kind.RACE, 308)
        location, _, variation = (session.track_id or "").partition("/")
        packet["location"], packet["variation"] = location.encode(), variation.encode()
        packet["translated_location"] = (session.track_name or "").encode()[:63]
        packet["track_length"] = session.track_length_m or 0
        packet["laps_or_time"] = session.total_laps or bits.TIMED
        packet["pit_stop_lap"] = session.pit_window_laps[0] if session.pit_window_laps else -1
        return packet

    def _names(self, frame: Frame) -> Iterator[Packet]:
        """Of drivers and of vehicles sixteen to a part, then the classes; a slot drives a vehicle of its own number."""
        cars = frame.cars
        classes = sorted(set(cars.class_name))[:CLASSES_IN_A_PACKET]
        for part in range(CARS // NAMES_IN_A_PACKET):
            drivers = self._blank(Kind.PARTICIPANTS, 1136, part + 1, CARS // NAMES_IN_A_PACKET)
            vehicles = self._blank(Kind.VEHICLES, 1164, part + 1, CARS // NAMES_IN_A_PACKET + 1)
            for row, slot in enumerate(cars.slot.tolist()):
                if slot // NAMES_IN_A_PACKET == part:
                    place = slot % NAMES_IN_A_PACKET
                    drivers["name"][place] = cars.name[row].encode()[:63]
                    car_class = classes.index(cars.class_name[row]) if cars.class_name[row] in classes else 0
                    vehicles["vehicles"][place] = (slot, 0, car_class, cars.car[row].encode()[:63])
            yield drivers
            yield vehicles
        named = self._blank(Kind.VEHICLES, 1452, 3, 3)
        named["classes"][: len(classes)] = [(index, name.encode()[:19]) for index, name in enumerate(classes)]
        yield named

    def _stats(self, frame: Frame) -> Packet:
        packet = self._blank(Kind.TIME_STATS, 1040)
        packet["cars"]["best_lap"] = packet["cars"]["last_lap"] = packet["cars"]["best_sector"].T[:] = NONE
        of = _records(packet, frame)
        of["best_lap"], of["last_lap"] = _times(frame.cars.best_lap_s), _times(frame.cars.last_lap_s)
        of["best_sector"] = _times(frame.cars.best_sector_s)
        finished = np.where(np.isfinite(frame.cars.sector_s), frame.cars.sector_s, 0)
        newest = np.maximum(frame.cars.sector, 1) - 1
        of["last_sector"] = np.where(
            frame.cars.sector > 0,
            finished[np.arange(len(newest)), newest],
            _times(frame.cars.last_sector_s[:, 2]),
        )
        packet["cars"][frame.cars.slot] = of
        return packet

    def _timings(self, frame: Frame) -> Packet:
        packet, cars, session = self._blank(Kind.TIMINGS, 1063), frame.cars, frame.session
        packet["count"] = int(cars.slot.max()) + 1 if len(cars) else 0
        packet["tick"] = _tick(frame)
        packet["time_left"] = NONE if session.time_left_s is None else session.time_left_s
        packet["gap_ahead"] = packet["gap_behind"] = NONE
        packet["own_slot"] = 0xFFFF
        of = _records(packet, frame)
        quarters = np.floor(np.nan_to_num(np.stack((cars.x, cars.y), axis=1)) * 4).astype(np.int64)
        of["place"][:, 0], of["place"][:, 2] = (quarters >> 2).T
        of["place"][:, 1] = np.floor(np.nan_to_num(cars.z))
        of["sector"] = np.where(cars.sector < 0, 3, cars.sector) | (quarters[:, 0] & 3) << 6 | (quarters[:, 1] & 3) << 4
        yaw = np.remainder(-np.pi / 2 - np.nan_to_num(cars.heading_rad) + np.pi, 2 * np.pi) - np.pi
        of["orientation"][:, 0] = np.rint(yaw / np.pi * HALF_TURN)
        of["lap_distance"] = np.clip(np.nan_to_num(cars.lap_distance_m), 0, 65_535)
        of["position"], of["lap"] = cars.position | bits.ACTIVE, cars.lap
        of["car_index"] = cars.slot
        of["pit"] = [_pit(pit, status) for pit, status in zip(cars.pit.tolist(), cars.status.tolist(), strict=True)]
        states = [RACE_STATES.get(CarStatus(status), RACING) for status in cars.status.tolist()]
        of["race_state"] = np.array(states) | np.where(cars.lap_valid, 0, INVALID_LAP)
        of["lap_time"] = _times(cars.lap_time_s)
        row = frame.player_row
        if row is not None:
            packet["own_slot"] = cars.slot[row]
            packet["gap_ahead"] = _times(cars.gap_ahead_s)[row]
            behind = np.flatnonzero(cars.position == cars.position[row] + 1)
            packet["gap_behind"] = _times(cars.gap_ahead_s)[behind[0]] if len(behind) else NONE
            of["flag"][row] = next((code for code in range(1, 12) if bits.FLAGS[code] <= session.flags), 0)
        packet["cars"][cars.slot] = of
        return packet

    def _telemetry(self, frame: Frame, player: Player, row: int) -> Packet:
        packet, cars = self._blank(Kind.TELEMETRY, 559), frame.cars
        packet["viewed"], packet["tick"] = cars.slot[row], _tick(frame)
        packet["place"] = (_number(cars.x[row]), _number(cars.z[row]), _number(cars.y[row]))
        for pedal in ("throttle", "brake", "clutch"):
            packet[pedal] = packet[f"{pedal}_applied"] = round(_number(getattr(player, pedal)) * 255)
        packet["steer"] = packet["steer_applied"] = round(_number(player.steer) * 127)
        packet["speed"], packet["rpm"] = _number(player.speed_mps), round(_number(player.rpm))
        packet["max_rpm"] = round(player.max_rpm or 0)
        packet["gears"] = (REVERSE if player.gear < 0 else player.gear) | 6 << 4
        packet["car_flags"] = 2 | 8 * bool(player.pit_limiter) | 16 * bool(player.abs_active)
        packet["brake_bias"] = round((player.brake_bias or 0) * 255)
        packet["water_c"], packet["oil_c"] = round(player.water_c or 0), round(player.oil_c or 0)
        packet["compound"] = (player.tyre_compound or "").encode()
        forwards, left = player.acceleration_mps2 or (0.0, 0.0)
        packet["local_acceleration"] = (left, 0, -forwards)
        if player.fuel is not None and player.fuel.capacity:
            packet["fuel_capacity"] = round(player.fuel.capacity)
            packet["fuel_share"] = player.fuel.amount / player.fuel.capacity
        damage = dict(player.damage or {})
        packet["aero_damage"] = round(damage.get(Part.AERO, 0.0) * 255)
        packet["engine_damage"] = round(damage.get(Part.ENGINE, 0.0) * 255)
        packet["suspension_damage"] = [round(damage.get(part, 0.0) * 255) for part in SUSPENSION]
        _write_wheels(player, packet)
        return packet


def _write_wheels(player: Player, packet: Packet) -> None:
    for index, wheel in enumerate(player.wheels or ()):
        packet["tyre_c"][index] = round(_number(wheel.surface_c))
        packet["carcass_k"][index] = round(wheel.inner_c + ZERO_C_IN_K) if math.isfinite(wheel.inner_c) else 0
        packet["tyre_kpa"][index] = round(_number(wheel.pressure_kpa))
        packet["tyre_wear"][index] = round(_number(wheel.wear) * 255)
        packet["brake_c"][index] = round(_number(wheel.brake_c))
        if wheel.tread_c is not None:
            left_to_right = wheel.tread_c[::-1] if index % 2 == 0 else wheel.tread_c
            for name, temperature in zip(("left_k", "centre_k", "right_k"), left_to_right, strict=True):
                packet[name][index] = round(temperature + ZERO_C_IN_K)


def _records(packet: Packet, frame: Frame) -> Any:
    return packet["cars"][frame.cars.slot]


def _times(seconds: Any) -> Any:
    return np.where(np.isfinite(seconds), seconds, NONE)


def _tick(frame: Frame) -> int:
    return round(frame.session_time_s * 1000) % 2**32


def _pit(pit: int, status: int) -> int:
    return PitMode.IN_GARAGE if status == CarStatus.GARAGE else PIT_MODES[PitStatus(pit)]


def _number(value: float) -> float:
    return float(value) if math.isfinite(value) else 0.0
