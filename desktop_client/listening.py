"""From a game's packets to frames: one socket, one adapter, and whoever wants to know."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from desktop_client.telemetry.catalogue import GAMES
from desktop_client.telemetry.frame import Frame
from desktop_client.telemetry.source import GameSettings, Source
from desktop_client.telemetry.udp import CannotListen, UdpListener

FIRST_GAME: Final = "f1"


class Listening:
    """Hears one game. A port that cannot be had is a sentence on the status page, not the end of the program."""

    def __init__(self, port: int, hear: Callable[[Frame], object], game: str = FIRST_GAME) -> None:
        """`port` 0 takes any free one, for a race that this client simulates itself."""
        self.source: Source = GAMES[game].make(GameSettings())
        self.problem: str | None = None
        self._hear = hear
        self._listener = UdpListener(port, self._feed)

    @property
    def port(self) -> int:
        return self._listener.port

    @property
    def packets_per_second(self) -> float:
        return self._listener.packets_per_second

    async def start(self) -> None:
        try:
            await self._listener.start()
        except CannotListen as problem:
            self.problem = str(problem)

    def stop(self) -> None:
        self._listener.stop()

    def _feed(self, packet: bytes, at: float) -> None:
        frame = self.source.feed(packet, at)
        if frame is not None:
            self._hear(frame)
