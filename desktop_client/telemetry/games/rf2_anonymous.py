"""Packets of rFactor 2 and Le Mans Ultimate without the names of those who drive, for recordings to be shared."""

from __future__ import annotations

from typing import Final

import numpy as np

from desktop_client.telemetry.games.packing import offset_in
from desktop_client.telemetry.games.rf2_fields import SCORING_INFO, SCORING_OF_A_VEHICLE, TELEMETRY_OF_A_VEHICLE
from desktop_client.telemetry.games.rf2_wire import EXTENDED_LAYOUT

_OF_THE_PERSON: Final = ("player", "player_file", "server", "server_address", "server_port")
_MESSAGES: Final = ("displayed_message", "status_message", "history_message")
_EXTENDED_FROM: Final = offset_in(EXTENDED_LAYOUT, "version")


def anonymised(packet: bytes) -> bytes:
    """The packet with every driver as "Driver 12", after the vehicle's id; b"" where names cannot be ruled out.

    The names of vehicles, which name their teams, stay.
    """
    body = len(packet) - 1
    beyond_info = body - SCORING_INFO.itemsize
    match packet[:1]:
        case b"S" if beyond_info >= 0 and beyond_info % SCORING_OF_A_VEHICLE.itemsize == 0:
            return _scoring(bytearray(packet))
        case b"T" if body % TELEMETRY_OF_A_VEHICLE.itemsize == 0:
            return packet
        case b"E" if body == EXTENDED_LAYOUT.itemsize - _EXTENDED_FROM:
            return _extended(bytearray(packet))
        case _:
            return b""


def _scoring(packet: bytearray) -> bytes:
    info = np.ndarray((), SCORING_INFO, packet, 1)
    for name in _OF_THE_PERSON:
        info[name] = np.zeros((), SCORING_INFO[name])
    count = (len(packet) - 1 - SCORING_INFO.itemsize) // SCORING_OF_A_VEHICLE.itemsize
    vehicles = np.ndarray((count,), SCORING_OF_A_VEHICLE, packet, 1 + SCORING_INFO.itemsize)
    vehicles["driver"] = [f"Driver {id_}".encode() for id_ in vehicles["id"].tolist()]
    vehicles["steam_id"] = 0
    return bytes(packet)


def _extended(packet: bytearray) -> bytes:
    """The plugin repeats what the game writes on the screen, and that speaks of drivers."""
    for name in _MESSAGES:
        at, size = 1 + offset_in(EXTENDED_LAYOUT, name) - _EXTENDED_FROM, EXTENDED_LAYOUT[name].itemsize
        packet[at : at + size] = bytes(size)
    return bytes(packet)
