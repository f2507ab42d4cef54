"""How fast this track is driven where: the ruler that turns metres between cars into seconds."""

from __future__ import annotations

import math

import numpy as np

from desktop_client.telemetry.frame import Bools, Floats

BIN_M = 10.0
MAX_BINS = 4096
SLOWEST_MPS = 5.0  # slower cars are parked, spinning or on the grid, and say nothing about the track
FASTEST_MPS = 200.0
NEWEST_WEIGHT = 0.2  # a standing start or a yellow flag is forgotten after a few cars


class Pace:
    """A reference speed for every ten metres of the lap, learned from every car that passes there.

    Where nobody has been seen yet the mean of what was seen stands in, so that a gap is distance / speed in the
    first seconds and becomes a true time gap as the track is learned, without a jump between the two.
    """

    def __init__(self, length_m: float) -> None:
        """`length_m` is the lap's length in metres, above zero."""
        self.length_m = length_m
        bins = min(MAX_BINS, max(1, math.ceil(length_m / BIN_M)))
        self._edges: Floats = np.linspace(0.0, length_m, bins + 1)
        self._speed: Floats = np.full(bins, np.nan)
        self._times: Floats | None = None

    def see(self, lap_distance_m: Floats, speed_mps: Floats, counted: Bools) -> None:
        """Learn from all cars at once; columns of one length, `counted` says which rows drive on the track."""
        with np.errstate(invalid="ignore"):
            use = counted & np.isfinite(lap_distance_m)
            use &= (speed_mps >= SLOWEST_MPS) & (speed_mps <= FASTEST_MPS)
        if not use.any():
            return
        share = np.mod(lap_distance_m[use], self.length_m) / self.length_m
        bins = np.minimum((share * len(self._speed)).astype(np.intp), len(self._speed) - 1)
        known = self._speed[bins]
        fresh = speed_mps[use]
        self._speed[bins] = np.where(np.isnan(known), fresh, known + NEWEST_WEIGHT * (fresh - known))
        self._times = None

    @property
    def lap_s(self) -> float | None:
        """The time of a whole lap at reference speed, or None while no car has been seen driving."""
        times = self._since_line()
        return None if times is None else float(times[-1])

    def time_at(self, lap_distance_m: Floats) -> Floats:
        """Seconds from the line to each place, 0 <= t < lap_s; not-a-number where the place is not known."""
        times = self._since_line()
        if times is None:
            return np.full(len(lap_distance_m), np.nan)
        with np.errstate(invalid="ignore"):
            return np.interp(np.mod(lap_distance_m, self.length_m), self._edges, times)

    def _since_line(self) -> Floats | None:
        if self._times is None:
            seen = ~np.isnan(self._speed)
            if not seen.any():
                return None
            speed = np.where(seen, self._speed, self._speed[seen].mean())
            self._times = np.concatenate(([0.0], np.cumsum(np.diff(self._edges) / speed)))
        return self._times


def signed_gap(time_s: Floats, own_time_s: float, lap_s: float) -> Floats:
    """The shorter way round the lap from the own car to each other, in seconds: positive is ahead.

    Both times are since the line; half a lap is the most that two cars can be apart.
    """
    return np.mod(time_s - own_time_s + lap_s / 2, lap_s) - lap_s / 2
