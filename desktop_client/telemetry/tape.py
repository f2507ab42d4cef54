"""The `.rotape` file: what a game sent, byte for byte, with when it came and when nothing came.

A tape is the eight bytes `ROTAPE1\\n` and then records, each `<B kind><f8 offset><u4 length>`, the payload and a
CRC-32 over all of that, little endian; `offset` is seconds since the tape began. The first record says which game
and when (JSON), the last one how many packets there are. Each record stands for itself, so a crash costs no more
than the tail. A tape holds the drivers' names as the game sent them: it is not for uploading as it is.
"""

from __future__ import annotations

import math
import struct
import zlib
from dataclasses import dataclass
from enum import IntEnum
from typing import BinaryIO, Final

MAGIC: Final = b"ROTAPE1\n"
LONGEST_PAYLOAD: Final = 65_535  # no UDP datagram is longer

_HEAD = struct.Struct("<BdI")
_CHECKSUM = struct.Struct("<I")
GAP_PAYLOAD: Final = struct.Struct("<d")  # seconds without a packet
END_PAYLOAD: Final = struct.Struct("<Q")  # packets on the tape


class Kind(IntEnum):
    OPENING = 1
    PACKET = 2
    GAP = 3
    END = 4


@dataclass(frozen=True, slots=True)
class Record:
    kind: int
    offset: float  # seconds since the tape began
    payload: bytes


class Damaged(Exception):
    """A record that is cut short or whose checksum does not fit; the message says where and what."""


def pack_record(kind: Kind, offset: float, payload: bytes) -> bytes:
    head = _HEAD.pack(kind, offset, len(payload))
    return head + payload + _CHECKSUM.pack(zlib.crc32(payload, zlib.crc32(head)))


def read_record(file: BinaryIO) -> Record | None:
    """The record at the file's position, or None at its end. Raises Damaged."""
    where = file.tell()
    head = file.read(_HEAD.size)
    if not head:
        return None
    if len(head) < _HEAD.size:
        raise Damaged(f"it breaks off at byte {where}")
    kind, offset, length = _HEAD.unpack(head)
    if length > LONGEST_PAYLOAD or not math.isfinite(offset):
        raise Damaged(f"the record at byte {where} is damaged")
    rest = file.read(length + _CHECKSUM.size)
    if len(rest) < length + _CHECKSUM.size:
        raise Damaged(f"it breaks off in the record at byte {where}")
    payload = rest[:length]
    if _CHECKSUM.unpack(rest[length:])[0] != zlib.crc32(payload, zlib.crc32(head)):
        raise Damaged(f"the record at byte {where} is damaged")
    return Record(kind, offset, payload)
