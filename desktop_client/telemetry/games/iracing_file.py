"""iRacing's own files as the packets that its memory would have given: `.ibt` telemetry, and dumps of the memory."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from desktop_client.telemetry.games.iracing_layout import VAR_HEADER
from desktop_client.telemetry.games.iracing_wire import (
    buffers,
    read_header,
    text_packet,
    values_packet,
    variables_packet,
)

VERSIONS: Final = (1, 2)
SLOWEST_HZ, FASTEST_HZ = 1, 360


class NotOfIracing(Exception):
    """A file that iRacing has not written; the message is a whole sentence."""


def is_of_iracing(beginning: bytes) -> bool:
    """Whether a file that begins like this (112 bytes or more) could be one of iRacing's."""
    header_alone = int.from_bytes(beginning[:4], "little")
    rate = int.from_bytes(beginning[8:12], "little")
    return header_alone in VERSIONS and SLOWEST_HZ <= rate <= FASTEST_HZ


def packets_of_file(path: Path) -> Iterator[tuple[float, bytes]]:
    """Each packet with the seconds since the first. Raises OSError, and NotOfIracing before the first packet.

    A file of telemetry has one buffer after the other to its end; a dump of the memory has those of its ring.
    """
    content = path.read_bytes()
    header = read_header(content)
    if header is None or not is_of_iracing(content) or not (places := buffers(content, header)):
        raise NotOfIracing(f"{path} is not a file of iRacing's.")
    start = header.variables_offset
    headers = content[start : start + header.variables * VAR_HEADER.itemsize]
    yield 0.0, variables_packet(headers, header.buffer_size, header.tick_rate)
    yield 0.0, text_packet(content[header.text_offset : header.text_offset + header.text_length], header.text_update)
    if header.buffers == 1:
        _, first = places[0]
        count = (len(content) - first) // header.buffer_size
        places = [(number, first + number * header.buffer_size) for number in range(count)]
    else:
        places = sorted(places)
    checksum, before = zlib.crc32(headers), places[0][0] if places else 0
    for tick, at in places:
        values = content[at : at + header.buffer_size]
        yield (tick - before) / header.tick_rate, values_packet(checksum, tick, values)
