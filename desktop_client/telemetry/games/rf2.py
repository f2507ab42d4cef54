"""rFactor 2: the buffers of its shared memory plugin in, frames out. Le Mans Ultimate (lmu.py) is the same engine."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from desktop_client.telemetry.frame import Capability, Frame
from desktop_client.telemetry.games.packing import offset_in
from desktop_client.telemetry.games.rf2_fields import (
    MOST_VEHICLES_OF_RF2,
    SCORING_INFO,
    SCORING_OF_A_VEHICLE,
    TELEMETRY_OF_A_VEHICLE,
)
from desktop_client.telemetry.games.rf2_frame import FRESH_S, OF_RF2, build_frame
from desktop_client.telemetry.games.rf2_memory import Memory, Records
from desktop_client.telemetry.games.rf2_wire import (
    EXTENDED,
    EXTENDED_BUFFER,
    EXTENDED_LAYOUT,
    SCORING,
    SCORING_BUFFER,
    SCORING_LAYOUT,
    TELEMETRY,
    TELEMETRY_BUFFER,
    TELEMETRY_LAYOUT,
    extended_reader,
    scoring_reader,
    telemetry_reader,
)
from desktop_client.telemetry.source import GameSettings, Health, Inlet, MemoryInlet

FASTEST_PIT_LANE_MPS = 60.0
_EXTENDED_SIZE = EXTENDED_LAYOUT.itemsize - offset_in(EXTENDED_LAYOUT, "version")


class Rf2:
    """rFactor 2 as a source of frames; see `desktop_client.telemetry.source.Source`."""

    game = "rf2"
    title = "rFactor 2"
    is_lmu = False
    capabilities: frozenset[Capability] = OF_RF2

    def __init__(self, settings: GameSettings | None = None) -> None:
        self.inlets: tuple[Inlet, ...] = self._blocks()
        self.health = Health()
        self._memory: Memory | None = None
        self._sessions = 0
        self._pit_limit_mps: float | None = None

    def _blocks(self) -> tuple[Inlet, ...]:
        return (
            MemoryInlet(SCORING_BUFFER, SCORING_LAYOUT.itemsize, scoring_reader, SCORING),
            MemoryInlet(TELEMETRY_BUFFER, TELEMETRY_LAYOUT.itemsize, telemetry_reader, TELEMETRY),
            MemoryInlet(EXTENDED_BUFFER, EXTENDED_LAYOUT.itemsize, extended_reader, EXTENDED, rate_hz=2.0),
        )

    def feed(self, packet: bytes, at: float) -> Frame | None:
        frame = None
        match packet[:1]:
            case b"S":
                frame = self._take_scoring(packet, at)
            case b"T":
                frame = self._take_telemetry(packet, at)
            case b"E" if not self.is_lmu:
                self._take_extended(packet)
            case _:
                self.health.refuse("foreign", "a packet that begins with no known letter")
        self.health.frames += frame is not None
        return frame

    def due(self, at: float) -> tuple[bytes, ...]:
        return ()  # shared memory is not asked

    def _take_scoring(self, packet: bytes, at: float) -> Frame | None:
        body = len(packet) - 1 - SCORING_INFO.itemsize
        count, rest = divmod(body, SCORING_OF_A_VEHICLE.itemsize)
        if body < 0 or rest or count > MOST_VEHICLES_OF_RF2:
            return self._refuse("wrong_size", f"a scoring of {len(packet)} bytes")
        info: Records = np.ndarray((), SCORING_INFO, packet, 1)
        if int(info["vehicle_count"]) != count:
            return self._refuse("contradiction", f"{int(info['vehicle_count'])} vehicles are promised, {count} came")
        if not math.isfinite(float(info["now"])):
            return self._refuse("bad_clock", "the session's clock is not a number")
        if not info["track"].item():
            return self._refuse("no_session", "no track is loaded")
        vehicles: Records = np.ndarray((count,), SCORING_OF_A_VEHICLE, packet, 1 + SCORING_INFO.itemsize)
        if self._memory is None or not self._memory.owns(info):
            self._sessions += 1
            self._memory = Memory(self.game, self._sessions, info, self.health, is_lmu=self.is_lmu)
        self._note(f"{self.title}, scoring and telemetry" if self._memory.telemetry is not None else self.title)
        self._score(self._memory, info, vehicles)
        # While telemetry flows it makes the frames; scoring alone makes them for a spectator.
        return None if at - self._memory.telemetry_at <= FRESH_S else build_frame(self._memory, self.health, at)

    @np.errstate(all="ignore")
    def _score(self, memory: Memory, info: Records, vehicles: Records) -> None:
        memory.take_scoring(info, vehicles, self._pit_limit_mps)

    def _take_telemetry(self, packet: bytes, at: float) -> Frame | None:
        count, rest = divmod(len(packet) - 1, TELEMETRY_OF_A_VEHICLE.itemsize)
        if rest or count > MOST_VEHICLES_OF_RF2:
            return self._refuse("wrong_size", f"a telemetry of {len(packet)} bytes")
        vehicles: NDArray[np.void] = np.ndarray((count,), TELEMETRY_OF_A_VEHICLE, packet, 1)
        self._note(self.health.format or self.title)
        if self._memory is None:
            return None
        self._memory.take_telemetry(vehicles, at)
        return build_frame(self._memory, self.health, at)

    def _take_extended(self, packet: bytes) -> None:
        if len(packet) - 1 != _EXTENDED_SIZE:
            return self._refuse("wrong_size", f"the plugin's remarks have {len(packet)} bytes")
        self._note(self.health.format or self.title)
        limit = float(np.frombuffer(packet, "<f4", 1, len(packet) - 4)[0])
        self._pit_limit_mps = limit if 0 < limit <= FASTEST_PIT_LANE_MPS else None
        return None

    def _note(self, format_: str) -> None:
        self.health.decoded += 1
        self.health.format = format_

    def _refuse(self, reason: str, detail: str) -> None:
        self.health.refuse(reason, detail)
