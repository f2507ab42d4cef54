"""Did a car crawl through the pit lane? For games that do not say, the speeds of the lap do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

STEADY_MPS: Final = 0.75  # a limiter holds the speed so well, and no foot does for long
FASTEST_LIMIT_MPS: Final = 30.0
SLOWER_THAN: Final = 0.6  # of the lap's best speed: a slow car flat out is no car in the pit lane


def longest_crawl_s(speeds: Sequence[float], steps: Sequence[float]) -> float:
    """The longest time at one slow speed, as behind a limiter, in seconds.

    `speeds` are metres per second, `steps` the seconds that passed before each of them.
    """
    speed, step = np.asarray(speeds, dtype=np.float64), np.asarray(steps, dtype=np.float64)
    known = np.isfinite(speed)
    speed, step = speed[known], step[known]
    if len(speed) < 2:
        return 0.0
    limit = min(FASTEST_LIMIT_MPS, SLOWER_THAN * float(speed.max()))
    # A stretch ends where the speed leaves the band that it is in: the bands lie over each other by half, so that
    # a steady speed at the edge of one is in the middle of another.
    return max(_longest_in_band(speed, step, limit, shift) for shift in (0.0, STEADY_MPS))


def _longest_in_band(speed: np.ndarray, step: np.ndarray, limit: float, shift: float) -> float:
    band = np.floor((speed + shift) / (2 * STEADY_MPS))
    starts = np.concatenate(([0], np.flatnonzero(np.diff(band)) + 1))
    lasted = np.add.reduceat(np.where(speed < limit, step, 0.0), starts)
    return float(lasted.max())
