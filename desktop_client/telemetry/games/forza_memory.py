"""What is remembered of the Forza session being driven: which it is, and where its lap began."""

from __future__ import annotations

import math
from typing import Final, NamedTuple

from desktop_client.telemetry.games.forza_wire import Packet, names
from desktop_client.telemetry.games.lap_start import LapClock, LapStart

BEGINNING_S: Final = 2.0
"""A race clock that goes back to less than this was started anew; one that goes back to more was rewound."""


class _Sight(NamedTuple):
    """What two packets are compared by to tell whether they belong to one session."""

    car: int
    track: int | None
    race_time_s: float


class Memory:
    """Give it every packet of a car that drives, in order."""

    def __init__(self) -> None:
        self.uid = ""
        self.lap_distance_m = math.nan
        self.lap_time_s = math.nan
        self._before: _Sight | None = None
        self._lap_start, self._lap_clock = LapStart(), LapClock()

    def take(self, packet: Packet) -> None:
        """Go on to this packet; a session that it begins is another `uid` with nothing remembered."""
        now = _Sight(
            car=int(packet["car"]),
            track=int(packet["track"]) if "track" in names(packet) else None,
            race_time_s=float(packet["race_time"]),
        )
        before, self._before = self._before, now
        if before is None or _another_session(before, now):
            # No id comes with a session: the time of its first packet is its own as long as the game runs.
            self.uid = f"{int(packet['timestamp_ms']):08x}-{now.car}"
            self._lap_start, self._lap_clock = LapStart(), LapClock()
        laps_done = int(packet["laps_done"])
        self.lap_time_s = self._lap_clock.age(laps_done, float(packet["lap_time"]), float(packet["last_lap"]))
        distance = self._lap_start.since_line(
            laps_done,
            float(packet["distance"]),
            float(packet["speed"]),
            self.lap_time_s,
            begins_at_line=laps_done > 0,  # the first lap begins on the grid, before the line or behind it
        )
        self.lap_distance_m = distance if math.isfinite(distance) else math.nan


def _another_session(before: _Sight, now: _Sight) -> bool:
    if (now.car, now.track) != (before.car, before.track):
        return True
    return now.race_time_s < BEGINNING_S and before.race_time_s > now.race_time_s + 0.5
