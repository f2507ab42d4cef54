"""iRacing's shared memory as packets: the list of variables, the session's description, and one buffer at a time.

The block holds a header, the variables' headers, a long text about the session and three or four buffers that the
simulator fills in turn. It is copied piece by piece, and only what is new: the variables once per connection, the text
when its counter moves, and of the buffers the newest, unless the simulator was writing into it meanwhile.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from typing import Final, NamedTuple

from desktop_client.telemetry.games.iracing_layout import LONGEST_BUFFER, MOST_VARIABLES, VAR_HEADER

MEMORY: Final = "Local\\IRSDKMemMapFileName"
MEMORY_SIZE: Final = 1164 * 1024
CONNECTED: Final = 1

HEADER: Final = struct.Struct("<10i8x")
BUFFER: Final = struct.Struct("<2i8x")  # tick count and offset
MOST_BUFFERS: Final = 4
HEADER_SIZE: Final = HEADER.size + MOST_BUFFERS * BUFFER.size

VARIABLES, TEXT, VALUES = b"irV:", b"irT:", b"irB:"
VARIABLES_HEAD: Final = struct.Struct("<4sIii")  # tag, layout's checksum, size of a buffer, ticks a second
TEXT_HEAD: Final = struct.Struct("<4si")  # tag, the text's counter
VALUES_HEAD: Final = struct.Struct("<4sIi")  # tag, the layout's checksum, tick


class Header(NamedTuple):
    """The first 40 bytes of the block, in order."""

    version: int
    status: int
    tick_rate: int
    text_update: int
    text_length: int
    text_offset: int
    variables: int
    variables_offset: int
    buffers: int
    buffer_size: int


def read_header(memory: memoryview | bytes, size: int | None = None) -> Header | None:
    """The header, or None where it cannot be one of a block of `size` bytes, of which `memory` is the beginning."""
    if len(memory) < HEADER_SIZE:
        return None
    size = len(memory) if size is None else size
    header = Header._make(HEADER.unpack_from(memory))
    sane = 0 < header.variables <= MOST_VARIABLES and 0 < header.buffer_size <= LONGEST_BUFFER
    sane = sane and 0 < header.buffers <= MOST_BUFFERS and 0 <= header.text_length <= size
    ends = header.variables_offset + header.variables * VAR_HEADER.itemsize, header.text_offset + header.text_length
    inside = min(header.variables_offset, header.text_offset) >= HEADER_SIZE and max(ends) <= size
    return header if sane and inside else None


def buffers(memory: memoryview | bytes, header: Header, size: int | None = None) -> list[tuple[int, int]]:
    """The tick and the offset of each buffer that lies within the block of `size` bytes, the newest first."""
    found = [BUFFER.unpack_from(memory, HEADER.size + BUFFER.size * i) for i in range(header.buffers)]
    most = (len(memory) if size is None else size) - header.buffer_size
    return sorted(((tick, at) for tick, at in found if HEADER_SIZE <= at <= most), reverse=True)


def variables_packet(headers: bytes, buffer_size: int, tick_rate: int) -> bytes:
    return VARIABLES_HEAD.pack(VARIABLES, zlib.crc32(headers), buffer_size, tick_rate) + headers


def text_packet(text: bytes, update: int) -> bytes:
    return TEXT_HEAD.pack(TEXT, update) + text.partition(b"\0")[0]


def values_packet(checksum: int, tick: int, values: bytes) -> bytes:
    return VALUES_HEAD.pack(VALUES, checksum, tick) + values


class Reader:
    """See `desktop_client.telemetry.source.BlockReader`."""

    def __init__(self) -> None:
        self._forget()

    def _forget(self) -> None:
        self._shape: tuple[int, ...] = ()
        self._checksum = 0
        self._text_update: int | None = None
        self._tick: int | None = None

    def read(self, memory: memoryview) -> Iterator[bytes]:
        header = read_header(memory)
        if header is None or not header.status & CONNECTED:
            self._forget()  # whoever connects next may drive another car, with other variables
            return
        yield from self._variables(memory, header)
        yield from self._text(memory, header)
        yield from self._newest(memory, header)

    def _variables(self, memory: memoryview, header: Header) -> Iterator[bytes]:
        shape = (header.variables, header.variables_offset, header.buffer_size)
        if shape == self._shape and header.text_update == self._text_update:
            return  # another list of variables never comes without another text
        start = header.variables_offset
        headers = bytes(memory[start : start + header.variables * VAR_HEADER.itemsize])
        checksum = zlib.crc32(headers)
        if (shape, checksum) != (self._shape, self._checksum):
            self._shape, self._checksum = shape, checksum
            yield variables_packet(headers, header.buffer_size, header.tick_rate)

    def _text(self, memory: memoryview, header: Header) -> Iterator[bytes]:
        if header.text_update == self._text_update:
            return
        text = bytes(memory[header.text_offset : header.text_offset + header.text_length])
        after = read_header(memory)
        if after is not None and after.text_update == header.text_update:
            self._text_update = header.text_update
            yield text_packet(text, header.text_update)

    def _newest(self, memory: memoryview, header: Header) -> Iterator[bytes]:
        for tick, start in buffers(memory, header)[:2]:
            if tick == self._tick:
                return
            values = bytes(memory[start : start + header.buffer_size])
            if any(now == (tick, start) for now in buffers(memory, header)):
                self._tick = tick
                yield values_packet(self._checksum, tick, values)
                return
            # It was written into meanwhile; the next one is a sixtieth of a second older and at rest.
