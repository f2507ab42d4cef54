"""iRacing's own files as the packets that its memory would have given: `.ibt` telemetry, and dumps of the memory."""

from __future__ import annotations

import os
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from desktop_client.telemetry.games.iracing_layout import VAR_HEADER
from desktop_client.telemetry.games.iracing_wire import (
    HEADER_SIZE,
    Header,
    buffers,
    read_header,
    text_packet,
    values_packet,
    variables_packet,
)

VERSIONS: Final = (1, 2)
SLOWEST_HZ, FASTEST_HZ = 1, 360


@dataclass(frozen=True, slots=True)
class Contents:
    """What is in a file, of which only the beginning has been read: packet 0 and 1 are whole, the others values."""

    opening: tuple[bytes, bytes]
    checksum: int
    tick_rate: int
    buffer_size: int
    ticks: Sequence[int]
    places: Sequence[int]  # of the buffers, bytes from the beginning

    def __len__(self) -> int:
        return len(self.opening) + len(self.places)

    def packet(self, file: BinaryIO, number: int) -> tuple[float, bytes]:
        """A packet and when it came, in seconds since the first one. Raises OSError; IndexError past the end."""
        if number < len(self.opening):
            return 0.0, self.opening[number]
        tick, place = self.ticks[number - len(self.opening)], self.places[number - len(self.opening)]
        file.seek(place)
        values = file.read(self.buffer_size)
        return (tick - self.ticks[0]) / self.tick_rate, values_packet(self.checksum, tick, values)


def contents_of(path: Path) -> Contents | None:
    """What is in one of iRacing's files; None where it is none. Raises OSError."""
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        beginning = file.read(HEADER_SIZE)
        header = read_header(beginning, size)
        if header is None or header.version not in VERSIONS or not SLOWEST_HZ <= header.tick_rate <= FASTEST_HZ:
            return None
        headers = _piece(file, header.variables_offset, header.variables * VAR_HEADER.itemsize)
        text = _piece(file, header.text_offset, header.text_length)
    found = sorted(buffers(beginning, header, size))
    if not found:
        return None
    ticks, places = _records(header, found, size)
    opening = (
        variables_packet(headers, header.buffer_size, header.tick_rate),
        text_packet(text, header.text_update),
    )
    return Contents(opening, zlib.crc32(headers), header.tick_rate, header.buffer_size, ticks, places)


def packets_of_file(path: Path) -> Iterator[tuple[float, bytes]]:
    """Each packet with the seconds since the first; nothing where the file is not iRacing's. Raises OSError."""
    contents = contents_of(path)
    if contents is None:
        return
    with path.open("rb") as file:
        for number in range(len(contents)):
            yield contents.packet(file, number)


def _records(header: Header, found: list[tuple[int, int]], size: int) -> tuple[Sequence[int], Sequence[int]]:
    """A file of telemetry has one buffer after the other to its end; a dump of the memory has those of its ring."""
    if header.buffers > 1:
        return [tick for tick, _ in found], [place for _, place in found]
    _, first = found[0]
    count = (size - first) // header.buffer_size
    return range(count), range(first, first + count * header.buffer_size, header.buffer_size)


def _piece(file: BinaryIO, start: int, length: int) -> bytes:
    file.seek(start)
    return file.read(length)
