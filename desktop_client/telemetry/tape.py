"""The `.rotape` file: what a game sent, byte for byte, with when it came and when nothing came.

A tape is the eight bytes `ROTAPE1\\n` and then records, each `<B kind><f8 offset><u4 length>`, the payload and a
CRC-32 over all of that, little endian; `offset` is seconds since the tape began. The first record says which game
and when (JSON), the last one how many packets there are. Each record stands for itself, so a crash costs no more
than the tail. What is longer than any datagram, a whole block of shared memory, is deflated. A tape holds the drivers'
names as the game sent them: it is not for uploading as it is.
"""

from __future__ import annotations

import math
import struct
import zlib
from enum import IntEnum
from typing import BinaryIO, Final, NamedTuple

MAGIC: Final = b"ROTAPE1\n"
LONGEST_PAYLOAD: Final = 65_535  # no UDP datagram is longer, and no record of a raw capture
LONGEST_PACKET: Final = 8 * 1024 * 1024  # no game's shared memory comes near it
QUICKLY: Final = 1
"""How hard to deflate: half a megabyte, most of it zeros, must not hold up a frame."""

_HEAD = struct.Struct("<BdI")
_CHECKSUM = struct.Struct("<I")
GAP_PAYLOAD: Final = struct.Struct("<d")  # seconds without a packet
END_PAYLOAD: Final = struct.Struct("<Q")  # packets on the tape


class Kind(IntEnum):
    OPENING = 1
    PACKET = 2
    GAP = 3
    END = 4
    DEFLATED = 5  # a packet too


class Record(NamedTuple):
    kind: int
    offset: float  # seconds since the tape began
    payload: bytes

    @property
    def size(self) -> int:
        """How many bytes it takes in the file."""
        return _HEAD.size + len(self.payload) + _CHECKSUM.size


class Damaged(Exception):
    """A record that is cut short or whose checksum does not fit; the message says where and what."""


def pack_record(kind: Kind, offset: float, payload: bytes) -> bytes:
    head = _HEAD.pack(kind, offset, len(payload))
    return head + payload + _CHECKSUM.pack(zlib.crc32(payload, zlib.crc32(head)))


def pack_packet(offset: float, packet: bytes) -> bytes:
    """The record of a packet of any length up to LONGEST_PACKET."""
    if len(packet) <= LONGEST_PAYLOAD:
        return pack_record(Kind.PACKET, offset, packet)
    return pack_record(Kind.DEFLATED, offset, zlib.compress(packet, QUICKLY))


def packet_of(record: Record) -> bytes | None:
    """The packet in a record, or None in a record of another kind. Raises Damaged."""
    if record.kind == Kind.PACKET:
        return record.payload
    if record.kind != Kind.DEFLATED:
        return None
    inflating = zlib.decompressobj()
    try:
        packet = inflating.decompress(record.payload, LONGEST_PACKET)
    except zlib.error as error:
        raise Damaged(f"a deflated packet is damaged: {error}") from error
    if not inflating.eof:
        raise Damaged("a deflated packet is longer than any can be, or cut off")
    return packet


def read_record(file: BinaryIO) -> Record | None:
    """The record at the file's position, or None at its end. Raises Damaged."""
    head = file.read(_HEAD.size)
    if not head:
        return None
    if len(head) < _HEAD.size:
        raise Damaged(f"it breaks off at byte {file.tell() - len(head)}")
    kind, offset, length = _HEAD.unpack(head)
    if length > LONGEST_PACKET or not math.isfinite(offset):
        raise Damaged(f"the record at byte {file.tell() - len(head)} is damaged")
    rest = file.read(length + _CHECKSUM.size)
    if len(rest) < length + _CHECKSUM.size:
        raise Damaged(f"it breaks off in the record at byte {file.tell() - len(head) - len(rest)}")
    payload = rest[:length]
    if _CHECKSUM.unpack_from(rest, length)[0] != zlib.crc32(payload, zlib.crc32(head)):
        raise Damaged(f"the record at byte {file.tell() - len(head) - len(rest)} is damaged")
    return Record(kind, offset, payload)
