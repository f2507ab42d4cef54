"""iRacing: its live memory, and its files of telemetry, in; frames out."""

from __future__ import annotations

import math
import zlib

import numpy as np

from desktop_client.telemetry.frame import Frame
from desktop_client.telemetry.games.iracing_cars import CarColumns
from desktop_client.telemetry.games.iracing_frame import CAPABILITIES, GAME, build_frame
from desktop_client.telemetry.games.iracing_layout import BadLayout, Layout, layout_of
from desktop_client.telemetry.games.iracing_player import Values
from desktop_client.telemetry.games.iracing_session import Describer, Description
from desktop_client.telemetry.games.iracing_wire import (
    MEMORY,
    MEMORY_SIZE,
    TEXT_HEAD,
    VALUES_HEAD,
    VARIABLES_HEAD,
    Reader,
)
from desktop_client.telemetry.games.packing import named
from desktop_client.telemetry.source import GameSettings, Health, Inlet, MemoryInlet

TURNED_BACK_S = 5.0
"""A session's clock that goes back this far is another session's, though all else is the same: a test drive anew."""
LONGEST_SESSION_S = 1e7


class IRacing:
    """iRacing as a source of frames; see `desktop_client.telemetry.source.Source`."""

    game = GAME
    capabilities = CAPABILITIES

    def __init__(self, settings: GameSettings | None = None) -> None:
        self.inlets: tuple[Inlet, ...] = (MemoryInlet(MEMORY, MEMORY_SIZE, Reader),)
        self.health = Health()
        self._layout: Layout | None = None
        self._checksum = 0
        self._describer = Describer()
        self._columns = CarColumns()
        self._text: bytes | None = None  # the newest, not read yet: nobody may ever ask for what it says
        self._description: Description | None = None
        self._identity: tuple[object, ...] = ()
        self._clock = -math.inf
        self._begun = 0

    def feed(self, packet: bytes, at: float) -> Frame | None:
        match packet[:4]:
            case b"irV:":
                return self._take_variables(packet)
            case b"irT:":
                return self._take_text(packet)
            case b"irB:":
                return self._take_values(packet, at)
            case _:
                return self._refuse("foreign", "a packet that begins with none of our tags")

    def due(self, at: float) -> tuple[bytes, ...]:
        return ()  # shared memory is not asked

    def _take_variables(self, packet: bytes) -> None:
        if len(packet) < VARIABLES_HEAD.size:
            return self._refuse("too_short", f"{len(packet)} bytes of variables")
        _, checksum, size, _ = VARIABLES_HEAD.unpack_from(packet)
        headers = packet[VARIABLES_HEAD.size :]
        if zlib.crc32(headers) != checksum:
            return self._refuse("damaged", "the list of variables does not fit its checksum")
        try:
            self._layout, self._checksum = layout_of(headers, size), checksum
        except BadLayout as problem:
            return self._refuse("bad_layout", str(problem))
        self._decoded()
        return None

    def _take_text(self, packet: bytes) -> None:
        if len(packet) < TEXT_HEAD.size:
            return self._refuse("too_short", f"{len(packet)} bytes of text")
        self._text = packet[TEXT_HEAD.size :]
        self._decoded()
        return None

    def _take_values(self, packet: bytes, at: float) -> Frame | None:
        if len(packet) < VALUES_HEAD.size:
            return self._refuse("too_short", f"{len(packet)} bytes of values")
        _, checksum, _ = VALUES_HEAD.unpack_from(packet)
        layout = self._layout
        if layout is None or checksum != self._checksum:
            return self._refuse("unknown_layout", "values whose list of variables has not come")
        if len(packet) - VALUES_HEAD.size != layout.size:
            return self._refuse("wrong_size", f"{len(packet) - VALUES_HEAD.size} bytes of values, not {layout.size}")
        values = named(np.ndarray((), layout.scalars, packet, VALUES_HEAD.size))
        if not 0 <= values["SessionTime"] <= LONGEST_SESSION_S:
            return self._refuse("bad_clock", "the session's clock is beyond any session")
        self._decoded()
        if self._text is not None:
            self._description, self._text = self._describer.describe(self._text), None
        if self._description is None:
            return None
        arrays = np.ndarray((), layout.arrays, packet, VALUES_HEAD.size)
        uid = self._uid(self._description, values)
        self.health.frames += 1
        return build_frame(values, arrays, self._description, self._columns, uid, self.health, at)

    def _uid(self, description: Description, values: Values) -> str:
        stage, unique, clock = values.get("SessionNum", 0), values.get("SessionUniqueID", 0), values["SessionTime"]
        identity = (description.identity, stage, unique)
        if identity != self._identity or clock < self._clock - TURNED_BACK_S:
            self._begun += 1
        self._identity, self._clock = identity, clock
        return f"{description.identity}-{stage}-{unique}-{self._begun}"

    def _decoded(self) -> None:
        self.health.decoded += 1
        self.health.format = "iRacing"

    def _refuse(self, reason: str, detail: str) -> None:
        self.health.refuse(reason, detail)
