"""Where the pit lane leaves the circuit, runs beside it and comes back: from the map, or from the cars that use it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from desktop_client.telemetry.frame import Cars, Floats, PitStatus

BIN_M: Final = 15.0
MAX_BINS: Final = 2048
ROLLS_MPS: Final = 3.0  # slower is a car at its box or pushed into the garage: beside the lane, not on it
FARTHEST_M: Final = 80.0  # from the line: further off it is another road
BESIDE_M: Final = 14.0  # how far from the line a lane is taken to lie where nobody says
SHORTEST_M: Final = 120.0  # of what has been seen, before it is shown as a lane
LONGEST_SHARE: Final = 0.45  # of the lap
FEWEST_SEEN: Final = 0.5  # of the lane's own length
NEWS_M = 100.0  # a lane that grows is drawn anew in such steps: the whole map is painted for it


@dataclass(frozen=True, slots=True, eq=False)
class PitLane:
    """From `entry_m` to `exit_m`, metres after the line; the exit is the smaller one across the line.

    `offset_m` is how far to the left of the line the lane lies, at places evenly spread from entry to exit.
    """

    entry_m: float
    exit_m: float
    offset_m: Floats

    def places_m(self, length_m: float) -> Floats:
        """The places along the lap that the offsets belong to."""
        whole = (self.exit_m - self.entry_m) % length_m
        return self.entry_m + np.linspace(0.0, whole, len(self.offset_m))


class PitTrail:
    """Where cars have been seen driving in the pit lane, by lap distance and without end: at most `MAX_BINS` places."""

    def __init__(self, length_m: float) -> None:
        self._length_m = length_m
        self._bins = min(MAX_BINS, max(8, math.ceil(length_m / BIN_M)))
        self._seen = np.zeros(self._bins, dtype=np.bool_)
        self._xy: Floats = np.full((2, self._bins), np.nan)
        self._lane: tuple[Floats, PitLane | None] | None = None
        self._news = 0  # places seen since the lane was worked out

    def take(self, cars: Cars) -> None:
        """Remember every car that drives in the pit lane; nearly free while none does."""
        in_pits = cars.pit != PitStatus.NONE
        if not in_pits.any():
            if self._news:  # the visit is over, and with it the growing
                self._lane, self._news = None, 0
            return
        with np.errstate(invalid="ignore"):
            rows = np.flatnonzero(in_pits & ~(cars.speed_mps < ROLLS_MPS) & np.isfinite(cars.lap_distance_m))
            places = np.mod(cars.lap_distance_m[rows], self._length_m) / self._length_m * self._bins
        places = np.minimum(places.astype(np.intp), self._bins - 1)
        new = ~self._seen[places]
        if new.any():
            self._seen[places[new]] = True
            self._xy[:, places[new]] = np.stack((cars.x[rows[new]], cars.y[rows[new]]))
            self._news += int(np.count_nonzero(new))
            if self._news * self._length_m / self._bins >= NEWS_M:
                self._lane, self._news = None, 0

    def stretch(self) -> tuple[int, int] | None:
        """First place and number of places of the lane, or None until enough of one lane has been seen."""
        seen = np.flatnonzero(self._seen)
        if len(seen) < 2:
            return None
        gaps = np.diff(np.append(seen, seen[0] + self._bins))
        widest = int(np.argmax(gaps))
        first, last = int(seen[(widest + 1) % len(seen)]), int(seen[widest])
        count = (last - first) % self._bins + 1
        long_enough = len(seen) * self._length_m / self._bins >= SHORTEST_M
        is_one_lane = len(seen) / count >= FEWEST_SEEN and count <= LONGEST_SHARE * self._bins
        return (first, count) if long_enough and is_one_lane else None

    def lane(self, line_x: Floats, line_y: Floats) -> PitLane | None:
        """The lane beside a closed line whose first point is the start of the lap; None until it is known."""
        if self._lane is None or self._lane[0] is not line_x:
            self._lane = (line_x, self._found(line_x, line_y))
        return self._lane[1]

    def _found(self, line_x: Floats, line_y: Floats) -> PitLane | None:
        found = self.stretch()
        if found is None:
            return None
        first, count = found
        bins = np.arange(first, first + count) % self._bins
        offset = _beside(line_x, line_y, bins / self._bins, self._xy[:, bins])
        known = np.isfinite(offset) & (np.abs(offset) < FARTHEST_M)
        if known.any():
            offset = np.interp(np.arange(count), np.flatnonzero(known), offset[known])
        else:
            offset = np.full(count, inside(line_x, line_y) * BESIDE_M)
        width = self._length_m / self._bins
        return PitLane(first * width, (first + count) * width % self._length_m, offset)


def inside(x: Floats, y: Floats) -> float:
    """Which side of a closed line its inside is: 1 left, for one that runs anticlockwise, -1 right."""
    area = float(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1)))
    return 1.0 if area >= 0 else -1.0


def _beside(line_x: Floats, line_y: Floats, share: Floats, at: Floats) -> Floats:
    """How far to the left of the line each place lies, given the share of the lap it belongs to."""
    nearest = np.round(share * len(line_x)).astype(np.intp) % len(line_x)
    ahead = (nearest + 1) % len(line_x)
    along_x, along_y = line_x[ahead] - line_x[nearest - 1], line_y[ahead] - line_y[nearest - 1]
    length = np.maximum(1e-9, np.hypot(along_x, along_y))
    return (along_x * (at[1] - line_y[nearest]) - along_y * (at[0] - line_x[nearest])) / length
