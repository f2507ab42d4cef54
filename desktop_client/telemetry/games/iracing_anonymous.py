"""Packets of iRacing without the names of those who drive, for recordings to be shared."""

from __future__ import annotations

import re
from typing import Final

from desktop_client.telemetry.games.iracing_wire import TEXT, TEXT_HEAD, VALUES, VARIABLES

CAR: Final = re.compile(rb"^[ -]*CarIdx: *(\d+)")
OF_A_PERSON: Final = re.compile(
    rb"^([ -]*)(UserName|AbbrevName|Initials|UserID|TeamID|TeamName|ClubName|ClubID|DivisionName|DivisionID"
    rb"|DriverUserID|DriverSetupName|SuitDesignStr|HelmetDesignStr|LeagueID|TelemetryDiskFile):.*$"
)
CALLED: Final = {b"UserName": b"Driver ", b"TeamName": b"Team "}


def anonymised(packet: bytes) -> bytes:
    """The packet with every driver as "Driver 12", after the car's index; b"" where names cannot be ruled out."""
    kind = packet[:4]
    if kind in (VARIABLES, VALUES):
        return packet
    if kind != TEXT or len(packet) < TEXT_HEAD.size:
        return b""
    car, lines = b"", []
    for line in packet[TEXT_HEAD.size :].split(b"\n"):
        if (index := CAR.match(line)) is not None:
            car = index[1]
        found = OF_A_PERSON.match(line.rstrip(b"\r"))
        if found is None:
            lines.append(line)
            continue
        called = CALLED.get(found[2])
        lines.append(found[1] + found[2] + b": " + (b"" if called is None else called + car))
    return packet[: TEXT_HEAD.size] + b"\n".join(lines)
