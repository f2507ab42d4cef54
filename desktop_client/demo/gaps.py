"""Gaps as a timekeeper takes them: when was the other car where this one is now?"""

from __future__ import annotations

import numpy as np

from desktop_client.telemetry.frame import Floats, Ints

SPACING_M = 25.0
SHORTEST_S = 0.001  # side by side: 0 would say that nothing was measured


class Gaps:
    """The instants at which every car passed marks painted every 25 m along the whole race distance."""

    def __init__(self, cars: int, race_m: float) -> None:
        self._passed_at = np.full((cars, int(race_m / SPACING_M) + 2), np.nan)

    def record(self, dt: float, now: float, before: Floats, after: Floats) -> None:
        """Note who reached a mark within the step that ended at `now`; `before` and `after` are total metres."""
        mark = np.floor(after / SPACING_M).astype(np.intp)
        reached = (mark > np.floor(before / SPACING_M)) & (mark >= 0) & (mark < self._passed_at.shape[1])
        rows = np.flatnonzero(reached)
        beyond = after[rows] - mark[rows] * SPACING_M
        self._passed_at[rows, mark[rows]] = now - dt * beyond / (after[rows] - before[rows])

    def behind(self, other: Ints, now: float, distance: Floats, speed: Floats) -> Floats:
        """Seconds since the rows `other` were at `distance`; 0 where they have not been. `speed` is every row's."""
        last = self._passed_at.shape[1] - 2
        mark = np.clip(np.floor(distance / SPACING_M), 0, last).astype(np.intp)
        share = np.clip(distance / SPACING_M - mark, 0.0, 1.0)
        first, second = self._passed_at[other, mark], self._passed_at[other, mark + 1]
        # the other car may still be between the two marks: then its own speed has to do
        second = np.where(np.isnan(second), first + SPACING_M / np.maximum(speed[other], 1.0), second)
        gap = now - (first + (second - first) * share)
        return np.where(np.isnan(gap) | (distance < 0), 0.0, np.maximum(gap, SHORTEST_S))
