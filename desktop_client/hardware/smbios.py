"""The mainboard's own number, out of the table that the firmware hands to the system (SMBIOS, DSP0134). Pure."""

from __future__ import annotations

import uuid
from typing import Final

HEADER: Final = 8  # what Windows puts before the table: versions, and its length
SYSTEM: Final = 1  # the kind of structure that holds the number
END: Final = 127
UUID_AT: Final = 8


def product_uuid(raw: bytes) -> str | None:
    """`raw` is the table with Windows' header before it; None where it has no such number."""
    table, at = raw[HEADER:], 0
    while at + 4 <= len(table):
        kind, length = table[at], table[at + 1]
        if kind == END or length < 4:
            return None
        if kind == SYSTEM and length >= UUID_AT + 16:
            number = table[at + UUID_AT : at + UUID_AT + 16]
            return str(uuid.UUID(bytes_le=number)) if len(number) == 16 else None
        end_of_texts = table.find(b"\0\0", at + length)
        if end_of_texts < 0:
            return None
        at = end_of_texts + 2
    return None
