"""What goes over the WebSocket: text says where the widgets stand, binary what changed in them.

A binary message is a row of parts. Each begins with the length of its key and x, y, width, height (little-endian), then
come the key in ASCII and the pixels; page.html reads the same.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping
from typing import Final

import msgspec
from PyQt6.QtCore import QRect, QSize

from desktop_client.stream.stage import Part

HEADER: Final = struct.Struct("<B4H")


def layout(size: QSize, places: Mapping[str, QRect]) -> str:
    """The page's size, and each widget's x, y, width and height in it."""
    widgets = {key: [rect.x(), rect.y(), rect.width(), rect.height()] for key, rect in places.items()}
    return msgspec.json.encode({"width": size.width(), "height": size.height(), "widgets": widgets}).decode()


def parts(changed: Iterable[Part]) -> bytes:
    """Everything that changed at one look, in one message: it is shown at once."""
    pieces: list[bytes] = []
    for key, rect, pixels in changed:
        pieces += (HEADER.pack(len(key), rect.x(), rect.y(), rect.width(), rect.height()), key.encode("ascii"), pixels)
    return b"".join(pieces)
