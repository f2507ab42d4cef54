"""The last laps of every car: what two drivers' pace is compared by."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from desktop_client.race.reference import LapTrace
from desktop_client.race.seats import Moves, carried
from desktop_client.telemetry.frame import SECTORS, Bools, Cars, Floats, Ints, PitStatus

KEPT_LAPS: Final = 8
LONGEST_LAP_S: Final = 3600.0
SUM_TOLERANCE_S: Final = 0.05
LOOK_EVERY_S: Final = 0.2
ON_TRACK: Final = int(PitStatus.NONE)


class LapTimes:
    """`KEPT_LAPS` laps of every car as columns, the newest first; nan and 0 where there is none.

    The game's own times count; of a car that it times no laps of, the laps that were seen from line to line do.
    """

    def __init__(self) -> None:
        self.lap_s: Floats = np.zeros((0, KEPT_LAPS))
        self.sector_s: Floats = np.zeros((0, KEPT_LAPS, SECTORS))
        self.number: Ints = np.zeros((0, KEPT_LAPS), dtype=np.int32)
        self.clean: Bools = np.zeros((0, KEPT_LAPS), dtype=np.bool_)  # on the track throughout, under green
        self._looked_s = np.nan
        self._told: Floats = np.zeros(0)
        self._hindered: Bools = np.zeros(0, dtype=np.bool_)

    def reseat(self, moves: Moves) -> None:
        """Follow the cars into their rows of now."""
        self.lap_s = carried(self.lap_s, moves, np.nan)
        self.sector_s = carried(self.sector_s, moves, np.nan)
        self.number = carried(self.number, moves, 0)
        self.clean = carried(self.clean, moves, 0)
        self._told = carried(self._told, moves, np.nan)
        self._hindered = carried(self._hindered, moves, 1)

    def take(self, now_s: float, cars: Cars, finished: Sequence[LapTrace], *, green: bool = True) -> None:
        """See what the game says of the last laps, and which were `finished` with this frame."""
        if not finished and 0 <= now_s - self._looked_s < LOOK_EVERY_S:
            return
        self._looked_s = now_s
        told = cars.last_lap_s
        with np.errstate(invalid="ignore"):
            news = (told != self._told) & (told > 0) & (told < LONGEST_LAP_S)
        if news.any():
            rows = np.flatnonzero(news)
            known = np.isfinite(self._told[rows])
            # The first time that is heard may be of a lap of long ago, driven who knows how.
            self._push(rows, told[rows], cars.lap[rows] - 1, ~self._hindered[rows] & known)
            self._told[rows] = told[rows]
            self._hindered[rows] = False
        for lap in finished:
            row = np.flatnonzero((cars.slot == lap.slot) & np.isnan(told))
            if len(row):
                self._push(row, np.array([lap.lap_s]), np.array([lap.lap]), ~self._hindered[row])
                self._hindered[row] = False
        with np.errstate(invalid="ignore"):  # games tell the sectors of a lap some time after the lap
            belongs = np.abs(cars.last_sector_s.sum(axis=1) - self.lap_s[:, 0]) <= SUM_TOLERANCE_S
        self.sector_s[belongs, 0] = cars.last_sector_s[belongs]
        self._hindered |= cars.pit != ON_TRACK
        self._hindered |= not green

    def _push(self, rows: NDArray[np.intp], lap_s: Floats, number: Ints, clean: Bools) -> None:
        for column, newest in (
            (self.lap_s, lap_s),
            (self.sector_s, np.nan),
            (self.number, number),
            (self.clean, clean),
        ):
            column[rows, 1:] = column[rows, :-1]
            column[rows, 0] = newest
