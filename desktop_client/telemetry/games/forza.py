"""Forza Motorsport 7 and Motorsport (2023), Forza Horizon 4, 5 and 6: Data Out packets in, frames out."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from desktop_client.telemetry.frame import Frame
from desktop_client.telemetry.games.forza_frame import CAPABILITIES, GAME, build_frame
from desktop_client.telemetry.games.forza_memory import Memory
from desktop_client.telemetry.games.forza_wire import BY_SIZE, DEFAULT_PORT, SLED_SIZE, Packet, open_packet
from desktop_client.telemetry.source import GameSettings, Health, Inlet, UdpInlet

LATE_BY_MS: Final = 10_000  # a timestamp further behind than this is not late, the game was started anew


class Forza:
    """The Forza games as a source of frames; see `desktop_client.telemetry.source.Source`."""

    game = GAME
    capabilities = CAPABILITIES

    def __init__(self, settings: GameSettings | None = None) -> None:
        self.inlets: tuple[Inlet, ...] = (UdpInlet((settings or GameSettings()).port or DEFAULT_PORT),)
        self.health = Health()
        self._memory = Memory()
        self._newest_ms: int | None = None
        self._last: Frame | None = None

    def feed(self, packet: bytes, at: float) -> Frame | None:
        form = BY_SIZE.get(len(packet))
        if form is None:
            return self._refuse("wrong_size", f"{len(packet)} bytes are none of {sorted(BY_SIZE)}")
        opened = open_packet(packet)
        is_on = int(opened["is_race_on"])
        if is_on not in (0, 1):
            return self._refuse("foreign", "this does not come from a Forza game")
        if len(packet) == SLED_SIZE:
            # It has no speed, no gear, no lap and no place: a dash made of it would be made up.
            return self._refuse("sled", "set Data Out Packet Format to Car Dash in the game")
        self.health.format = f"Forza {form.games}"
        if not is_on:
            return self._pause(at)
        return self._drive(opened, at)

    def due(self, at: float) -> tuple[bytes, ...]:
        return ()  # Forza sends without being asked

    def _pause(self, at: float) -> Frame | None:
        """Nobody drives: the last frame again, as one of a session that is paused. A pause and a menu look the same."""
        self.health.decoded += 1
        if self._last is None:
            return None
        self.health.frames += 1
        return replace(self._last, at=at, session=replace(self._last.session, paused=True))

    def _drive(self, opened: Packet, at: float) -> Frame | None:
        timestamp = int(opened["timestamp_ms"])
        newest, behind = self._newest_ms, 0 if self._newest_ms is None else self._newest_ms - timestamp
        if 0 < behind < LATE_BY_MS:
            return self._refuse("late", f"{timestamp} ms came after {newest} ms")
        self._newest_ms = timestamp
        self.health.decoded += 1
        self.health.frames += 1
        self._memory.take(opened)
        self._last = build_frame(opened, self._memory, self.health, at)
        return self._last

    def _refuse(self, reason: str, detail: str) -> None:
        self.health.refuse(reason, detail)
