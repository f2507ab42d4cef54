"""The buffers of rFactor 2's shared memory plugin, and how whole packets are taken out of them.

rFactor 2 and Le Mans Ultimate come to the same kinds of packet, told apart by their first byte: the scoring of all
vehicles, the telemetry of all vehicles, and (rFactor 2 only) what the plugin adds. Of the vehicles only those in use
are copied. The plugin counts up `begin` before it writes a buffer and `end` after it: while they differ, the buffer is
torn. Buffers after The Iron Wolf's published rF2State.h.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from typing import Final

import numpy as np

from desktop_client.telemetry.games.packing import Field, each, offset_in, packed
from desktop_client.telemetry.games.rf2_fields import (
    MOST_VEHICLES_OF_RF2,
    SCORING_INFO,
    SCORING_OF_A_VEHICLE,
    TELEMETRY_OF_A_VEHICLE,
)

SCORING: Final = b"S"
TELEMETRY: Final = b"T"
EXTENDED: Final = b"E"

SCORING_BUFFER: Final = "$rFactor2SMMP_Scoring$"
TELEMETRY_BUFFER: Final = "$rFactor2SMMP_Telemetry$"
EXTENDED_BUFFER: Final = "$rFactor2SMMP_Extended$"

TRIES: Final = 3

_VERSION: Final[list[Field]] = each("<u4", "begin end")

SCORING_LAYOUT: Final = packed(
    [
        *_VERSION,
        ("updated_bytes", "<i4"),
        ("info", SCORING_INFO, ()),
        ("vehicles", SCORING_OF_A_VEHICLE, (MOST_VEHICLES_OF_RF2,)),
    ]
)
TELEMETRY_LAYOUT: Final = packed(
    [
        *_VERSION,
        *each("<i4", "updated_bytes vehicle_count"),
        ("vehicles", TELEMETRY_OF_A_VEHICLE, (MOST_VEHICLES_OF_RF2,)),
    ]
)

_DAMAGE: Final = packed(each("<f8", "hardest_impact all_impacts"))
_CAPTURED_VEHICLE: Final = packed([("id", "<i4"), *each("u1", "place is_player finish_status")])
EXTENDED_LAYOUT: Final = packed(
    [
        *_VERSION,
        ("version", "S12"),
        *each("u1", "is_64_bit"),
        ("physics_options", packed([("switches", "u1", (24,)), ("numbers", "<f4", (4,))]), ()),
        ("damage", _DAMAGE, (512,)),
        *each("u1", "in_realtime multimedia_started simulation_started session_started"),
        *each("<u8", "session_started_ticks session_ended_ticks"),
        ("captured_phase", "u1"),
        *each("<i4", "captured_session captured_vehicle_count"),
        ("captured_vehicles", _CAPTURED_VEHICLE, (MOST_VEHICLES_OF_RF2,)),
        ("displayed_message", "S128"),
        ("direct_memory_access", "u1"),
        ("status_message_ticks", "<u8"),
        ("status_message", "S128"),
        ("history_message_ticks", "<u8"),
        ("history_message", "S128"),
        ("pit_speed_limit", "<f4"),  # m/s; what the plugin says after this is not looked at
    ]
)


class PluginReader:
    """Takes the used part of one plugin buffer, when there is a new one and it is whole."""

    def __init__(self, layout: np.dtype, first: str, count_at: int | None, size_of_one: int) -> None:
        """`first` is the field that packets begin with; `count_at` where the number of vehicles stands in the block,
        or None where there are none."""
        self._start = offset_in(layout, first)
        self._vehicles_at = offset_in(layout, "vehicles") if count_at is not None else layout.itemsize
        self._count_at, self._size_of_one, self._size = count_at, size_of_one, layout.itemsize
        self._seen = 0  # the plugin has not written anything yet

    def read(self, memory: memoryview) -> Iterable[bytes]:
        if len(memory) < self._size:
            return ()
        for _ in range(TRIES):
            begin, end = struct.unpack_from("<II", memory)
            if begin == self._seen:
                return ()
            if begin != end:
                continue
            packet = bytes(memory[self._start : self._used(memory)])
            if struct.unpack_from("<I", memory)[0] == begin:
                self._seen = begin
                return (packet,)
        return ()  # it is being written to: the next look is a sixtieth of a second away

    def _used(self, memory: memoryview) -> int:
        if self._count_at is None:
            return self._vehicles_at
        (count,) = struct.unpack_from("<i", memory, self._count_at)
        return self._vehicles_at + min(max(count, 0), MOST_VEHICLES_OF_RF2) * self._size_of_one


def scoring_reader() -> PluginReader:
    count_at = offset_in(SCORING_LAYOUT, "info") + offset_in(SCORING_INFO, "vehicle_count")
    return PluginReader(SCORING_LAYOUT, "info", count_at, SCORING_OF_A_VEHICLE.itemsize)


def telemetry_reader() -> PluginReader:
    count_at = offset_in(TELEMETRY_LAYOUT, "vehicle_count")
    return PluginReader(TELEMETRY_LAYOUT, "vehicles", count_at, TELEMETRY_OF_A_VEHICLE.itemsize)


def extended_reader() -> PluginReader:
    return PluginReader(EXTENDED_LAYOUT, "version", None, 0)
