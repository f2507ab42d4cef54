"""F1 23, 24, 25 and the 2026 season of F1 25: UDP packets in, frames out."""

from __future__ import annotations

import math

from desktop_client.telemetry.frame import Frame
from desktop_client.telemetry.games.f1_assembly import Arrival, Assembly
from desktop_client.telemetry.games.f1_frame import CAPABILITIES
from desktop_client.telemetry.games.f1_session import GAME
from desktop_client.telemetry.games.f1_wire import (
    DEFAULT_PORT,
    FORMATS,
    HEADER,
    LAYOUTS,
    Header,
    read_header,
)
from desktop_client.telemetry.source import GameSettings, Health, Inlet, UdpInlet

FORMATS_EVER = range(2016, 2100)
"""What an F1 game may write as its packet format; anything else in that place is not from an F1 game."""


class F1:
    """The F1 games as a source of frames; see `desktop_client.telemetry.source.Source`."""

    game = GAME
    capabilities = CAPABILITIES

    def __init__(self, settings: GameSettings | None = None) -> None:
        self.inlets: tuple[Inlet, ...] = (UdpInlet((settings or GameSettings()).port or DEFAULT_PORT),)
        self.health = Health()
        self.least_step_s = 0.0
        self._assembly: Assembly | None = None
        self._newcomer: Arrival | None = None

    def feed(self, packet: bytes, at: float) -> Frame | None:
        header = self._understand(packet)
        if header is None:
            return None
        self.health.format = f"F1 {header.packet_format}"
        arrival = Arrival(header, packet, at)
        if self._assembly is None:
            self._assembly = Assembly(arrival, self.health)
        elif not self._assembly.owns(header):
            return self._meet_newcomer(arrival)
        self._newcomer = None
        return self._take(self._assembly, arrival)

    def due(self, at: float) -> tuple[bytes, ...]:
        return ()  # F1 sends without being asked

    def _understand(self, packet: bytes) -> Header | None:
        """The header of a packet that we can read, or None with the first reason against it counted."""
        if len(packet) < HEADER.itemsize:
            return self._refuse("too_short", f"{len(packet)} bytes are less than a header")
        header = read_header(packet)
        if header.packet_format not in FORMATS_EVER:
            return self._refuse("foreign", "this does not come from an F1 game")
        if header.packet_format not in FORMATS:
            return self._refuse(
                "unsupported_format", f"UDP format {header.packet_format}; choose one of {FORMATS} in the game"
            )
        layout = LAYOUTS.get((header.packet_format, header.packet_id))
        if layout is None:
            return self._refuse("unknown_packet", f"packet id {header.packet_id}")
        if len(packet) != layout.itemsize:
            return self._refuse(
                "wrong_size", f"packet id {header.packet_id} has {len(packet)} bytes, not {layout.itemsize}"
            )
        if not math.isfinite(header.session_time):
            return self._refuse("bad_header", "the session time is not a number")
        return header

    def _refuse(self, reason: str, detail: str) -> None:
        self.health.refuse(reason, detail)

    def _take(self, assembly: Assembly, arrival: Arrival) -> Frame | None:
        assembly.least_step_s = self.least_step_s
        objection = assembly.objection(arrival.header)
        if objection is not None:
            return self._refuse(*objection)
        self.health.decoded += 1
        return assembly.take(arrival)

    def _meet_newcomer(self, arrival: Arrival) -> Frame | None:
        """Believe in another session when two packets in a row speak of it.

        A single straggler of the session before, or a packet gone bad, must not wipe what is known of this
        one: it counts as decoded and is left at that.
        """
        first, self._newcomer = self._newcomer, arrival
        newborn = Assembly(first or arrival, self.health)
        if first is None or not newborn.owns(arrival.header):
            self.health.decoded += 1
            return None
        self._assembly, self._newcomer = newborn, None
        newborn.take(first)
        return self._take(newborn, arrival)
