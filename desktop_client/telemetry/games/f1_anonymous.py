"""Packets of the F1 games without the names of those who drive, for recordings that others may see."""

from __future__ import annotations

from typing import Final

from desktop_client.telemetry.games.f1_wire import HEADER, LAYOUTS, PacketId, open_packet, read_header

NAMING: Final = frozenset({PacketId.PARTICIPANTS, PacketId.LOBBY})
"""The only packets that hold names; everything else speaks of a car by its slot."""


def anonymised(packet: bytes) -> bytes:
    """The packet with every name replaced by "Driver 12", after the car's slot; b"" where names cannot be ruled out.

    That is so for what is no packet of a format that we know: it might be a list of names that we cannot see.
    """
    if len(packet) < HEADER.itemsize:
        return b""
    header = read_header(packet)
    layout = LAYOUTS.get((header.packet_format, header.packet_id))
    if layout is None or len(packet) != layout.itemsize:
        return b""
    if header.packet_id not in NAMING:
        return packet
    renamed = open_packet(packet, layout).copy()
    cars = renamed["cars"]
    for slot, name in enumerate(cars["name"]):
        if name:
            cars["name"][slot] = f"Driver {slot}".encode()
    return renamed.tobytes()
