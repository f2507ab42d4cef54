"""Write a recording anew without the names in it, so that it may be shown to others."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from desktop_client.telemetry.record import Recorder
from desktop_client.telemetry.replay import Recording


class Copied(NamedTuple):
    """What became of a recording: packets written, and packets that might hold names nobody could find."""

    kept: int
    left_out: int
    failure: str | None  # a sentence, where the copy is not whole


def write_anonymous(recording: Recording, path: Path, game: str, anonymised: Callable[[bytes], bytes]) -> Copied:
    """Copy `recording`, one of `game`, to a new tape at `path`, each packet as `anonymised` gives it back.

    An empty answer leaves the packet out. Raises OSError where the file cannot be created.
    """
    left_out = 0
    with Recorder(path, game, recording.started_at or 0.0, at=0.0) as recorder:
        for heard in recording:
            packet = anonymised(heard.packet)
            if packet:
                recorder.write(packet, heard.offset)
            else:
                left_out += 1
    return Copied(recorder.packets, left_out, recorder.failure)
