"""A frame as Assetto Corsa Competizione would tell it: its pages of memory, and its broadcasting."""

from __future__ import annotations

import math
import struct
from typing import Final

import numpy as np

from desktop_client.demo.wire.kunos import milliseconds, write_graphics, write_physics, write_static
from desktop_client.telemetry.frame import CarStatus, Flag, Floats, Frame, Part, PitStatus, SafetyCar, SessionKind, Sky
from desktop_client.telemetry.games.acc import BROADCAST, Acc
from desktop_client.telemetry.games.acc_messages import VERSION, Asked, Entry, Told, write_entry, write_text
from desktop_client.telemetry.games.acc_session import RAIN, WETNESS
from desktop_client.telemetry.games.acc_tables import BRAKE_BIAS_OFFSET, MODELS
from desktop_client.telemetry.games.kunos_fields import ACC_GRAPHICS, ACC_PHYSICS, ACC_STATIC, MOST_CARS
from desktop_client.telemetry.games.kunos_wire import GRAPHICS_PAGE, PHYSICS_PAGE, STATIC_PAGE
from desktop_client.telemetry.source import MemoryInlet

KINDS: Final = {SessionKind.PRACTICE: 0, SessionKind.QUALIFYING: 4, SessionKind.RACE: 10, SessionKind.TIME_TRIAL: 11}
LOCATIONS: Final = {PitStatus.NONE: 1, PitStatus.PIT_LANE: 2, PitStatus.IN_BOX: 2}
CLOUDS: Final = {Sky.CLEAR: 0, Sky.LIGHT_CLOUD: 4, Sky.OVERCAST: 8}
SUSPENSIONS: Final = (
    Part.SUSPENSION_FRONT_LEFT,
    Part.SUSPENSION_FRONT_RIGHT,
    Part.SUSPENSION_REAR_LEFT,
    Part.SUSPENSION_REAR_RIGHT,
)
FORMATION, UNDERWAY = 3, 5  # phases
CONNECTION: Final = 7
_MODEL_OF: Final = {model.name: number for number, model in MODELS.items()}
_NO_SECTORS: Final = np.full(3, np.nan)


class AccEncoder:
    """Writes one frame after another; the pages' steps go up with each."""

    def __init__(self, *, memory: bool = True, broadcasting: bool = True) -> None:
        self._speaks = memory, broadcasting
        self._physics = np.zeros((), ACC_PHYSICS)
        self._graphics = np.zeros((), ACC_GRAPHICS)
        self._static = np.zeros((), ACC_STATIC)
        self._introduced: tuple[object, ...] | None = None
        self._readers = {
            inlet.name: (inlet.tag, inlet.reader()) for inlet in Acc().inlets if isinstance(inlet, MemoryInlet)
        }

    def blocks(self, frame: Frame) -> dict[str, bytes]:
        """The pages by the names that they are mapped under."""
        write_static(frame, self._static)
        write_graphics(frame, self._graphics)
        self._write_graphics(frame)
        write_physics(frame, self._physics)
        if (player := frame.player) is not None:
            physics = self._physics
            physics["abs"], physics["tc"] = bool(player.abs_active), bool(player.tc_active)
            physics["water_c"] = player.water_c or 0.0
            offset = BRAKE_BIAS_OFFSET.get(frame.cars.car[frame.player_row or 0], 0)
            physics["brake_bias"] = (player.brake_bias or 0.0) - offset / 100
            physics["suspension_damage"] = [(player.damage or {}).get(part, 0.0) for part in SUSPENSIONS]
        return {
            STATIC_PAGE: self._static.tobytes(),
            GRAPHICS_PAGE: self._graphics.tobytes(),
            PHYSICS_PAGE: self._physics.tobytes(),
        }

    def encode(self, frame: Frame) -> list[bytes]:
        """The packets that the source is fed with for this frame."""
        memory, broadcasting = self._speaks
        packets: list[bytes] = []
        if broadcasting:
            key = (frame.session.track_id, frame.cars.name, frame.cars.slot.tobytes())
            messages = messages_of(frame) if key == self._introduced else introduction(frame) + messages_of(frame)
            self._introduced = key
            packets += [BROADCAST + message for message in messages]
        if memory:
            for name, block in self.blocks(frame).items():
                tag, reader = self._readers[name]
                packets += [tag + packet for packet in reader.read(memoryview(block))]
        return packets

    def _write_graphics(self, frame: Frame) -> None:
        page, cars, session = self._graphics, frame.cars, frame.session
        count = min(len(cars), MOST_CARS)
        page["car_count"] = count
        page["car_ids"][:count] = cars.slot[:count]
        page["coordinates"][:count] = np.nan_to_num(np.stack([cars.x, cars.z, -cars.y], axis=1)[:count])
        page["player_id"] = -1 if frame.player_row is None else cars.slot[frame.player_row]
        page["in_setup_menu"] = session.in_garage
        for name, flag in (("yellow", Flag.YELLOW), ("chequered", Flag.CHEQUERED), ("red", Flag.RED)):
            page[name] = flag in session.flags
        if session.weather is not None and session.weather.rain is not None:
            page["rain"] = int(np.argmin(np.abs(np.array(RAIN) - session.weather.rain)))
            page["grip"] = int(np.argmin(np.abs(np.array(WETNESS) - (session.weather.wetness or 0.0))))
        if frame.player_row is not None:
            gap = cars.gap_ahead_s[frame.player_row]
            page["lap_is_valid"], page["gap_ahead_ms"] = cars.lap_valid[frame.player_row], milliseconds(gap)
            page["laps"] = page["completed_laps"]
        if (player := frame.player) is not None:
            page["abs"], page["tc"] = player.abs_level or 0, player.tc_level or 0
            page["rain_tyres"] = player.tyre_compound == "W"
            page["fuel_laps"] = (player.fuel.laps_left if player.fuel is not None else None) or 0.0


def introduction(frame: Frame) -> list[bytes]:
    """What the game answers to who registers and asks: the track and who is entered."""
    cars = frame.cars
    ids = cars.slot.tolist()
    listed = struct.pack(f"<BiH{len(ids)}H", Told.ENTRY_LIST, CONNECTION, len(ids), *ids)
    return [registered(accepted=True), track_data(frame), listed, *(_entry(frame, row) for row in range(len(cars)))]


def registered(*, accepted: bool, error: str = "") -> bytes:
    return struct.pack("<BiBB", Told.REGISTERED, CONNECTION if accepted else -1, accepted, 1) + write_text(error)


def track_data(frame: Frame) -> bytes:
    """With no cameras and no pages of the game's own display."""
    name = write_text(frame.session.track_name or "")
    length = round(frame.session.track_length_m or 0)
    return struct.pack("<Bi", Told.TRACK_DATA, CONNECTION) + name + struct.pack("<iiBB", 1, length, 0, 0)


def messages_of(frame: Frame) -> list[bytes]:
    """One round of broadcasting: what holds for all, then car after car."""
    return [_update(frame), *(_car(frame, row) for row in range(len(frame.cars)))]


class BroadcastingGame:
    """The game's side of the conversation: answers who registers with the right password."""

    def __init__(self, password: str) -> None:
        self._password = password

    def answer(self, message: bytes, frame: Frame) -> list[bytes]:
        """What comes back to one message of a client, while `frame` is how things stand."""
        match message[0]:
            case Asked.REGISTER:
                name, at = _text_at(message, 2)
                password, _ = _text_at(message, at)
                if message[1] != VERSION or not name or password != self._password:
                    return [registered(accepted=False, error="Wrong connection password")]
                return [registered(accepted=True)]
            case Asked.TRACK_DATA:
                return [track_data(frame)]
            case Asked.ENTRY_LIST:
                return introduction(frame)[2:]
            case _:
                return []


def _text_at(message: bytes, at: int) -> tuple[str, int]:
    (length,) = struct.unpack_from("<H", message, at)
    end = at + 2 + length
    return message[at + 2 : end].decode("utf-8"), end


def _entry(frame: Frame, row: int) -> bytes:
    cars = frame.cars
    model = _MODEL_OF.get(cars.car[row], 255)
    return write_entry(
        Entry(int(cars.slot[row]), model, cars.team[row], int(cars.number[row]), 0, drivers=(cars.name[row],))
    )


def _update(frame: Frame) -> bytes:
    session, weather = frame.session, frame.session.weather
    phase = FORMATION if session.safety_car is SafetyCar.FORMATION else UNDERWAY
    clock = (frame.session_time_s * 1000, (session.time_left_s or 0.0) * 1000)
    focused = -1 if frame.player_row is None else int(frame.cars.slot[frame.player_row])
    head = struct.pack("<BHHBBffi", Told.UPDATE, 0, 0, KINDS.get(session.kind, 0), phase, *clock, focused)
    sky = weather.sky if weather is not None and weather.sky is not None else Sky.CLEAR
    tenths = (
        CLOUDS.get(sky, 9),
        round(10 * (weather.rain or 0.0)) if weather is not None else 0,
        round(10 * (weather.wetness or 0.0)) if weather is not None else 0,
    )
    air, track = (round(celsius or 0.0) for celsius in (session.air_temperature_c, session.track_temperature_c))
    climate = struct.pack("<f5B", 43_200_000.0, air, track, *tenths)
    best = frame.cars.best_lap_s
    fastest = float(np.nanmin(best)) if np.isfinite(best).any() else math.nan
    return head + 3 * write_text("") + b"\0" + climate + _lap(fastest, _NO_SECTORS)


def _car(frame: Frame, row: int) -> bytes:
    cars, length = frame.cars, frame.session.track_length_m or 1.0
    yaw = -math.pi / 2 - float(np.nan_to_num(cars.heading_rad[row]))
    place = (float(np.nan_to_num(cars.x[row])), -float(np.nan_to_num(cars.y[row])), yaw)
    in_garage = cars.status[row] == CarStatus.GARAGE
    location = 0 if in_garage else LOCATIONS[PitStatus(int(cars.pit[row]))]
    kmh = round(float(np.nan_to_num(cars.speed_mps[row])) * 3.6)
    share = float(np.nan_to_num(cars.lap_distance_m[row])) / length % 1.0
    position = int(cars.position[row])
    gear = frame.player.gear if frame.player is not None and row == frame.player_row else 4
    return (
        struct.pack("<BHHBB", Told.CAR_UPDATE, cars.slot[row], 0, 1, gear + 2)
        + struct.pack("<fffBHHHH", *place, location, kmh, position, cars.class_position[row], position)
        + struct.pack("<fHi", share, max(int(cars.lap[row]) - 1, 0), 0)
        + _lap(float(cars.best_lap_s[row]), cars.best_sector_s[row])
        + _lap(float(cars.last_lap_s[row]), cars.last_sector_s[row])
        + _lap(float(cars.lap_time_s[row]), cars.sector_s[row], is_invalid=not cars.lap_valid[row])
    )


def _lap(seconds: float, sectors: Floats, *, is_invalid: bool = False) -> bytes:
    splits = [milliseconds(float(sector)) for sector in sectors]
    head = struct.pack("<iHHB3i", milliseconds(seconds), 0, 0, 3, *splits)
    return head + struct.pack("<4B", is_invalid, not is_invalid, 0, 0)
