"""Packets of Automobilista 2 without the names of those who drive, for recordings that others may see."""

from __future__ import annotations

from desktop_client.telemetry.games.ams2_wire import (
    HEADER_SIZE,
    LAYOUTS,
    NAMES_IN_A_PACKET,
    Kind,
    open_packet,
    read_header,
)


def anonymised(packet: bytes) -> bytes:
    """The packet with every name replaced by "Driver 12", after the car's slot; b"" where names cannot be ruled out.

    That is so for what is no packet that we know: it might be a list of names that we cannot see.
    """
    if len(packet) < HEADER_SIZE:
        return b""
    header = read_header(packet)
    layout = LAYOUTS.get((header.kind, len(packet)))
    if layout is None:
        return b""
    if header.kind != Kind.PARTICIPANTS:
        return packet
    renamed = open_packet(packet, layout).copy()
    first = max(header.part - 1, 0) * NAMES_IN_A_PACKET
    names = renamed["name"].tolist()
    renamed["name"] = [f"Driver {first + place}".encode() if name else b"" for place, name in enumerate(names)]
    return renamed.tobytes()
