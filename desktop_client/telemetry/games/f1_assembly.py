"""One F1 session's packets put in order and gathered into frames.

The game sends several packets for one instant of the race, all under one frame identifier: a frame is whole when
motion, laps and telemetry of the same identifier are there, and goes out with what it has when the identifier
moves on. Order is judged by the overall identifier, which a flashback does not turn back.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from desktop_client.telemetry.frame import Frame
from desktop_client.telemetry.games.f1_frame import build_frame
from desktop_client.telemetry.games.f1_memory import Memory
from desktop_client.telemetry.games.f1_session import describe
from desktop_client.telemetry.games.f1_wire import HEADER, LAYOUTS, Header, PacketId, open_packet
from desktop_client.telemetry.source import Health

WHOLE = frozenset({PacketId.MOTION, PacketId.LAPS, PacketId.TELEMETRY})
ONCE_A_FRAME = WHOLE | {PacketId.STATUS}
REMEMBERED = ONCE_A_FRAME | {
    PacketId.SESSION,
    PacketId.EVENT,
    PacketId.PARTICIPANTS,
    PacketId.DAMAGE,
    PacketId.HISTORY,
    PacketId.ACTIVE_AERO,
}
"""What frames are made of; every other known packet is checked and counted, and not looked into."""

LATE_IN_A_ROW_MEANS_RESTART = 30
"""A clock that stays behind this long was set back by the game, or pushed ahead by a packet gone bad."""


class Arrival(NamedTuple):
    header: Header
    packet: bytes
    at: float  # the reader's clock, in seconds


class Assembly:
    """Everything of one session: a new session is a new object, and that is the whole reset."""

    def __init__(self, first: Arrival, health: Health) -> None:
        self._memory = Memory(first.header.session_uid, first.header.packet_format)
        self._health = health
        self._late_in_a_row = 0
        self._made_at = -math.inf  # the session time of the newest frame
        self.least_step_s = 0.0
        self._begin_frame(first)

    def owns(self, header: Header) -> bool:
        return (header.session_uid, header.packet_format) == (self._memory.uid, self._memory.packet_format)

    def objection(self, header: Header) -> tuple[str, str] | None:
        """Why a packet of this session comes too late to be of use, as a reason and its detail."""
        now, current = header.overall_frame_identifier, self._began.overall_frame_identifier
        if now < current and self._late_in_a_row < LATE_IN_A_ROW_MEANS_RESTART:
            self._late_in_a_row += 1
            return "late", f"frame {now} came after frame {current}"
        self._late_in_a_row = 0
        if now == current and header.packet_id in ONCE_A_FRAME & self._heard:
            return "duplicate", f"packet id {header.packet_id} of frame {now}"
        return None

    def take(self, arrival: Arrival) -> Frame | None:
        """Put a packet against which there is no objection where it belongs, and give the frame it finishes."""
        now, current = arrival.header.overall_frame_identifier, self._began.overall_frame_identifier
        finished = None
        if now != current:
            finished = self._emit() if now > current and self._heard & WHOLE and not self._emitted else None
            self._begin_frame(arrival)
        self._remember(arrival)
        return self._emit() if self._heard >= WHOLE and not self._emitted else finished

    def _begin_frame(self, arrival: Arrival) -> None:
        self._began = self._timed_by = arrival.header
        self._newest_at = arrival.at
        self._heard: set[int] = set()
        self._emitted = False

    def _remember(self, arrival: Arrival) -> None:
        header, memory = arrival.header, self._memory
        self._heard.add(header.packet_id)
        self._newest_at = arrival.at
        if header.packet_id not in REMEMBERED:
            return
        packet = open_packet(arrival.packet, LAYOUTS[header.packet_format, header.packet_id])
        match header.packet_id:
            case PacketId.SESSION:
                memory.session = describe(packet, memory.uid, memory.packet_format, self._health)
            case PacketId.EVENT:
                memory.hear(bytes(packet["code"]))
            case PacketId.PARTICIPANTS:
                memory.enrol(packet, arrival.packet[HEADER.itemsize :])
            case PacketId.HISTORY:
                memory.histories.note(packet, arrival.packet)
            case _:
                memory.keep(header.packet_id, packet, header.session_time)
                # Not the packet that began the frame: an event may open it with the time of the one before.
                self._timed_by = header

    def _emit(self) -> Frame | None:
        self._emitted = True
        header = self._timed_by
        if 0 <= header.session_time - self._made_at < self.least_step_s:
            return None
        self._made_at = header.session_time
        frame = build_frame(self._memory, self._health, self._newest_at, header.session_time, header.player_car_index)
        self._health.frames += frame is not None
        return frame
