"""Frames on standard output, one a line, until nobody reads them any more."""

from __future__ import annotations

import asyncio
import math
import os
import sys

from desktop_client.telemetry.frame import Frame
from desktop_client.telemetry.plain import frame_as_json


class Printer:
    """Prints frames; `closed` is set once there is no reader left."""

    def __init__(self, as_json: bool) -> None:
        self.closed = asyncio.Event()
        self._as_json = as_json

    def show(self, frame: Frame) -> None:
        if self.closed.is_set():
            return
        line = frame_as_json(frame) if self._as_json else short(frame).encode()
        try:
            sys.stdout.buffer.write(line + b"\n")
            sys.stdout.buffer.flush()
        except BrokenPipeError:
            # Python flushes standard output once more on its way out, which must not fail then.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            self.closed.set()


def short(frame: Frame) -> str:
    """The frame in a line for reading."""
    words = [f"{frame.session_time_s:9.3f} s", frame.session.track_name or "?", f"{len(frame.cars)} cars"]
    if frame.player is not None:
        player = frame.player
        if frame.player_row is not None:
            cars, row = frame.cars, frame.player_row
            words += [f"P{cars.position[row]}"] if cars.position[row] else []
            words += [f"lap {cars.lap[row]}"]
            words += [f"{cars.lap_distance_m[row]:.0f} m"] if math.isfinite(cars.lap_distance_m[row]) else []
        words += [f"{player.speed_mps * 3.6:.0f} km/h", f"gear {player.gear}"]
    return "  ".join(words)
