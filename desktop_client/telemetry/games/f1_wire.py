"""The wire format of the F1 games: one numpy dtype per packet and format, for reading and for writing alike.

`open_packet` lays the dtype over a datagram without copying; `blank` gives a writable packet of zeros with
its header begun, and `.tobytes()` of either is the datagram. Supported packet formats: 2023, 2024, 2025 and
2026 (the 2026 season of F1 25), as set in the game's telemetry settings.
"""

from __future__ import annotations

import enum
import struct
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from desktop_client.telemetry.games import f1_fields as fields
from desktop_client.telemetry.games import f1_session_fields
from desktop_client.telemetry.games.f1_fields import Field, cars_in

FORMATS: Final = (2023, 2024, 2025, 2026)
DEFAULT_PORT: Final = 20777
NO_SECOND_PLAYER: Final = 255

Packet = NDArray[np.void]  # zero-dimensional and structured: packet["cars"]["speed"]


class PacketId(enum.IntEnum):
    MOTION = 0
    SESSION = 1
    LAPS = 2
    EVENT = 3
    PARTICIPANTS = 4
    SETUPS = 5
    TELEMETRY = 6
    STATUS = 7
    CLASSIFICATION = 8
    LOBBY = 9
    DAMAGE = 10
    HISTORY = 11
    TYRE_SETS = 12
    MOTION_DETAIL = 13
    TIME_TRIAL = 14
    LAP_POSITIONS = 15
    ACTIVE_AERO = 16


HEADER: Final = np.dtype(fields.HEADER)


class Header(NamedTuple):
    """The first 29 bytes of every packet, in wire order."""

    packet_format: int
    game_year: int
    game_major_version: int
    game_minor_version: int
    packet_version: int
    packet_id: int
    session_uid: int
    session_time: float
    frame_identifier: int
    overall_frame_identifier: int
    player_car_index: int
    secondary_player_car_index: int


_STRUCT_CODES = {"u1": "B", "u2": "H", "u4": "I", "u8": "Q", "f4": "f"}
# The header is read for every datagram and its dozen scalars are wanted as Python numbers: struct does that
# ten times faster than numpy, so its format is derived from the one definition.
_HEADER_STRUCT = struct.Struct("<" + "".join(_STRUCT_CODES[HEADER[name].str[1:]] for name in HEADER.names or ()))


def _body(packet_format: int, packet_id: PacketId) -> list[Field] | None:
    """The fields after the header, or None where the format has no such packet."""
    count = (cars_in(packet_format),)

    def of_cars(car: list[Field]) -> Field:
        return ("cars", np.dtype(car), count)

    match packet_id:
        case PacketId.MOTION:
            return [of_cars(fields.motion_of_a_car(packet_format))]
        case PacketId.SESSION:
            return f1_session_fields.session(packet_format)
        case PacketId.LAPS:
            rivals: list[Field] = [("time_trial_best_car", "u1"), ("time_trial_rival_car", "u1")]
            return [of_cars(fields.lap_of_a_car(packet_format)), *rivals]
        case PacketId.EVENT:
            return [("code", "S4"), ("details", "u1", (12,))]
        case PacketId.PARTICIPANTS:
            return [("active_cars", "u1"), of_cars(fields.participant(packet_format))]
        case PacketId.SETUPS:
            next_wing: list[Field] = [("next_front_wing", "<f4")] if packet_format >= 2024 else []
            return [of_cars(fields.setup_of_a_car(packet_format)), *next_wing]
        case PacketId.TELEMETRY:
            panels: list[Field] = [("panel", "u1"), ("second_panel", "u1"), ("suggested_gear", "i1")]
            return [of_cars(fields.telemetry_of_a_car(packet_format)), *panels]
        case PacketId.STATUS:
            return [of_cars(fields.status_of_a_car(packet_format))]
        case PacketId.CLASSIFICATION:
            return [("car_count", "u1"), of_cars(fields.classification_of_a_car(packet_format))]
        case PacketId.LOBBY:
            return [("player_count", "u1"), of_cars(fields.player_in_lobby(packet_format))]
        case PacketId.DAMAGE:
            return [of_cars(fields.damage_of_a_car(packet_format))]
        case PacketId.HISTORY:
            stint = np.dtype([("end_lap", "u1"), ("actual_tyre", "u1"), ("visual_tyre", "u1")])
            return [
                *((name, "u1") for name in ("car_index", "lap_count", "stint_count")),
                *((f"best_{part}_lap_number", "u1") for part in ("lap", "sector1", "sector2", "sector3")),
                ("laps", np.dtype(fields.LAP_HISTORY), (fields.HISTORY_LAPS,)),
                ("stints", stint, (fields.TYRE_STINTS,)),
            ]
        case PacketId.TYRE_SETS:
            sets: Field = ("sets", np.dtype(fields.TYRE_SET), (fields.TYRE_SETS,))
            return [("car_index", "u1"), sets, ("fitted_index", "u1")]
        case PacketId.MOTION_DETAIL:
            return fields.motion_detail(packet_format)
        case PacketId.TIME_TRIAL if packet_format >= 2024:
            lap = np.dtype(fields.time_trial_lap(packet_format))
            return [(name, lap, ()) for name in ("session_best", "personal_best", "rival")]
        case PacketId.LAP_POSITIONS if packet_format >= 2025:
            return [
                ("lap_count", "u1"),
                ("first_lap", "u1"),
                ("positions", "u1", (fields.POSITION_LAPS, *count)),
            ]
        case PacketId.ACTIVE_AERO if packet_format >= 2026:
            return [of_cars(fields.ACTIVE_AERO_OF_A_CAR)]
        case _:
            return None


def _layouts() -> dict[tuple[int, int], np.dtype]:
    found: dict[tuple[int, int], np.dtype] = {}
    for packet_format in FORMATS:
        for packet_id in PacketId:
            body = _body(packet_format, packet_id)
            if body is not None:
                found[packet_format, packet_id] = np.dtype([("header", HEADER), *body])
    return found


LAYOUTS: Final = _layouts()
"""(packet format, packet id) -> the dtype of the whole datagram, header included."""

FLASHBACK_DETAILS: Final = np.dtype([("frame_identifier", "<u4"), ("session_time", "<f4")])
"""The details of an event with the code FLBK."""


def read_header(packet: bytes) -> Header:
    """The header of a datagram of at least `HEADER.itemsize` bytes; its values are not judged here."""
    return Header._make(_HEADER_STRUCT.unpack_from(packet))


def open_packet(packet: bytes, layout: np.dtype) -> Packet:
    """The datagram seen through `layout`: a read-only view of `packet`, whose length must be the layout's."""
    return np.ndarray((), layout, buffer=packet)


def named(record: Packet) -> dict[str, Any]:
    """One car's record as Python values by field name: from the fifth field on quicker than asking for each."""
    return dict(zip(record.dtype.names or (), record.item(), strict=True))


def blank(packet_format: int, packet_id: PacketId, **header: Any) -> Packet:
    """A writable packet of zeros: fill its fields and send `.tobytes()`.

    `header` sets header fields by name; the format, the packet id and what the game always says are set here.
    Raises KeyError where `packet_format` has no such packet.
    """
    packet = np.zeros((), LAYOUTS[packet_format, packet_id])
    settings = {
        "packet_format": packet_format,
        "game_year": min(packet_format - 2000, 25),  # the 2026 season is played in F1 25
        "game_major_version": 1,
        "packet_version": 1,
        "packet_id": packet_id,
        "secondary_player_car_index": NO_SECOND_PLAYER,
    }
    for name, value in (settings | header).items():
        packet["header"][name] = value
    return packet
