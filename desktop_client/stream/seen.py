"""How the browser source stands, for the status page."""

from __future__ import annotations

from typing import NamedTuple


class StreamSeen(NamedTuple):
    """`address` is what the driver gives to the recorder, empty while there is a `problem`."""

    address: str = ""
    viewers: int = 0
    problem: str = ""
