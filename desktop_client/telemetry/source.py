"""What every game's adapter promises: bytes in, frames out, and an honest account of what it saw.

Whatever way a game speaks, an adapter is fed packets: a UDP datagram as it came, or a copy of a block of shared memory
behind the tag of its inlet. So one recording, one replay and one test bench serve every game.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Annotated, Protocol, runtime_checkable

import msgspec

from desktop_client.telemetry.frame import Capability, Frame


@dataclass(slots=True)
class Health:
    """What an adapter has seen since it began; the status page and `--json` print it as it is.

    Every packet is counted once: either in `decoded` or under one reason in `refused`.
    """

    decoded: int = 0
    frames: int = 0
    absurd: int = 0  # single values that no car can have; they reach a frame as "the game does not say"
    refused: Counter[str] = field(default_factory=Counter[str])
    format: str | None = None  # "F1 2026": what the game speaks, as soon as it is known
    last_error: str | None = None

    def refuse(self, reason: str, detail: str) -> None:
        self.refused[reason] += 1
        self.last_error = f"{reason}: {detail}"


Port = Annotated[int, msgspec.Meta(ge=1, le=65535)]


class GameSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the driver says about one game. `port` and `host` are the game's usual ones where they are None."""

    enabled: bool = True
    port: Port | None = None  # of the computer or console that runs the game, or our own: see the adapter
    host: str | None = None  # of the computer or console that runs the game
    password: str = ""


@dataclass(frozen=True, slots=True)
class UdpInlet:
    """A UDP port of ours that the game sends to; `peer` is where the adapter's own messages go.

    `tag` is put before each datagram, so that an adapter with several inlets can tell them apart. A game that
    `broadcasts` sends to the whole network even when it runs on this computer, and is not heard on loopback alone.
    """

    port: int  # 0 takes any free one: a game that is asked answers to where the question came from
    tag: bytes = b""
    peer: tuple[str, int] | None = None
    broadcasts: bool = False


class BlockReader(Protocol):
    """Turns a mapped block into packets. Lives as long as the mapping does."""

    def read(self, memory: memoryview) -> Iterable[bytes]:
        """The packets that are new since the last call, without the inlet's tag. Never raises, never blocks."""
        ...


@dataclass(frozen=True, slots=True)
class MemoryInlet:
    """A named block of shared memory, looked at `rate_hz` times a second while it is there.

    On Windows `name` is that of the file mapping; elsewhere it is a file in /dev/shm, where bridges for games under
    Wine put the same bytes.
    """

    name: str
    size: int  # of the block, bytes
    reader: Callable[[], BlockReader]
    tag: bytes = b""
    rate_hz: float = 60.0


Inlet = UdpInlet | MemoryInlet


class Source(Protocol):
    """An adapter for one game. It holds no socket, no mapping and no clock: whoever owns those feeds it."""

    game: str
    capabilities: frozenset[Capability]
    inlets: tuple[Inlet, ...]
    health: Health

    def feed(self, packet: bytes, at: float) -> Frame | None:
        """Take one packet that arrived at `at` (seconds) and return a frame when one became whole.

        Never raises: what cannot be understood is counted in `health.refused` under a stable reason.
        """
        ...

    def due(self, at: float) -> tuple[bytes, ...]:
        """What has to be said to the peer of the UDP inlet at `at` (seconds): asked for a few times a second."""
        ...


@runtime_checkable
class Thinning(Protocol):
    """An adapter that can leave out frames that nobody would look at, before it makes them."""

    least_step_s: float  # of the session's time, between two frames; 0 makes them all
