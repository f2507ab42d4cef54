"""The timekeeper: laps, sectors, validity, the order, the gaps and the chequered flag."""

from __future__ import annotations

import numpy as np

from desktop_client.demo.circuit import Circuit
from desktop_client.demo.events import Event, Kind
from desktop_client.demo.gaps import Gaps
from desktop_client.demo.road import Rows
from desktop_client.telemetry.frame import Bools, Floats, Ints

EXTRA_LAPS = 4  # driven after the flag, so that every column has room for them


class Timing:
    """Columns by car; times in seconds, 0 where there is none yet. Lap 1 is timed from the start signal."""

    def __init__(self, circuit: Circuit, laps: int, grid: Ints) -> None:
        cars = len(grid)
        self._circuit, self.laps = circuit, laps
        self.lap = np.ones(cars, dtype=np.int32)
        self.lap_started = np.zeros(cars)
        self.sector = np.zeros(cars, dtype=np.int32)
        self.sector_times = np.zeros((cars, 3))  # of the lap being driven
        self.valid = np.ones(cars, dtype=np.bool_)
        self.last_lap = np.zeros(cars)
        self.best_lap = np.zeros(cars)
        self.best_lap_number = np.zeros(cars, dtype=np.int32)
        self.history = np.zeros((cars, laps + EXTRA_LAPS, 4))  # by lap: its time and its three sectors
        self.history_valid = np.zeros((cars, laps + EXTRA_LAPS), dtype=np.bool_)
        self.finished_at = np.full(cars, np.nan)
        self.laps_at_finish = np.zeros(cars, dtype=np.int32)
        self.position = np.empty(cars, dtype=np.int32)
        self.position[grid] = np.arange(1, cars + 1)
        self.chequered = False
        self._counted = np.zeros(cars)  # of those who have finished: metres, less a hair for every second later
        self._gaps = Gaps(cars, (laps + EXTRA_LAPS) * circuit.length_m)

    @property
    def finished(self) -> Bools:
        return ~np.isnan(self.finished_at)

    def start(self, now: float) -> None:
        self.lap_started[:] = now

    def step(self, dt: float, now: float, before: Floats, after: Floats) -> list[Event]:
        """Account for a step that ended at `now` and took each car from `before` to `after` (total metres)."""
        events: list[Event] = []
        lap_ends = self.lap.astype(np.float64) * self._circuit.length_m
        lap_begins = lap_ends - self._circuit.length_m
        for sector, line in enumerate(self._circuit.sector_lines_m):
            for row, crossed in _crossings(dt, now, before, after, lap_begins + line):
                gone = float(self.sector_times[row, :sector].sum())
                self.sector_times[row, sector] = crossed - self.lap_started[row] - gone
                self.sector[row] = sector + 1
        crossings = _crossings(dt, now, before, after, lap_ends)
        for row, crossed in sorted(crossings, key=lambda crossing: crossing[1]):
            events += self._complete_lap(row, crossed)
        self._gaps.record(dt, now, before, after)
        events += self._rank(after)
        return events

    def invalidate(self, rows: Rows) -> list[Event]:
        self.valid[rows] = False
        return [Event(Kind.LAP_INVALIDATED, int(row)) for row in rows]

    def _complete_lap(self, row: int, crossed: float) -> list[Event]:
        time = crossed - float(self.lap_started[row])
        lap = int(self.lap[row])
        self.sector_times[row, 2] = time - self.sector_times[row, 0] - self.sector_times[row, 1]
        self.history[row, lap - 1] = (time, *self.sector_times[row])
        self.history_valid[row, lap - 1] = self.valid[row]
        events = [Event(Kind.LAP_COMPLETED, row, time)]
        self.last_lap[row] = time
        if not self.finished[row]:
            events += self._judge_best(row, lap, time)
            events += self._wave_flag(row, lap, crossed)
        self.lap[row] += 1
        self.lap_started[row] = crossed
        self.sector[row] = 0
        self.sector_times[row] = 0.0
        self.valid[row] = True
        return events

    def _judge_best(self, row: int, lap: int, time: float) -> list[Event]:
        if not self.valid[row] or 0 < self.best_lap[row] <= time:
            return []
        self.best_lap[row], self.best_lap_number[row] = time, lap
        driven = self.best_lap[self.best_lap > 0]
        return [Event(Kind.FASTEST_LAP, row, time)] if lap > 1 and time == driven.min() else []

    def _wave_flag(self, row: int, lap: int, crossed: float) -> list[Event]:
        if lap < self.laps and not self.chequered:
            return []
        events = [] if self.chequered else [Event(Kind.CHEQUERED_FLAG), Event(Kind.RACE_WON, row)]
        self.chequered = True
        self.finished_at[row] = crossed
        self.laps_at_finish[row] = lap
        self._counted[row] = lap * self._circuit.length_m - 1e-6 * crossed
        return events

    def _rank(self, distance: Floats) -> list[Event]:
        """The order: by distance, and among those who have finished by laps, then by who was there first."""
        order = np.argsort(-np.where(self.finished, self._counted, distance), kind="stable")
        position = np.empty_like(self.position)
        position[order] = np.arange(1, len(order) + 1)
        events: list[Event] = []
        for row in np.flatnonzero(position < self.position):
            beaten = np.flatnonzero((self.position < self.position[row]) & (position > position[row]))
            events += [Event(Kind.OVERTAKE, int(row), other=int(other)) for other in beaten]
        self.position = position
        return events

    def gaps(self, now: float, distance: Floats, speed: Floats) -> tuple[Floats, Floats]:
        """Seconds behind the leader and behind the car in front, in race order; final once a car has finished."""
        cars = len(self.position)
        order = np.argsort(self.position)
        in_front = order[np.maximum(self.position - 2, 0)]
        others = np.concatenate([np.full(cars, order[0]), in_front])
        running = self._gaps.behind(others, now, np.tile(distance, 2), speed)
        final = np.maximum(np.tile(self.finished_at, 2) - self.finished_at[others], 0.0)
        gap = np.where(np.tile(self.finished, 2), final, running)
        gap[[order[0], cars + order[0]]] = 0.0
        return gap[:cars], gap[cars:]


def _crossings(dt: float, now: float, before: Floats, after: Floats, line_m: Floats) -> list[tuple[int, float]]:
    """Which cars passed their line within the step, and when, to a fraction of the step."""
    rows = np.flatnonzero((before < line_m) & (after >= line_m))
    return [(int(row), float(now - dt * (after[row] - line_m[row]) / (after[row] - before[row]))) for row in rows]
