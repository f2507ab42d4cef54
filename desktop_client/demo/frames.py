"""Frames of the demo race without a socket and without waiting: for pictures, previews and tests."""

from __future__ import annotations

from collections.abc import Iterator

from desktop_client.demo.broadcast import RATE_HZ, Broadcast
from desktop_client.demo.race import FULL_RACE_LAPS, Race
from desktop_client.telemetry.frame import Frame
from desktop_client.telemetry.games.f1 import F1


def frames(
    seed: int = 1,
    seconds: float = 60.0,
    *,
    packet_format: int = 2025,
    laps: int = FULL_RACE_LAPS,
    from_grid: bool = False,
) -> Iterator[Frame]:
    """The frames of `seconds` of race time, decoded by the F1 adapter from the very packets that the demo sends.

    The same arguments give the same frames. `at` begins at 0.
    """
    broadcast = Broadcast(Race(seed, laps) if from_grid else Race.joined(seed, laps), packet_format)
    source = F1()
    for tick in range(round(seconds * RATE_HZ)):
        for datagram in broadcast.tick():
            frame = source.feed(datagram, tick / RATE_HZ)
            if frame is not None:
                yield frame
