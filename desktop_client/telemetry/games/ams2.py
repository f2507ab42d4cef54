"""Automobilista 2 and Project CARS 2: UDP packets in, frames out."""

from __future__ import annotations

from typing import Final

from desktop_client.telemetry.frame import Frame
from desktop_client.telemetry.games.ams2_frame import CAPABILITIES, build_frame
from desktop_client.telemetry.games.ams2_memory import Memory
from desktop_client.telemetry.games.ams2_session import GAME
from desktop_client.telemetry.games.ams2_wire import (
    DEFAULT_PORT,
    HEADER_SIZE,
    LAYOUTS,
    Header,
    Kind,
    Packet,
    open_packet,
    read_header,
)
from desktop_client.telemetry.source import GameSettings, Health, Inlet, UdpInlet

STREAMED: Final = (Kind.TELEMETRY, Kind.TIMINGS)
"""Kinds that come with every instant: of these an older packet than the newest is of no use."""

VERSIONS_EVER: Final = range(1, 16)
"""The header has no mark of its own, but each kind of packet a version, of which the highest so far is 4."""

LATE_BY: Final = 1000  # packets
LATE_IN_A_ROW_MEANS_RESTART: Final = 30
NO_TICK: Final = -1


class Automobilista2:
    """Automobilista 2 and Project CARS 2 as a source of frames; see `desktop_client.telemetry.source.Source`."""

    game = GAME
    capabilities = CAPABILITIES

    def __init__(self, settings: GameSettings | None = None) -> None:
        port = (settings or GameSettings()).port or DEFAULT_PORT
        self.inlets: tuple[Inlet, ...] = (UdpInlet(port, broadcasts=True),)
        self.health = Health()
        self._memory = Memory()
        self._newest: dict[int, int] = dict.fromkeys(STREAMED, -1)
        self._late_in_a_row = 0
        self._tick: dict[int, int] = dict.fromkeys(STREAMED, NO_TICK)
        self._waits_for_telemetry = False

    def feed(self, packet: bytes, at: float) -> Frame | None:
        if len(packet) < HEADER_SIZE:
            return self._refuse("too_short", f"{len(packet)} bytes are less than a header")
        header = read_header(packet)
        if header.version not in VERSIONS_EVER:
            return self._refuse("foreign", f"no packet of the game is of version {header.version}")
        layout = LAYOUTS.get((header.kind, len(packet)))
        if layout is None:
            return self._refuse_unknown(header, len(packet))
        if header.kind in STREAMED and not self._is_newer(header):
            return None
        self.health.format = "SMS UDP 2"
        self.health.decoded += 1
        return self._take(header.kind, open_packet(packet, layout), at)

    def due(self, at: float) -> tuple[bytes, ...]:
        return ()  # the game sends without being asked

    def _refuse_unknown(self, header: Header, size: int) -> None:
        sizes = [known for kind, known in LAYOUTS if kind == header.kind]
        if not sizes:
            return self._refuse("unknown_packet", f"packet type {header.kind}")
        return self._refuse("wrong_size", f"packet type {header.kind} has {size} bytes, none of {sizes}")

    def _is_newer(self, header: Header) -> bool:
        behind = self._newest[header.kind] - header.number
        if 0 <= behind < LATE_BY and self._late_in_a_row < LATE_IN_A_ROW_MEANS_RESTART:
            self._late_in_a_row += 1
            reason = "late" if behind else "duplicate"
            self.health.refuse(reason, f"packet {header.number}, {behind} behind the newest of its type")
            return False
        self._late_in_a_row = 0
        self._newest[header.kind] = header.number
        return True

    def _take(self, kind: int, packet: Packet, at: float) -> Frame | None:
        memory = self._memory
        match kind:
            case Kind.TELEMETRY:
                memory.keep_telemetry(packet, at)
                return self._instant(Kind.TELEMETRY, packet, at)
            case Kind.TIMINGS:
                memory.keep_timings(packet, at)
                return self._instant(Kind.TIMINGS, packet, at)
            case Kind.GAME_STATE:
                before = memory.state
                memory.keep_game_state(packet, at)
                # A pause has to be heard of, and nothing else comes during one.
                return None if memory.state is before else self._emit(at)
            case Kind.RACE:
                memory.keep_race(packet, at)
            case Kind.PARTICIPANTS:
                memory.roster.enrol(packet)
            case Kind.TIME_STATS:
                memory.keep_stats(packet, at)
            case _ if "classes" in (packet.dtype.names or ()):
                memory.roster.take_classes(packet)
            case _:
                memory.roster.take_vehicles(packet)
        return None

    def _instant(self, kind: Kind, packet: Packet, at: float) -> Frame | None:
        """A frame goes out when timings and telemetry of one tick are there, or with timings that waited in vain."""
        has_tick = "tick" in (packet.dtype.names or ())
        self._tick[kind] = int(packet["tick"]) if has_tick else NO_TICK
        together = self._tick[Kind.TELEMETRY] == self._tick[Kind.TIMINGS]
        if kind is Kind.TELEMETRY:
            if not (self._waits_for_telemetry and together):
                return None
        elif not together and not self._waits_for_telemetry:
            self._waits_for_telemetry = True
            return None
        self._waits_for_telemetry = kind is Kind.TIMINGS and not together
        return self._emit(at)

    def _emit(self, at: float) -> Frame | None:
        frame = build_frame(self._memory, self.health, at)
        self.health.frames += frame is not None
        return frame

    def _refuse(self, reason: str, detail: str) -> None:
        self.health.refuse(reason, detail)
