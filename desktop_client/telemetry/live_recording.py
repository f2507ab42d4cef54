"""Record the game that is being heard, from a little before it was known which one it is."""

from __future__ import annotations

import time
from collections import deque
from pathlib import Path
from typing import Final

from desktop_client.telemetry.record import Recorder
from desktop_client.telemetry.scribe import Scribe

BEFORE_S: Final = 15.0
"""What a game said so long before its first frame belongs to its recording: names and track are said seldom."""

MOST_BYTES_BEFORE: Final = 32 * 1024 * 1024


class CannotRecord(Exception):
    """The file cannot be had; the message is a sentence."""


class _Before:
    """The last seconds of one game."""

    def __init__(self) -> None:
        self.packets: deque[tuple[bytes, float]] = deque()
        self._bytes = 0

    def keep(self, packet: bytes, at: float) -> None:
        self.packets.append((packet, at))
        self._bytes += len(packet)
        while self.packets and (self._bytes > MOST_BYTES_BEFORE or at - self.packets[0][1] > BEFORE_S):
            self._bytes -= len(self.packets.popleft()[0])


class LiveRecording:
    """One tape for the one game that speaks first. Hand it every packet of every game, and say who speaks."""

    def __init__(self, path: Path, game: str | None = None) -> None:
        """With `game` the tape begins at once. Raises CannotRecord, rather than write over a file that is there."""
        self.path, self.game = path, game
        self._before: dict[str, _Before] = {}
        self._scribe: Scribe | None = None
        if game is None:
            _try(path)
        else:
            self._begin(game, time.monotonic())

    def overhear(self, game: str, packet: bytes, at: float) -> None:
        """Take a packet of `game` that arrived at `at`, by the monotonic clock."""
        if self._scribe is None:
            self._before.setdefault(game, _Before()).keep(packet, at)
        elif game == self.game:
            self._scribe.write(packet, at)

    def speaks(self, game: str) -> str | None:
        """Begin the tape if nobody spoke before; what is wrong, as a sentence, if it cannot be begun any more."""
        if self.game is not None:
            return None
        self.game = game
        before = self._before.get(game, _Before()).packets
        self._before.clear()
        try:
            self._begin(game, before[0][1] if before else time.monotonic())
        except CannotRecord as problem:
            return str(problem)
        for packet, at in before:
            self.overhear(game, packet, at)
        return None

    def state(self) -> str:
        """How it stands, as a sentence for the status page."""
        if self._scribe is None:
            return f"Waiting for a game, to record it to {self.path.name}."
        return self._scribe.recorder.failure or f"{self._scribe.recorder.packets} packets in {self.path.name}."

    def close(self) -> str:
        """End the tape; what became of it, as a sentence or two."""
        if self._scribe is None:
            return f"Nothing was recorded to {self.path}: no game spoke."
        self._scribe.close()
        return self._scribe.summary()

    def _begin(self, game: str, at: float) -> None:
        self._scribe = Scribe(_open(self.path, game, at))


def _open(path: Path, game: str, at: float) -> Recorder:
    try:
        return Recorder(path, game, started_at=time.time() - (time.monotonic() - at), at=at)
    except FileExistsError as problem:
        raise CannotRecord(f"{path} exists already; a recording does not overwrite one.") from problem
    except OSError as problem:
        raise CannotRecord(f"{path} cannot be written: {problem.strerror}.") from problem


def _try(path: Path) -> None:
    """Raises CannotRecord if a file could not be begun there now; leaves none."""
    _open(path, "", time.monotonic()).close()
    path.unlink()
