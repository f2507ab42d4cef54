"""The stopwatch of a race: passages, laps and references of every car, fed together and forgotten together."""

from __future__ import annotations

from typing import Final

import numpy as np

from desktop_client.race.lap_times import LapTimes
from desktop_client.race.laps import LapLog
from desktop_client.race.passages import Passages
from desktop_client.race.reference import LapTrace, References
from desktop_client.race.seats import Seats
from desktop_client.telemetry.frame import Frame, SafetyCar

LENGTH_TOLERANCE_M: Final = 1.0
NO_SAFETY_CAR: Final = SafetyCar.NONE


class Timing:
    """What is remembered of times in one session."""

    def __init__(self) -> None:
        self.passages: Passages | None = None
        self.references = References()
        self.laps = LapLog()
        self.lap_times = LapTimes()
        self._seats = Seats()

    def take(self, frame: Frame, own: int | None) -> None:
        """Remember one frame; `own` is the row of the driver's own car."""
        cars = frame.cars
        moves = self._seats.moves(cars.slot)
        if moves is not None:
            self.lap_times.reseat(moves)
            if self.passages is not None:
                self.passages.reseat(moves)
        self._measure_track(frame.session.track_length_m, len(cars))
        green = frame.session.safety_car is NO_SAFETY_CAR
        finished: list[LapTrace] = []
        if self.passages is not None:
            self.passages.take(frame.session_time_s, cars, green=green)
            finished = self.passages.finished
        self.lap_times.take(frame.session_time_s, cars, finished, green=green)
        if finished:
            self.references.take(finished, None if own is None else int(cars.slot[own]))
        if own is not None:
            self.laps.take(frame, own, finished)

    def _measure_track(self, length_m: float | None, cars: int) -> None:
        """Games say the length a moment after the session begins; what depends on it starts then."""
        if length_m is None or not 0 < length_m < np.inf:
            return
        if self.passages is None or abs(self.passages.length_m - length_m) > LENGTH_TOLERANCE_M:
            self.passages = Passages(length_m)
            self.passages.reseat(np.full(cars, -1, dtype=np.intp))
            self.references = References()
