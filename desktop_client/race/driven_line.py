"""The circuit as far as it has been driven, for as long as nobody has its map."""

from __future__ import annotations

import math

import numpy as np

from desktop_client.race.corners import proposed
from desktop_client.race.track_shape import TrackShape
from desktop_client.telemetry.frame import Bools, Cars, Floats

BIN_M = 15.0
MAX_POINTS = 2048
STEP_M = 8.0
FARTHEST_M = 1e6  # no circuit is bigger than a country
TELEPORT_M = 120.0  # back to the pits, a flashback: the line breaks instead of crossing the country


class DrivenLine:
    """Places seen so far. With a lap length they are kept by lap distance, so that they become the whole lap.

    The driver's own line wins over the others', which fill what the driver has not reached yet. Without a lap
    length the driver's trail is kept, and thinned out by half whenever it is full.
    """

    def __init__(self, length_m: float | None) -> None:
        bins = MAX_POINTS if length_m is None else min(MAX_POINTS, max(8, math.ceil(length_m / BIN_M)))
        self._length_m = length_m
        self._xy: Floats = np.full((2, bins), np.nan)
        self._own = np.zeros(bins, dtype=np.bool_)
        self._used = 0
        self._step_m = STEP_M
        self._pieces: tuple[Floats, ...] | None = ()
        self.revision = 0

    @property
    def progress(self) -> float | None:
        """The share of the lap that is known, 0..1, or None where the length of the lap is not known."""
        if self._length_m is None:
            return None
        return float(np.isfinite(self._xy[0]).mean())

    def take(self, cars: Cars, on_track: Bools, own: int | None) -> None:
        """Remember where every car on the track is."""
        if self._length_m is None:
            if own is not None:
                self._follow(float(cars.x[own]), float(cars.y[own]))
        else:
            self._fill(cars, on_track, own, self._length_m)

    def whole_lap(self) -> TrackShape | None:
        """The circuit as learned, or None until every part of the lap has been driven.

        Smoothed over neighbours, because the parts come from different cars on different lines.
        """
        if self._length_m is None or np.isnan(self._xy[0]).any():
            return None
        x, y = (np.roll(self._xy, 1, axis=1) + 2 * self._xy + np.roll(self._xy, -1, axis=1)) / 4
        return TrackShape(x=x, y=y, length_m=self._length_m, corners=proposed(x, y, self._length_m))

    def pieces(self) -> tuple[Floats, ...]:
        """The line as unbroken pieces of shape (2, n), n >= 1, in driving direction."""
        if self._pieces is None:
            self._pieces = self._cut()
        return self._pieces

    def _cut(self) -> tuple[Floats, ...]:
        points = self._xy if self._length_m is not None else self._xy[:, : self._used]
        cuts = np.flatnonzero(np.diff(np.isfinite(points[0]).astype(np.int8))) + 1
        pieces = np.split(points, cuts, axis=1)
        return tuple(piece for piece in pieces if piece.shape[1] and np.isfinite(piece[0, 0]))

    def _fill(self, cars: Cars, on_track: Bools, own: int | None, length_m: float) -> None:
        somewhere = (np.abs(cars.x) < FARTHEST_M) & (np.abs(cars.y) < FARTHEST_M)  # false for not-a-number, too
        rows = np.flatnonzero(on_track & somewhere & np.isfinite(cars.lap_distance_m))
        mine = rows == (-1 if own is None else own)
        rows, mine = np.append(rows[~mine], rows[mine]), np.sort(mine)  # of two cars at one place the last one stays
        bins = np.mod(cars.lap_distance_m[rows], length_m) / length_m * self._xy.shape[1]
        bins = np.minimum(bins.astype(np.intp), self._xy.shape[1] - 1)
        new = np.isnan(self._xy[0, bins]) | (mine & ~self._own[bins])
        if new.any():
            self._xy[:, bins[new]] = np.stack((cars.x[rows[new]], cars.y[rows[new]]))
            self._own[bins[new & mine]] = True
            self._grown()

    def _follow(self, x: float, y: float) -> None:
        if not (abs(x) < FARTHEST_M and abs(y) < FARTHEST_M):
            return
        if self._used:
            last_x, last_y = self._xy[:, self._used - 1]
            moved = math.hypot(x - last_x, y - last_y)
            if moved < self._step_m:
                return
            if moved > TELEPORT_M + self._step_m:
                self._append(math.nan, math.nan)
        self._append(x, y)

    def _append(self, x: float, y: float) -> None:
        if self._used == self._xy.shape[1]:
            self._used //= 2
            self._xy[:, : self._used] = self._xy[:, ::2]
            self._step_m *= 2
        self._xy[:, self._used] = (x, y)
        self._used += 1
        self._grown()

    def _grown(self) -> None:
        self._pieces = None
        self.revision += 1
