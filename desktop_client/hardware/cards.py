"""The first network card's address, where the system itself says which is the first."""

from __future__ import annotations

import uuid
from typing import Final

MADE_UP: Final = 0b11 << 40  # the bits of an address that no card came with


def first_address() -> str | None:
    """None where the system made one up."""
    address = uuid.getnode()
    return None if address & MADE_UP else f"{address:012x}"
