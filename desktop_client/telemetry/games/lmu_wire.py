"""Le Mans Ultimate's one block of shared memory, and how whole packets are taken out of it.

Layout after the header that the game itself comes with, as TinyPedal's pyLMUSharedMemory and others transcribe it. The
block has no version counters as rFactor 2's plugin has, and its lock is for programs that may hold up the game: we do
not take it. A copy in which a clock has moved meanwhile is thrown away and taken again.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from desktop_client.telemetry.games.packing import each, offset_in, packed
from desktop_client.telemetry.games.rf2_fields import (
    MOST_VEHICLES_OF_LMU,
    SCORING_INFO,
    SCORING_OF_A_VEHICLE,
    TELEMETRY_OF_A_VEHICLE,
)
from desktop_client.telemetry.games.rf2_wire import SCORING, TELEMETRY, TRIES

LMU_BLOCK: Final = "LMU_Data"

LMU_LAYOUT: Final = packed(
    [
        ("events", "<u4", (16,)),
        ("game_version", "<i4"),
        ("force_feedback_torque", "<f4"),
        ("application", "u1", (260,)),
        ("paths", "S260", (5,)),
        ("info", SCORING_INFO, ()),
        ("_results_stream_size", "u1", (12,)),
        ("scoring", SCORING_OF_A_VEHICLE, (MOST_VEHICLES_OF_LMU,)),
        ("_results_stream", "u1", (65_536,)),
        *each("u1", "active_vehicles player_index player_has_vehicle _padding"),
        ("telemetry", TELEMETRY_OF_A_VEHICLE, (MOST_VEHICLES_OF_LMU,)),
    ]
)


_INFO: Final = offset_in(LMU_LAYOUT, "info")
_COUNT: Final = _INFO + offset_in(SCORING_INFO, "vehicle_count")
_SESSION: Final = _INFO + offset_in(SCORING_INFO, "session")
_PLAYER: Final = _INFO + offset_in(SCORING_INFO, "player")
_SCORING: Final = offset_in(LMU_LAYOUT, "scoring")
_ACTIVE: Final = offset_in(LMU_LAYOUT, "active_vehicles")
_TELEMETRY: Final = offset_in(LMU_LAYOUT, "telemetry")


class LmuReader:
    """Takes the scoring and the telemetry, each when it has changed."""

    def __init__(self) -> None:
        self._scored = self._driven = b""

    def read(self, memory: memoryview) -> Iterable[bytes]:
        if len(memory) < LMU_LAYOUT.itemsize:
            return ()
        scoring, self._scored = _take(memory, self._scored, _scoring_clock, _scoring)
        telemetry, self._driven = _take(memory, self._driven, _telemetry_clock, _telemetry)
        return [*scoring, *telemetry]


def _take(
    memory: memoryview,
    seen: bytes,
    clock: Callable[[memoryview], bytes],
    copy: Callable[[memoryview], bytes],
) -> tuple[tuple[bytes, ...], bytes]:
    """The packet, if the clock has moved since `seen` and stood still while it was copied; and the clock seen last."""
    for _ in range(TRIES):
        before = clock(memory)
        if before == seen:
            break
        packet = copy(memory)
        if clock(memory) == before:
            return (packet,), before
    return (), seen


def _scoring_clock(memory: memoryview) -> bytes:
    """Everything that a step of the session shows in: its number, its time, how many vehicles, phase and flags."""
    return bytes(memory[_SESSION:_PLAYER])


def _scoring(memory: memoryview) -> bytes:
    (count,) = struct.unpack_from("<i", memory, _COUNT)
    used = min(max(count, 0), MOST_VEHICLES_OF_LMU) * SCORING_OF_A_VEHICLE.itemsize
    return b"".join((SCORING, memory[_INFO : _INFO + SCORING_INFO.itemsize], memory[_SCORING : _SCORING + used]))


def _telemetry_clock(memory: memoryview) -> bytes:
    """How many vehicles are in use, and the clock of each."""
    count = min(memory[_ACTIVE], MOST_VEHICLES_OF_LMU)
    vehicles: NDArray[np.void] = np.ndarray((count,), TELEMETRY_OF_A_VEHICLE, buffer=memory, offset=_TELEMETRY)
    return bytes((count,)) + vehicles["elapsed_time"].tobytes()


def _telemetry(memory: memoryview) -> bytes:
    used = min(memory[_ACTIVE], MOST_VEHICLES_OF_LMU) * TELEMETRY_OF_A_VEHICLE.itemsize
    return b"".join((TELEMETRY, memory[_TELEMETRY : _TELEMETRY + used]))
