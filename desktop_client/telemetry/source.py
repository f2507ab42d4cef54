"""What every game's adapter promises: bytes in, frames out, and an honest account of what it saw."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Protocol

from desktop_client.telemetry.frame import Capability, Frame


@dataclass(slots=True)
class Health:
    """What an adapter has seen since it began; the status page and `--json` print it as it is.

    Every datagram is counted once: either in `decoded` or under one reason in `refused`.
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


class Source(Protocol):
    """An adapter for one game. It holds no socket and no clock: whoever owns those feeds it."""

    game: str
    capabilities: frozenset[Capability]
    default_port: int
    health: Health

    def feed(self, packet: bytes, at: float) -> Frame | None:
        """Take one datagram that arrived at `at` (seconds) and return a frame when one became whole.

        Never raises: what cannot be understood is counted in `health.refused` under a stable reason.
        """
        ...
