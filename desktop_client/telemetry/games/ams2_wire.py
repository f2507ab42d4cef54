"""The wire format that Automobilista 2 shares with Project CARS 2: eight kinds of packets behind one header.

The field list is that of the games' own SMS_UDP_Definitions.hpp, as saildeep/pcars2-udp has its first edition and
MacManley/project-cars-2-udp its last; the sizes agree with those that other readers have seen on the wire. Where the
header does not say which bits of a byte mean what, `ams2_bits` says what is taken for it. None of it has been checked
against a recording.
"""

from __future__ import annotations

import enum
import struct
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

DEFAULT_PORT: Final = 5606
CARS: Final = 32
NAMES_IN_A_PACKET: Final = 16  # of drivers and of vehicles alike
CLASSES_IN_A_PACKET: Final = 60

Packet = NDArray[np.void]
Field = tuple[str, str] | tuple[str, str, tuple[int, ...]] | tuple[str, np.dtype, tuple[int, ...]]

XYZ, WHEELS = (3,), (4,)  # front left, front right, rear left, rear right


class Kind(enum.IntEnum):
    TELEMETRY = 0
    RACE = 1
    PARTICIPANTS = 2
    TIMINGS = 3
    GAME_STATE = 4
    TIME_STATS = 7
    VEHICLES = 8


class Header(NamedTuple):
    """The first 12 bytes of every packet."""

    number: int  # counts all packets since the game was started
    category_number: int
    part: int  # 1 is the first, of packets that take several
    parts: int
    kind: int
    version: int


_HEADER_STRUCT: Final = struct.Struct("<IIBBBB")
HEADER_SIZE: Final = _HEADER_STRUCT.size
HEADER: Final = np.dtype(
    [("number", "<u4"), ("category_number", "<u4"), *((name, "u1") for name in Header._fields[2:])]
)


def each(type_: str, names: str, shape: tuple[int, ...] = ()) -> list[Field]:
    """Neighbouring fields of one type."""
    return [(name, type_, shape) for name in names.split()]


TELEMETRY: Final[list[Field]] = [
    ("header", HEADER, ()),
    ("viewed", "i1"),  # slot of the car that all of this is about, -1 none
    *each("u1", "throttle brake"),  # the pedals, 0..255
    ("steer", "i1"),  # -127 full left
    *each("u1", "clutch car_flags"),
    ("oil_c", "<i2"),
    ("oil_kpa", "<u2"),
    ("water_c", "<i2"),
    *each("<u2", "water_kpa fuel_kpa"),
    *each("u1", "fuel_capacity brake_applied throttle_applied clutch_applied"),  # litres; what the car makes of pedals
    *each("<f4", "fuel_share speed"),  # m/s
    *each("<u2", "rpm max_rpm"),
    ("steer_applied", "i1"),
    *each("u1", "gears boost crash_state"),  # lower half the gear: 15 reverse; upper half how many there are
    ("odometer_km", "<f4"),
    *each("<f4", "orientation local_velocity velocity angular_velocity local_acceleration acceleration", XYZ),
    ("extents_centre", "<f4", XYZ),
    *each("u1", "tyre_flags terrain", WHEELS),
    *each("<f4", "tyre_y tyre_rps", WHEELS),
    ("tyre_c", "u1", WHEELS),
    ("tyre_height", "<f4", WHEELS),
    *each("u1", "tyre_wear brake_damage suspension_damage", WHEELS),  # of 255
    ("brake_c", "<i2", WHEELS),
    *each("<u2", "tread_k layer_k carcass_k rim_k air_k left_k centre_k right_k", WHEELS),
    *each("<f4", "wheel_y ride_height suspension_travel suspension_velocity", WHEELS),
    *each("<u2", "suspension_ride_height tyre_kpa", WHEELS),
    *each("<f4", "engine_radps engine_torque"),
    ("wings", "u1", (2,)),
    *each("u1", "handbrake aero_damage engine_damage"),
    ("buttons", "<u4"),
    ("direction_pad", "u1"),
    ("compound", "S40", WHEELS),
    ("turbo", "<f4"),
    ("place", "<f4", XYZ),  # metres, to more than a quarter of one
    ("brake_bias", "u1"),  # of 255, the front's share
]
TICK: Final[list[Field]] = [("tick", "<u4")]  # the same number in all packets of an instant
RACE: Final[list[Field]] = [
    ("header", HEADER, ()),
    *each("<f4", "world_best_lap own_best_lap own_best_sector_1 own_best_sector_2 own_best_sector_3"),
    *each("<f4", "world_best_sector_1 world_best_sector_2 world_best_sector_3 track_length"),
    *each("S64", "location variation translated_location translated_variation"),
    ("laps_or_time", "<u2"),  # with its top bit, units of five minutes; without, laps
    ("pit_stop_lap", "i1"),  # -1 where the rules ask for no stop
    ("padding", "u1"),
]
PARTICIPANTS: Final[list[Field]] = [
    ("header", HEADER, ()),
    ("changed_at", "<u4"),
    ("name", "S64", (NAMES_IN_A_PACKET,)),
    ("nationality", "<u4", (NAMES_IN_A_PACKET,)),
    ("index", "<u2", (NAMES_IN_A_PACKET,)),
]
CAR: Final = np.dtype(
    [
        ("place", "<i2", XYZ),  # metres, rounded down
        ("orientation", "<i2", XYZ),  # heading, pitch and bank, of which 32767 is half a turn
        ("lap_distance", "<u2"),  # metres
        *((name, "u1") for name in ("position", "sector", "flag", "pit")),
        ("car_index", "<u2"),
        *((name, "u1") for name in ("race_state", "lap")),
        *((name, "<f4") for name in ("lap_time", "sector_time")),
        ("online_index", "<u2"),
    ]
)
TIMINGS: Final[list[Field]] = [
    ("header", HEADER, ()),
    ("count", "i1"),
    ("changed_at", "<u4"),
    *each("<f4", "time_left gap_ahead gap_behind gap"),  # below zero: there is none
    ("cars", CAR, (CARS,)),
    ("own_slot", "<u2"),
]
GAME_STATE: Final[list[Field]] = [
    ("header", HEADER, ()),
    ("build", "<u2"),
    ("state", "u1"),
    *each("i1", "air_c track_c"),
    *each("u1", "rain snow"),  # of 255
    *each("i1", "wind_mps wind_x wind_y"),
    ("padding", "u1", (2,)),
]
STATS_OF_A_CAR: Final = np.dtype(
    [
        *((name, "<f4") for name in ("best_lap", "last_lap", "last_sector")),
        ("best_sector", "<f4", (3,)),
        ("online_reputation", "<u4"),
        ("online_index", "<u2"),
        ("padding", "<u2"),
    ]
)
TIME_STATS: Final[list[Field]] = [
    ("header", HEADER, ()),
    ("changed_at", "<u4"),
    ("cars", STATS_OF_A_CAR, (CARS,)),
]
VEHICLE: Final = np.dtype([("index", "<u2"), ("padding", "<u2"), ("car_class", "<u4"), ("name", "S64")])
VEHICLES: Final[list[Field]] = [("header", HEADER, ()), ("vehicles", VEHICLE, (NAMES_IN_A_PACKET,))]
CLASS: Final = np.dtype([("index", "<u4"), ("name", "S20")])
CLASSES: Final[list[Field]] = [("header", HEADER, ()), ("classes", CLASS, (CLASSES_IN_A_PACKET,))]

_LAYOUTS: Final = (
    (Kind.TELEMETRY, [*TELEMETRY, *TICK]),
    (Kind.TELEMETRY, TELEMETRY),  # Project CARS 2 has no tick
    (Kind.RACE, RACE),
    (Kind.PARTICIPANTS, PARTICIPANTS),
    (Kind.TIMINGS, [*TIMINGS, *TICK]),
    (Kind.TIMINGS, TIMINGS),
    (Kind.GAME_STATE, GAME_STATE),
    (Kind.TIME_STATS, TIME_STATS),
    (Kind.VEHICLES, VEHICLES),
    (Kind.VEHICLES, CLASSES),  # the last part of those packets names classes instead
)
LAYOUTS: Final[dict[tuple[int, int], np.dtype]] = {
    (kind, np.dtype(fields).itemsize): np.dtype(fields) for kind, fields in _LAYOUTS
}
"""(kind, size) -> the layout of the whole datagram, header included."""


def read_header(packet: bytes) -> Header:
    """The header of a datagram of at least `HEADER_SIZE` bytes; its values are not judged here."""
    return Header._make(_HEADER_STRUCT.unpack_from(packet))


def open_packet(packet: bytes, layout: np.dtype) -> Packet:
    """The datagram seen through `layout`: a read-only view of `packet`, whose length must be the layout's."""
    return np.ndarray((), layout, buffer=packet)


def text(raw: bytes) -> str:
    """A name as the game sent it; what is no UTF-8 is taken for the game's older Latin-1."""
    raw = raw.partition(b"\0")[0]
    try:
        return raw.decode().strip()
    except UnicodeDecodeError:
        return raw.decode("latin-1").strip()
