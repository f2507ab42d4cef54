"""A frame as iRacing would publish it: its block of memory, and the packets read out of it.

What a frame says nothing of stands in the buffer as the simulator writes it there: -1 for a car that is not in the
world and for a time that there is none of, zero for the rest.
"""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from desktop_client.demo.wire.iracing_text import describe
from desktop_client.telemetry.frame import Beside, Cars, CarStatus, Flag, Frame, PitStatus, Player, SafetyCar, Sky
from desktop_client.telemetry.games.iracing_frame import FLAGS, LIVE_FRAMES, UNLIMITED_LAPS, UNLIMITED_S
from desktop_client.telemetry.games.iracing_layout import ARRAYS, CARS, SCALARS, TYPES, VAR_HEADER
from desktop_client.telemetry.games.iracing_player import TYRES
from desktop_client.telemetry.games.iracing_wire import BUFFER, CONNECTED, HEADER, HEADER_SIZE, MOST_BUFFERS, Reader
from desktop_client.telemetry.games.packing import offset_in

TEXT_SIZE: Final = 512 * 1024
TICKS_A_SECOND: Final = 60
WHEEL_MAX_RAD: Final = 7.85
FIRST_LIGHT_RPM, LAST_LIGHT_RPM = 10_000.0, 12_000.0
RACING, PARADE_LAPS, NOT_PACING = 4, 3, 4
ON_TRACK, PIT_STALL, NOT_IN_WORLD = 3, 1, -1
CAUTION, PIT_LIMITER, CHEQUERED, DISQUALIFIED = 0x4000, 0x10, 0x1, 0x20000
SKIES: Final = {Sky.CLEAR: 0, Sky.LIGHT_CLOUD: 1}
SPOTTER: Final = {
    Beside.NOBODY: 1,
    Beside.LEFT: 2,
    Beside.RIGHT: 3,
    Beside.LEFT | Beside.RIGHT: 4,
    Beside.LEFT | Beside.TWO_LEFT: 5,
    Beside.RIGHT | Beside.TWO_RIGHT: 6,
}
ON_DISK_ONLY: Final = ("Lat", "Lon", "Alt")


def _buffer_layout() -> np.dtype:
    """One variable after the other, packed as the simulator packs them."""
    fields: list[Any] = [(name, types.split()[0]) for name, types in SCALARS.items() if name not in ON_DISK_ONLY]
    fields[0] = ("SessionTime", "<f8")
    fields += [(name, types.split()[0], (CARS,)) for name, types in ARRAYS.items()]
    return np.dtype(fields)


BUFFER_LAYOUT: Final = _buffer_layout()


def variable_headers(layout: np.dtype) -> bytes:
    """The description of a buffer of this layout."""
    names = layout.names or ()
    headers = np.zeros(len(names), VAR_HEADER)
    for header, name in zip(headers, names, strict=True):
        type_, offset = layout[name], offset_in(layout, name)
        base, shape = type_.subdtype or (type_, ())
        header["type"] = next(i for i, code in enumerate(TYPES) if np.dtype(code) == base)
        header["offset"], header["count"], header["name"] = offset, math.prod(shape), name.encode()
    return headers.tobytes()


class IRacingEncoder:
    """Writes one frame after another into the ring of buffers."""

    def __init__(self) -> None:
        headers = variable_headers(BUFFER_LAYOUT)
        self._text_at = HEADER_SIZE
        self._headers_at = HEADER_SIZE + TEXT_SIZE
        self._first = self._headers_at + len(headers)
        self._memory = bytearray(self._first + MOST_BUFFERS * BUFFER_LAYOUT.itemsize)
        self._memory[self._headers_at : self._first] = headers
        self._variables = len(headers) // VAR_HEADER.itemsize
        self._reader = Reader()
        self._text = b""
        self._update = 0
        self._tick = 0

    def block(self, frame: Frame) -> bytes:
        """The whole block as it is mapped."""
        text = describe(frame)
        if text != self._text:
            self._text, self._update = text, self._update + 1
            self._memory[self._text_at : self._headers_at] = text.ljust(TEXT_SIZE, b"\0")
        self._tick += 1
        ring = self._tick % MOST_BUFFERS
        at = self._first + ring * BUFFER_LAYOUT.itemsize
        self._memory[at : at + BUFFER_LAYOUT.itemsize] = values_of(frame, self._tick).tobytes()
        shape = (self._variables, self._headers_at, MOST_BUFFERS, BUFFER_LAYOUT.itemsize)
        HEADER.pack_into(self._memory, 0, 2, CONNECTED, TICKS_A_SECOND, self._update, TEXT_SIZE, self._text_at, *shape)
        BUFFER.pack_into(self._memory, HEADER.size + ring * BUFFER.size, self._tick, at)
        return bytes(self._memory)

    def encode(self, frame: Frame) -> list[bytes]:
        """The packets that the source is fed with for this frame."""
        return list(self._reader.read(memoryview(self.block(frame))))


def values_of(frame: Frame, tick: int) -> NDArray[np.void]:
    """One buffer."""
    values = np.zeros((), BUFFER_LAYOUT)
    session, weather = frame.session, frame.session.weather
    values["SessionTime"], values["SessionTick"] = frame.session_time_s, tick
    values["SessionUniqueID"] = 1
    values["SessionState"] = PARADE_LAPS if session.safety_car is SafetyCar.FORMATION else RACING
    values["PaceMode"] = NOT_PACING
    values["SessionTimeRemain"] = UNLIMITED_S if session.time_left_s is None else session.time_left_s
    values["SessionLapsTotal"] = session.total_laps or UNLIMITED_LAPS
    values["SessionFlags"] = _bits(session.flags) | (CAUTION if session.safety_car is SafetyCar.FULL else 0)
    values["IsReplayPlaying"] = session.replay
    values["ReplayFrameNumEnd"] = LIVE_FRAMES + 1 if session.replay else 1
    values["AirTemp"] = session.air_temperature_c or 0.0
    values["TrackTemp"] = values["TrackTempCrew"] = session.track_temperature_c or 0.0
    if weather is not None:
        values["Skies"] = SKIES.get(weather.sky or Sky.CLEAR, 3)
        values["Precipitation"], values["RelativeHumidity"] = weather.rain or 0.0, weather.humidity or 0.0
        values["TrackWetness"] = 0 if weather.wetness is None else 1 + round(6 * weather.wetness)
        values["WindVel"] = weather.wind_mps or 0.0
        values["WindDir"] = math.pi / 2 - (weather.wind_from_rad or 0.0)
    _write_cars(frame.cars, session.track_length_m or 1.0, values)
    values["PlayerCarIdx"] = -1 if frame.player_row is None else frame.cars.slot[frame.player_row]
    if frame.player is not None and frame.player_row is not None:
        _write_player(frame.player, frame.cars, frame.player_row, values)
    return values


def _bits(flags: frozenset[Flag]) -> int:
    return sum((mask & -mask) for mask, flag in FLAGS if flag in flags)


def _write_cars(cars: Cars, length_m: float, values: NDArray[np.void]) -> None:
    for name in ("CarIdxLapDistPct", "CarIdxTrackSurface", "CarIdxLap", "CarIdxP2P_Count", "CarIdxTireCompound"):
        values[name] = -1
    values["CarIdxLastLapTime"] = values["CarIdxBestLapTime"] = -1
    share = np.mod(cars.lap_distance_m / length_m, 1.0)
    there = np.isfinite(share) & (cars.status != CarStatus.GARAGE)
    surface = np.where(cars.off_track, 0, np.where(cars.pit == PitStatus.IN_BOX, PIT_STALL, ON_TRACK))
    flags = np.where(cars.status == CarStatus.FINISHED, CHEQUERED, 0)
    flags = np.where(cars.status == CarStatus.DISQUALIFIED, DISQUALIFIED, flags)
    columns = {
        "CarIdxLapDistPct": np.where(there, share, -1),
        "CarIdxTrackSurface": np.where(there, surface, NOT_IN_WORLD),
        "CarIdxOnPitRoad": there & (cars.pit == PitStatus.PIT_LANE),
        "CarIdxLap": np.where(cars.lap_distance_m < 0, 0, cars.lap),
        "CarIdxPosition": cars.position,
        "CarIdxClassPosition": cars.class_position,
        "CarIdxF2Time": np.nan_to_num(cars.gap_leader_s),
        "CarIdxLastLapTime": np.nan_to_num(cars.last_lap_s, nan=-1),
        "CarIdxBestLapTime": np.nan_to_num(cars.best_lap_s, nan=-1),
        "CarIdxSessionFlags": flags,
    }
    for name, column in columns.items():
        values[name][cars.slot] = column


def _write_player(player: Player, cars: Cars, row: int, values: NDArray[np.void]) -> None:
    values["IsOnTrack"] = 1
    slot = cars.slot[row]
    for own, of_all in (
        ("LapDistPct", "CarIdxLapDistPct"),
        ("Lap", "CarIdxLap"),
        ("PlayerTrackSurface", "CarIdxTrackSurface"),
        ("OnPitRoad", "CarIdxOnPitRoad"),
        ("PlayerCarPosition", "CarIdxPosition"),
        ("LapLastLapTime", "CarIdxLastLapTime"),
        ("LapBestLapTime", "CarIdxBestLapTime"),
    ):
        values[own] = values[of_all][slot]
    values["LapCurrentLapTime"] = _number(cars.lap_time_s[row])
    values["Speed"], values["YawNorth"] = player.speed_mps, math.pi / 2 - _number(cars.heading_rad[row])
    values["VelocityX"], values["VelocityY"] = player.velocity_mps or (player.speed_mps, 0.0)
    values["Throttle"], values["Brake"], values["Clutch"] = player.throttle, player.brake, 1 - player.clutch
    values["SteeringWheelAngle"], values["SteeringWheelAngleMax"] = -player.steer * WHEEL_MAX_RAD, WHEEL_MAX_RAD
    values["Gear"], values["RPM"] = player.gear, player.rpm
    if player.shift_lights is not None:
        values["PlayerCarSLFirstRPM"], values["PlayerCarSLLastRPM"] = FIRST_LIGHT_RPM, LAST_LIGHT_RPM
    if player.fuel is not None:
        values["FuelLevel"] = player.fuel.amount
    if player.energy is not None:
        values["EnergyERSBatteryPct"] = player.energy.store or 0.0
    values["CarLeftRight"] = 0 if player.beside is None else SPOTTER.get(player.beside, 1)
    values["DRS_Status"] = 3 if player.drs_open else 2 if player.drs_available else 0
    if player.overtakes_left is not None:
        values["CarIdxP2P_Count"][slot], values["P2P_Status"] = player.overtakes_left, bool(player.overtake_active)
    values["dcBrakeBias"] = 100 * (player.brake_bias or 0.0)
    values["dcABS"], values["dcTractionControl"] = player.abs_level or 0, player.tc_level or 0
    values["BrakeABSactive"] = bool(player.abs_active)
    values["EngineWarnings"] = PIT_LIMITER if player.pit_limiter else 0
    values["WaterTemp"], values["OilTemp"] = player.water_c or 0.0, player.oil_c or 0.0
    values["LongAccel"], values["LatAccel"] = player.acceleration_mps2 or (0.0, 0.0)
    values["PlayerCarMyIncidentCount"] = player.incidents or 0
    values["PlayerTireCompound"] = -1
    for wheel, (tyre, strips) in zip(player.wheels or (), TYRES, strict=False):
        strips_c = wheel.tread_c or (wheel.inner_c,) * 3
        for strip, celsius in zip(strips, strips_c, strict=True):
            values[f"{tyre}tempC{strip}"], values[f"{tyre}wear{strip}"] = _number(celsius), 1 - _number(wheel.wear)


def _number(value: float) -> float:
    return value if math.isfinite(value) else 0.0
