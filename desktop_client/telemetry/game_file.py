"""A game's own file of telemetry, played as if it were a recording of ours."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Protocol

from desktop_client.telemetry.replay import Heard, Recording
from desktop_client.telemetry.tape import Damaged


class Contents(Protocol):
    """The packets in a file, by number."""

    def __len__(self) -> int: ...

    def packet(self, file: BinaryIO, number: int) -> tuple[float, bytes]:
        """A packet, and when it came in seconds since the first, out of the open file."""
        ...


class GameFile(Recording):
    """See `Recording`; where a packet stands in the file is its number."""

    def __init__(self, path: Path, game: str, contents: Contents) -> None:
        # Not the base class's own: that one asks whether the file is a tape.
        self.path = path
        self.game = game
        self.started_at = None
        self.damage = None
        self.silence_s = 0.0
        self._contents = contents

    def __iter__(self) -> Iterator[Heard]:
        with self.path.open("rb") as file:
            for number in range(len(self._contents)):
                seconds, packet = self._contents.packet(file, number)
                yield Heard(seconds, packet, number)

    def packet_at(self, file: BinaryIO, where: int) -> bytes:
        if not 0 <= where < len(self._contents):
            raise Damaged(f"there is no packet {where}")
        return self._contents.packet(file, where)[1]

    def length_s(self) -> float | None:
        with self.path.open("rb") as file:
            return self._contents.packet(file, len(self._contents) - 1)[0]
