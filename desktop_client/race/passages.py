"""When every car passed every place of the lap: the one record that laps, deltas and gaps are read from."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from desktop_client.race.reference import LapTrace
from desktop_client.race.seats import Moves, carried
from desktop_client.telemetry.frame import Bools, Cars, Floats, Ints, PitStatus

Rows = NDArray[np.intp]

NODE_M: Final = 8.0
MAX_NODES: Final = 1024
SAMPLE_S: Final = 0.09  # between two looks at all cars: no car brakes so hard that a line between them is a ms wrong
LONGEST_GAP_S: Final = 1.0  # longer without a frame, and nobody knows how a car got there
FASTEST_MPS: Final = 150.0
JITTER_M: Final = 30.0  # a length that the game rounds, and a distance that it corrects
STUCK_S: Final = 0.5  # how long a distance may stay the same before the car stands, rather than the game's clock
CLOCK_JITTER_S: Final = 0.2  # time turned back by less is two clocks that disagree, not a driver's wish
FARTHEST_M: Final = 1e6
FLAGS_SETTLE_S: Final = 1.0  # what a game says of a lap may still mean the one before for so long
SLOWEST_LAP_MPS, FASTEST_LAP_MPS = 8.0, 120.0
ON_TRACK: Final = int(PitStatus.NONE)


class Passages:
    """Even places around the lap, `NODE_M` apart, and the session time at which each car last passed each of them.

    Whatever breaks a car's way (a jump, a pause without frames, time turned back) leaves holes, and a lap with a hole
    is no lap. A distance that the game refreshes slower than its frames is taken from when it was fresh.
    """

    def __init__(self, length_m: float) -> None:
        """`length_m` is the lap's length in metres, above zero."""
        self.length_m = length_m
        self.nodes = min(MAX_NODES, max(8, math.ceil(length_m / NODE_M)))
        self.node_m = length_m / self.nodes
        self.finished: list[LapTrace] = []  # the whole laps whose end the newest frame showed
        self._heard_s = self._changed_s = self._looked_s = math.nan
        self._newest = b""  # the distances of the frame before
        self._seen: Floats = np.zeros(0)  # those at the last look
        self._broken = False
        self._progress: Floats = np.zeros(0)  # metres driven round and round, at its farthest
        self._at: Floats = np.zeros(0)  # when it became that
        self._node: Floats = np.zeros(0)  # the last one passed, counted like the progress
        self._passed: Floats = np.zeros((0, self.nodes))
        self._began: Floats = np.zeros(0)  # the lap being driven; nan where its start was not seen
        self._lap: Ints = np.zeros(0, dtype=np.int32)  # its number, as said half-way round
        self._spoiled: Bools = np.zeros(0, dtype=np.bool_)

    def reseat(self, moves: Moves) -> None:
        """Follow the cars into their rows of now."""
        self._progress, self._at, self._node, self._began = (
            carried(column, moves, math.nan) for column in (self._progress, self._at, self._node, self._began)
        )
        self._passed = carried(self._passed, moves, math.nan)
        self._lap = carried(self._lap, moves, 0)
        self._spoiled = carried(self._spoiled, moves, 1)
        self._seen = carried(self._seen, moves, math.nan)

    def take(self, now_s: float, cars: Cars, *, green: bool = True) -> None:
        """See where every car is at a session time in seconds; laps that are not driven under `green` are not clean."""
        if self.finished:
            self.finished = []
        back_s = self._heard_s - now_s
        if not math.isfinite(now_s) or 0 < back_s < CLOCK_JITTER_S:
            return
        self._broken |= back_s < -LONGEST_GAP_S
        self._heard_s = now_s
        newest = cars.lap_distance_m.tobytes()
        if newest != self._newest or back_s > 0:
            self._newest, self._changed_s = newest, now_s
        if not back_s > 0 and (self._changed_s == self._looked_s or now_s - self._looked_s < SAMPLE_S):
            return
        self._look(self._changed_s, cars, green=green, back=back_s > 0)

    def _look(self, now_s: float, cars: Cars, *, green: bool, back: bool) -> None:
        """Take the distances in, as of when they became what they are."""
        self._seen = cars.lap_distance_m.copy()
        with np.errstate(invalid="ignore", over="ignore"):
            distance = np.where(np.abs(cars.lap_distance_m) < FARTHEST_M, cars.lap_distance_m, math.nan)
            reached = self._unwound(distance)
            if back:
                self._turn_back(now_s, reached)
            self._follow(now_s, cars, distance, reached)
            hindered = ~cars.lap_valid | (cars.pit != ON_TRACK) if green else np.ones(len(cars), dtype=np.bool_)
            self._spoiled |= hindered & (now_s - self._began > FLAGS_SETTLE_S)
        self._looked_s, self._broken = now_s, False

    def lap_distance_now(self, cars: Cars, now_s: float) -> Floats:
        """Where every car is by now, in metres after the line: driven on while the game's distance stands still."""
        distance = cars.lap_distance_m
        if distance.tobytes() != self._newest:
            return distance
        with np.errstate(invalid="ignore"):
            since = np.minimum(now_s - np.where(distance == self._seen, self._at, self._changed_s), STUCK_S)
            drives_on = (since > 0) & (np.abs(cars.speed_mps) <= FASTEST_MPS)
            return distance + np.where(drives_on, since * cars.speed_mps, 0.0)

    def lap_so_far(self, row: int, cars: Cars, now_s: float) -> tuple[float, float] | None:
        """Seconds and metres since the line in the lap being driven; None where its start was not seen."""
        began = float(self._began[row])
        if not math.isfinite(began):
            return None
        driven = float(self._unwound(self.lap_distance_now(cars, now_s)[row : row + 1], row)[0])
        driven -= self.length_m * math.floor(float(self._node[row]) / self.nodes)
        return (now_s - began, driven) if math.isfinite(driven) else None

    def times_so_far(self, row: int) -> Floats:
        """Seconds since the line at every node that was passed in the lap being driven, beginning with the line."""
        node = float(self._node[row])
        passed = int(node % self.nodes) + 1 if math.isfinite(node) else 0
        return self._passed[row, :passed] - self._began[row]

    def seconds_since(self, row: int, lap_distance_m: float, now_s: float) -> float | None:
        """How long ago this car was at a place; None where nobody saw it there."""
        if not math.isfinite(lap_distance_m):
            return None
        at = lap_distance_m % self.length_m / self.node_m
        node = min(int(at), self.nodes - 1)
        low, high = float(self._passed[row, node]), float(self._passed[row, (node + 1) % self.nodes])
        if not high >= low:  # the car is between the two just now
            low, high = float(self._passed[row, node - 1]), low
            at += 1.0
        seconds = now_s - (low + (high - low) * (at - node))
        return seconds if math.isfinite(seconds) else None

    def _unwound(self, distance: Floats, first: int = 0) -> Floats:
        """The metres driven round and round that are nearest to what was known before."""
        known = self._progress[first : first + len(distance)]
        with np.errstate(invalid="ignore"):
            return distance + self.length_m * np.rint((known - distance) / self.length_m)

    def _follow(self, now_s: float, cars: Cars, distance: Floats, reached: Floats) -> None:
        moved, since = reached - self._progress, now_s - self._at
        followed = (moved <= np.minimum(since, LONGEST_GAP_S) * FASTEST_MPS + JITTER_M) & (moved >= -JITTER_M)
        if self._broken or not followed.all():
            lost = np.ones(len(cars), dtype=np.bool_) if self._broken else ~followed
            self._begin_anew(lost, distance, now_s)
            reached = np.where(lost, distance, reached)
            moved = reached - self._progress
        reached = np.maximum(reached, self._progress)
        node = np.floor(reached / self.node_m)
        passing = np.flatnonzero(node > self._node)
        if len(passing):
            self._pass(passing, node[passing], np.minimum(since, STUCK_S)[passing], reached[passing], now_s, cars)
        self._node, self._progress = node, reached
        np.copyto(self._at, now_s, where=moved > 0)

    def _pass(self, rows: Rows, node: Floats, lasted: Floats, reached: Floats, now_s: float, cars: Cars) -> None:
        """Note when each node between the places of before and of now was passed."""
        first = self._node[rows] + 1
        pace = lasted / (reached - self._progress[rows])
        for step in range(int((node - first).max()) + 1):
            of = np.flatnonzero(first + step <= node) if step else np.arange(len(rows))
            passed = first[of] + step
            at = now_s - (reached[of] - passed * self.node_m) * pace[of]
            place = np.mod(passed, self.nodes).astype(np.intp)
            for index in np.flatnonzero(place == 0).tolist():
                self._cross(int(rows[of[index]]), float(at[index]), cars)
            half_way = rows[of[place == self.nodes // 2]]
            self._lap[half_way] = cars.lap[half_way]
            self._passed[rows[of], place] = at

    def _cross(self, row: int, at_s: float, cars: Cars) -> None:
        """The line: what was driven since the last time is a lap if nothing of it is missing."""
        began = float(self._began[row])
        self._began[row] = at_s
        times = np.append(self._passed[row] - began, at_s - began)
        speed = self.length_m / float(times[-1]) if times[-1] > 0 else 0.0
        if SLOWEST_LAP_MPS <= speed <= FASTEST_LAP_MPS and bool(np.all(np.diff(times) >= 0)):
            trace = LapTrace(
                slot=int(cars.slot[row]),
                lap=int(self._lap[row]),
                class_name=cars.class_name[row],
                length_m=self.length_m,
                times=times,
                began_at_s=began,
                clean=not self._spoiled[row],
            )
            self.finished.append(trace)
        self._spoiled[row] = False

    def _begin_anew(self, rows: Bools, distance: Floats, now_s: float) -> None:
        """These cars are somewhere, and nobody saw how they got there."""
        self._progress[rows] = distance[rows]
        self._node[rows] = np.floor(distance[rows] / self.node_m)
        self._at[rows] = now_s
        self._began[rows] = math.nan
        self._passed[rows] = math.nan

    def _turn_back(self, now_s: float, reached: Floats) -> None:
        """Time was turned back, as games do for a driver who went off: what had come after has not happened."""
        self._passed[self._passed > now_s] = math.nan
        self._began[self._began > now_s] = math.nan
        self._progress, self._node = reached.copy(), np.floor(reached / self.node_m)
        self._at[:] = now_s
