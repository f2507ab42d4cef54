"""Play a recording back: our own tapes, and raw captures of repeated `<f4 session time><u4 length><bytes>`."""

from __future__ import annotations

import asyncio
import json
import math
import struct
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from desktop_client.telemetry.tape import (
    END_PAYLOAD,
    GAP_PAYLOAD,
    LONGEST_PAYLOAD,
    MAGIC,
    Damaged,
    Kind,
    read_record,
)

LONGEST_SILENCE_S = 1.0
"""A pause on the tape is played no longer than this."""

PACKETS_AT_A_BREATH = 256

_RAW_HEAD = struct.Struct("<fI")


class NotATape(Exception):
    """A file that holds no recording; the message is a whole sentence."""


@dataclass(frozen=True, slots=True)
class Heard:
    """One packet and when it came, in seconds since the recording began."""

    offset: float
    packet: bytes


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
        while (record := read_record(file)) is not None:
            if record.kind == Kind.PACKET:
                packets += 1
                yield Heard(record.offset, record.payload)
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
        offset, before = 0.0, None
        while head := file.read(_RAW_HEAD.size):
            if len(head) < _RAW_HEAD.size:
                raise Damaged("it breaks off in the middle of a packet")
            session_time, length = _RAW_HEAD.unpack(head)
            if length > LONGEST_PAYLOAD or not math.isfinite(session_time):
                raise Damaged(f"what stands before byte {file.tell()} cannot be")
            packet = file.read(length)
            if len(packet) < length:
                raise Damaged("it breaks off in the middle of a packet")
            if before is not None and session_time > before:  # a flashback turns the session's clock back
                offset += session_time - before
            before = session_time
            yield Heard(offset, packet)


async def play(
    recording: Recording,
    feed: Callable[[bytes, float], object],
    speed: float | None = 1.0,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
) -> None:
    """Hand every packet to `feed` with the time of its arrival, at `speed` times the pace it was recorded at.

    With `speed` None it goes as fast as it can, and the times are the recording's own instead of the clock's.
    """
    due, before = clock(), 0.0
    for count, heard in enumerate(recording):
        if speed is None:
            feed(heard.packet, heard.offset)
            if count % PACKETS_AT_A_BREATH == 0:
                await sleep(0)
            continue
        due += min(max(heard.offset - before, 0.0), LONGEST_SILENCE_S) / speed
        before = heard.offset
        if (wait := due - clock()) > 0:
            await sleep(wait)
        feed(heard.packet, clock())
