"""Write a recording beside everything else: a slow disk must not hold up a frame."""

from __future__ import annotations

import queue
import threading
from typing import Final

from desktop_client.telemetry.record import Recorder

MOST_WAITING: Final = 64 * 1024 * 1024  # bytes: some seconds of any game


class Scribe:
    """Hands packets to a recorder in a thread of its own. A disk that cannot follow costs packets, and says so."""

    def __init__(self, recorder: Recorder) -> None:
        self.recorder = recorder
        self.lost = 0
        self._waiting: queue.SimpleQueue[tuple[bytes, float] | None] = queue.SimpleQueue()
        self._taken = self._written = 0  # bytes; each counted in one thread only
        self._thread = threading.Thread(target=self._write_all, name="recording", daemon=True)
        self._thread.start()

    def write(self, packet: bytes, at: float) -> None:
        """Never waits."""
        if self._taken - self._written > MOST_WAITING:
            self.lost += 1
            return
        self._taken += len(packet)
        self._waiting.put((packet, at))

    def close(self) -> None:
        """Write what waits, and end the recording. Takes as long as that takes."""
        if self._thread.is_alive():
            self._waiting.put(None)
            self._thread.join()
        self.recorder.close()

    def summary(self) -> str:
        """What became of the recording, as a sentence or two."""
        words = self.recorder.failure or f"Recorded {self.recorder.packets} packets to {self.recorder.path}."
        return f"{words} {self.lost} packets were lost: the disk is too slow." if self.lost else words

    def _write_all(self) -> None:
        while (waiting := self._waiting.get()) is not None:
            self.recorder.write(*waiting)
            self._written += len(waiting[0])
