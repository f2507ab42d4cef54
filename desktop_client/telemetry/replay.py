"""Read a recording: our own tapes, and raw captures of repeated `<f4 session time><u4 length><bytes>`."""

from __future__ import annotations

import json
import math
import os
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

from desktop_client.telemetry.tape import (
    END_PAYLOAD,
    GAP_PAYLOAD,
    LONGEST_PAYLOAD,
    MAGIC,
    Damaged,
    Kind,
    Record,
    pack_record,
    packet_of,
    read_record,
)

_RAW_HEAD = struct.Struct("<fI")


class NotATape(Exception):
    """A file that holds no recording; the message is a whole sentence."""


class Heard(NamedTuple):
    """One packet, when it came in seconds since the recording began, and where it stands in the file."""

    offset: float
    packet: bytes
    where: int = 0


class Recording:
    """A recording to iterate over, once or often; `damage` and `silence_s` hold for the last time through."""

    def __init__(self, path: Path) -> None:
        """Raises OSError where the file cannot be read and NotATape where it is no recording."""
        self.path = path
        self.game: str | None = None  # a raw capture does not say
        self.started_at: float | None = None  # Unix seconds
        self.damage: str | None = None
        self.silence_s = 0.0  # how long, all gaps together, the game sent nothing
        with path.open("rb") as file:
            self._is_tape = file.read(len(MAGIC)) == MAGIC
            if self._is_tape:
                self._read_opening(file)
            else:
                file.seek(0)
                self._check_raw(file)

    def __iter__(self) -> Iterator[Heard]:
        self.damage, self.silence_s = None, 0.0
        with self.path.open("rb") as file:
            try:
                yield from self._play_tape(file) if self._is_tape else self._play_raw(file)
            except (Damaged, struct.error) as problem:
                self.damage = f"{self.path} is cut off or damaged: {problem}; what came before was played."

    def packet_at(self, file: BinaryIO, where: int) -> bytes:
        """The packet that `Heard.where` speaks of, out of the open file. Raises Damaged where it is gone."""
        file.seek(where)
        if self._is_tape:
            record = read_record(file)
            packet = packet_of(record) if record else None
        else:
            _, length = _read_raw_head(file)
            packet = file.read(length)
        if packet is None:
            raise Damaged(f"there is no packet at byte {where}")
        return packet

    def length_s(self) -> float | None:
        """How long a tape is, by its last record; None for a raw capture and for a tape that was cut off."""
        tail = len(pack_record(Kind.END, 0.0, END_PAYLOAD.pack(0)))
        try:
            with self.path.open("rb") as file:
                file.seek(-tail, os.SEEK_END)
                record = read_record(file) if self._is_tape else None
        except (Damaged, OSError):
            return None
        return record.offset if record and record.kind == Kind.END else None

    def _read_opening(self, file: BinaryIO) -> None:
        try:
            record = read_record(file)
            opening = json.loads(record.payload) if record and record.kind == Kind.OPENING else None
        except (Damaged, ValueError):
            opening = None
        if not isinstance(opening, dict):
            raise NotATape(f"{self.path} begins like a recording, but nothing of it can be read.")
        self.game, self.started_at = opening.get("game"), opening.get("started_at")

    def _check_raw(self, file: BinaryIO) -> None:
        head = file.read(_RAW_HEAD.size)
        if len(head) == _RAW_HEAD.size:
            session_time, length = _RAW_HEAD.unpack(head)
            if math.isfinite(session_time) and 0 < length <= LONGEST_PAYLOAD:
                return
        raise NotATape(f"{self.path} is not a recording of telemetry.")

    def _play_tape(self, file: BinaryIO) -> Iterator[Heard]:
        file.seek(len(MAGIC))
        packets = 0
        for where, record in _records(file):
            packet = packet_of(record)
            if packet is not None:
                packets += 1
                yield Heard(record.offset, packet, where)
            elif record.kind == Kind.GAP:
                (seconds,) = GAP_PAYLOAD.unpack(record.payload)
                self.silence_s += seconds
            elif record.kind == Kind.END:
                (promised,) = END_PAYLOAD.unpack(record.payload)
                if promised != packets:
                    raise Damaged(f"it should hold {promised} packets and holds {packets}")
                return
        raise Damaged("it has no end")

    def _play_raw(self, file: BinaryIO) -> Iterator[Heard]:
        offset, before, where = 0.0, None, 0
        while file.peek(1):  # type: ignore[attr-defined]  # a file opened for reading bytes is buffered
            session_time, length = _read_raw_head(file)
            packet = file.read(length)
            if len(packet) < length:
                raise Damaged("it breaks off in the middle of a packet")
            if before is not None and session_time > before:  # a flashback turns the session's clock back
                offset += session_time - before
            before = session_time
            yield Heard(offset, packet, where)
            where += _RAW_HEAD.size + length


def _records(file: BinaryIO) -> Iterator[tuple[int, Record]]:
    """Every record with where it begins."""
    where = file.tell()
    while (record := read_record(file)) is not None:
        yield where, record
        where += record.size


def _read_raw_head(file: BinaryIO) -> tuple[float, int]:
    """The time and the length of a raw capture's next packet. Raises Damaged."""
    head = file.read(_RAW_HEAD.size)
    if len(head) < _RAW_HEAD.size:
        raise Damaged("it breaks off in the middle of a packet")
    session_time, length = _RAW_HEAD.unpack(head)
    if length > LONGEST_PAYLOAD or not math.isfinite(session_time):
        raise Damaged(f"what stands before byte {file.tell()} cannot be")
    return session_time, length
