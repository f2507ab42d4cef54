"""Packets of Assetto Corsa and its successor without the names of those who drive, for recordings to be shared."""

from __future__ import annotations

from typing import Final

import numpy as np

from desktop_client.telemetry.games.acc import BROADCAST
from desktop_client.telemetry.games.acc_messages import Entry, Malformed, Told, read, write_entry
from desktop_client.telemetry.games.kunos_fields import (
    AC_GRAPHICS,
    AC_PHYSICS,
    AC_STATIC,
    ACC_GRAPHICS,
    ACC_PHYSICS,
    ACC_STATIC,
)
from desktop_client.telemetry.games.kunos_wire import GRAPHICS, PHYSICS, STATIC, write_text

_NAMES: Final = ("first_name", "surname", "nickname")
_SIZES: Final = {
    PHYSICS: (AC_PHYSICS.itemsize, ACC_PHYSICS.itemsize),
    GRAPHICS: (AC_GRAPHICS.itemsize, ACC_GRAPHICS.itemsize),
    STATIC: (AC_STATIC.itemsize, ACC_STATIC.itemsize),
}


def anonymised(packet: bytes) -> bytes:
    """The packet with every driver as "Driver 12", after the car's id; b"" where names cannot be ruled out."""
    tag, size = packet[:1], len(packet) - 1
    if tag == BROADCAST:
        message = _message(packet[1:])
        return tag + message if message else b""
    if size not in _SIZES.get(tag, ()):
        return b""
    return _static(bytearray(packet)) if tag == STATIC else packet


def _static(packet: bytearray) -> bytes:
    page = np.ndarray((), AC_STATIC, packet, 1)  # the successor's page begins alike
    for name in _NAMES:
        write_text(page[name], "")
    write_text(page["surname"], "Driver")
    return bytes(packet)


def _message(message: bytes) -> bytes:
    """Events are left out: they are sentences that may name drivers, and nothing is made of them."""
    try:
        said = read(message)
    except Malformed:
        return b""
    if isinstance(said, Entry):
        return write_entry(said._replace(drivers=tuple(f"Driver {said.car_id}" for _ in said.drivers)))
    return b"" if message[0] == Told.EVENT else message
