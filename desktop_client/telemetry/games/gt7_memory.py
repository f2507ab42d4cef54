"""What is remembered of the Gran Turismo 7 session being driven: who it is, and where its lap began."""

from __future__ import annotations

import math
from typing import NamedTuple

from desktop_client.telemetry.games.gt7_wire import Flag, Packet, names
from desktop_client.telemetry.games.lap_start import LapClock, LapStart, Odometer

NO_TIME_MS = -1


class _Sight(NamedTuple):
    """What two packets are compared by."""

    car: int
    total_laps: int
    lap: int
    has_best: bool
    loading: bool
    clock_ms: int  # of the lap


class Memory:
    """Give it every packet, in order."""

    def __init__(self) -> None:
        self.uid = ""
        self.lap_distance_m = math.nan
        self.lap_time_s = math.nan
        self.grid_position = 0
        self._before: _Sight | None = None
        self._begin(0, 0)

    def take(self, packet: Packet) -> None:
        """Go on to this packet; a session that it begins is another `uid` with nothing remembered."""
        now = _Sight(
            car=int(packet["car"]),
            total_laps=int(packet["total_laps"]),
            lap=int(packet["lap"]),
            has_best=int(packet["best_lap_ms"]) != NO_TIME_MS,
            loading=bool(int(packet["flags"]) & Flag.LOADING),
            clock_ms=int(packet["lap_time_ms"]) if "lap_time_ms" in names(packet) else NO_TIME_MS,
        )
        before, self._before = self._before, now
        if before is None or _another_session(before, now):
            self._begin(int(packet["packet_id"]), now.car)
        self.lap_time_s = self._lap_clock.age(now.lap, _seconds(now.clock_ms), _seconds(int(packet["last_lap_ms"])))
        self.grid_position = max(int(packet["grid_position"]), 0) or self.grid_position  # it is said until the start
        self._drive(packet, now)

    def forget(self) -> None:
        """The console was started anew: whatever comes next is another session."""
        self._before = None

    def _begin(self, packet_id: int, car: int) -> None:
        # No id comes with a session: the number of its first packet is its own as long as the console runs.
        self.uid = f"{packet_id:08x}-{car}"
        self.grid_position = 0
        self._odometer, self._lap_start, self._lap_clock = Odometer(), LapStart(), LapClock()

    def _drive(self, packet: Packet, now: _Sight) -> None:
        x, y, z = packet["place"].tolist()
        drove_there = self._odometer.move((x, y, z))
        self.lap_distance_m = self._lap_start.since_line(
            now.lap,
            self._odometer.driven_m,
            float(packet["speed"]),
            self.lap_time_s,
            # The first lap of a race begins on the grid, before the line or behind it.
            begins_at_line=now.lap > 1 or (now.lap == 1 and now.total_laps <= 0),
        )
        if not drove_there:
            self._lap_start.forget()
            self.lap_distance_m = math.nan


def _another_session(before: _Sight, now: _Sight) -> bool:
    """A race begun again, another car or event, or a best lap that is forgotten. A pause is none of these."""
    if now.car != before.car or now.total_laps != before.total_laps:
        return True
    begun_again = now.total_laps > 0 and now.lap < before.lap
    return begun_again or (before.has_best and not now.has_best) or (now.loading and not before.loading)


def _seconds(milliseconds: int) -> float:
    return milliseconds / 1000 if milliseconds >= 0 else math.nan
