"""Which numbers a game may say at all: what lies outside becomes not-a-number and is counted as absurd.

A value that means "there is none" in a game's own way is to be taken out before, since it is no absurdity.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from desktop_client.telemetry.frame import Floats
from desktop_client.telemetry.source import Health

FARTHEST_M = 100_000.0
HIGHEST_M = 10_000.0
FASTEST_MPS = 150.0
LONGEST_S = 86_400.0
COLDEST_C, HOTTEST_C = -100.0, 2500.0  # of air, tyres, fluids and brake discs alike
MOST_LITRES = 1000.0
FASTEST_RPM = 30_000.0


def column(values: NDArray[Any], low: float, high: float, health: Health) -> Floats:
    """A fresh column of these values, each within [low, high] or not-a-number."""
    floats = values.astype(np.float64)
    sane = (floats >= low) & (floats <= high)
    if not sane.all():
        health.absurd += int(np.count_nonzero(~sane))
        floats[~sane] = np.nan
    return floats


def times(seconds: NDArray[Any], health: Health) -> Floats:
    """A fresh column of lap or sector times; zero and less mean that there is none."""
    floats = seconds.astype(np.float64)
    none = floats <= 0
    absurd = ~none & ~(floats <= LONGEST_S)
    health.absurd += int(np.count_nonzero(absurd))
    floats[none | absurd] = np.nan
    return floats


def number(value: Any, low: float, high: float, health: Health) -> float:
    """The value, or not-a-number."""
    if low <= value <= high:
        return float(value)
    health.absurd += 1
    return math.nan


def optional(value: Any, low: float, high: float, health: Health) -> float | None:
    """The value, or None."""
    if low <= value <= high:
        return float(value)
    health.absurd += 1
    return None
