"""A game for tests of how games are heard: each packet is its name and a number, and makes a frame of its own."""

from __future__ import annotations

import struct
from collections.abc import Callable

import numpy as np

from desktop_client.telemetry.catalogue import Game
from desktop_client.telemetry.frame import Cars, Frame, Session
from desktop_client.telemetry.source import GameSettings, Health, Inlet

_NUMBER = struct.Struct("<d")
QUIET = -1.0  # a packet with this number is understood and makes no frame


class SmallGame:
    """One of several games of one kind, told apart by their names."""

    capabilities = frozenset()

    def __init__(self, game: str, inlets: tuple[Inlet, ...], settings: GameSettings) -> None:
        self.game, self.inlets, self.settings = game, inlets, settings
        self.health = Health()
        self.asked_at: float | None = None

    def feed(self, packet: bytes, at: float) -> Frame | None:
        name = self.game.encode()
        body = packet.removeprefix(b"tag:")
        if not body.startswith(name) or len(body) < len(name) + _NUMBER.size:
            self.health.refuse("foreign", f"{packet[:12]!r} is of no {self.game}")
            return None
        (number,) = _NUMBER.unpack_from(body, len(name))
        self.health.decoded += 1
        self.health.format = f"{self.game} 1"
        if number == QUIET:
            return None
        self.health.frames += 1
        return Frame(at, number, Session(self.game, "one"), Cars.of(np.zeros(0, np.int32)), None, None)

    def due(self, at: float) -> tuple[bytes, ...]:
        self.asked_at = at
        return (f"speak, {self.game}".encode(),)


def said_by(game: str, number: float) -> bytes:
    """The packet of a game that says a number."""
    return game.encode() + _NUMBER.pack(number)


def catalogued(
    game: str, inlets: Callable[[GameSettings], tuple[Inlet, ...]], made: list[SmallGame] | None = None
) -> Game:
    """For the catalogue; every adapter that is made of it is put into `made`."""

    def make(settings: GameSettings) -> SmallGame:
        source = SmallGame(game, inlets(settings), settings)
        if made is not None:
            made.append(source)
        return source

    return Game(f"The game {game}", make, f"Switch {game} on.")
