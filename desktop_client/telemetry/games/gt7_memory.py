"""What is remembered of the Gran Turismo 7 session being driven: who it is, and where its lap began."""

from __future__ import annotations

import math
from typing import NamedTuple

from desktop_client.telemetry.games.gt7_wire import Flag, Packet, names
from desktop_client.telemetry.games.lap_start import YOUNG_LAP_S, LapStart, Odometer

NO_TIME_MS = -1


class _Sight(NamedTuple):
    """What two packets are compared by."""

    car: int
    total_laps: int
    lap: int
    has_best: bool
    loading: bool
    clock_s: float  # of the lap; not-a-number where the format has none


class Memory:
    """Give it every packet, in order."""

    def __init__(self) -> None:
        self.uid = ""
        self.lap_distance_m = math.nan
        self.lap_time_s = math.nan
        self._before: _Sight | None = None
        self._begin(0, 0)

    def take(self, packet: Packet) -> None:
        """Go on to this packet; a session that it begins is another `uid` with nothing remembered."""
        clock_ms = int(packet["lap_time_ms"]) if "lap_time_ms" in names(packet) else NO_TIME_MS
        now = _Sight(
            car=int(packet["car"]),
            total_laps=int(packet["total_laps"]),
            lap=int(packet["lap"]),
            has_best=int(packet["best_lap_ms"]) != NO_TIME_MS,
            loading=bool(int(packet["flags"]) & Flag.LOADING),
            clock_s=clock_ms / 1000 if clock_ms >= 0 else math.nan,
        )
        before, self._before = self._before, now
        if before is None or _another_session(before, now):
            self._begin(int(packet["packet_id"]), now.car)
            before = None
        self.lap_time_s = self._age_of_lap(before, now, int(packet["last_lap_ms"]) / 1000)
        self._drive(packet, now)

    def forget(self) -> None:
        """The console was started anew: whatever comes next is another session."""
        self._before = None

    def _begin(self, packet_id: int, car: int) -> None:
        # No id comes with a session: the number of its first packet is its own as long as the console runs.
        self.uid = f"{packet_id:08x}-{car}"
        self._odometer, self._lap_start = Odometer(), LapStart()
        self._clock_runs_on = False

    def _age_of_lap(self, before: _Sight | None, now: _Sight, last_lap_s: float) -> float:
        """The clock of the lap; for some packets after the line it is still that of the lap before."""
        if before is not None:
            restarted = now.clock_s < before.clock_s
            self._clock_runs_on = not restarted and (self._clock_runs_on or now.lap == before.lap + 1)
        if not self._clock_runs_on:
            return now.clock_s
        age = now.clock_s - last_lap_s
        return age if 0 <= age <= YOUNG_LAP_S else math.nan

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
