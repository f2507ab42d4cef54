"""What each lap did to the battery."""

from __future__ import annotations

import math

from desktop_client.race.moment import Moment


class EnergyLaps:
    """The store at the line, and what the last whole lap added to it or took from it; shares of a full battery."""

    def __init__(self) -> None:
        self._lap: int | None = None
        self._at_line: float | None = None
        self.last_lap: float | None = None  # the balance of the last whole lap
        self.this_lap: float | None = None  # of this one so far

    def take(self, moment: Moment, store: float) -> None:
        """Remember the store (0..1) at a moment."""
        if not 0 <= store <= 1:
            return
        if moment.lap != self._lap:
            in_order = self._lap is not None and moment.lap == self._lap + 1
            whole = moment.near_line or (in_order and math.isnan(moment.share))
            counts = in_order and whole and self._at_line is not None
            self.last_lap = store - self._at_line if counts and self._at_line is not None else None
            self._at_line = store if whole else None
            self._lap = moment.lap
        self.this_lap = None if self._at_line is None else store - self._at_line
