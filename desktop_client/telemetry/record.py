"""Record what a game sends to a `.rotape` file while it is being driven."""

from __future__ import annotations

import json
from pathlib import Path
from types import TracebackType
from typing import Self

from desktop_client.telemetry.tape import END_PAYLOAD, GAP_PAYLOAD, MAGIC, Kind, pack_packet, pack_record

SILENCE_S = 1.0
"""Longer than this without a packet is written down as a gap: a pause, a menu, a cable."""

FLUSH_EVERY_S = 1.0


class Recorder:
    """Writes one tape. A full disk must not stop the overlay: it ends the recording, and `failure` says why."""

    def __init__(self, path: Path, game: str, started_at: float, at: float) -> None:
        """Begin a new tape; `started_at` is the time of day (Unix seconds), `at` the reader's clock.

        Raises OSError where the file cannot be created, FileExistsError rather than overwrite one.
        """
        self.path = path
        self.packets = 0
        self.failure: str | None = None
        self._began = self._heard_at = self._flushed_at = at
        self._file = path.open("xb")
        opening = json.dumps({"game": game, "started_at": started_at}).encode()
        self._file.write(MAGIC)
        self._write(Kind.OPENING, at, opening)

    def write(self, packet: bytes, at: float) -> None:
        """Append a packet that arrived at `at`, after a gap record if it was long in coming."""
        if at - self._heard_at > SILENCE_S:
            self._write(Kind.GAP, at, GAP_PAYLOAD.pack(at - self._heard_at))
        self._heard_at = at
        self.packets += self._append(pack_packet(at - self._began, packet))
        if at - self._flushed_at > FLUSH_EVERY_S:
            self._flushed_at = at
            self._flush()

    def close(self) -> None:
        """Write the end record; a tape without one is read as cut off."""
        if self._file.closed:
            return
        self._write(Kind.END, self._heard_at, END_PAYLOAD.pack(self.packets))
        self._flush()
        self._close_file()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _write(self, kind: Kind, at: float, payload: bytes) -> bool:
        return self._append(pack_record(kind, at - self._began, payload))

    def _append(self, record: bytes) -> bool:
        if self.failure is not None or self._file.closed:
            return False
        try:
            self._file.write(record)
        except OSError as error:
            self._fail(error)
            return False
        return True

    def _flush(self) -> None:
        if self.failure is None:
            try:
                self._file.flush()
            except OSError as error:
                self._fail(error)

    def _fail(self, error: OSError) -> None:
        self.failure = f"The recording {self.path} ended: {error.strerror or error}."
        self._close_file()

    def _close_file(self) -> None:
        try:
            self._file.close()
        except OSError as error:  # closing flushes what is left, onto the same full disk
            self.failure = self.failure or f"The recording {self.path} ended: {error.strerror or error}."
