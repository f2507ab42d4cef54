"""The ways of other cars: they drive where the driver does not, and so show how wide the road is."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from desktop_client.race.seats import Seats, carried
from desktop_client.race.trails import Trails
from desktop_client.telemetry.frame import Bools, Capability, Cars, CarStatus, Floats, Frame, Ints, PitStatus

MOST: Final = 60
LONGEST: Final = 1_500  # places: a lap of 7 km and more; a longer one comes in pieces
LOOKS_EVERY_S: Final = 0.195  # a little less than a fifth: on a clock of sixty every twelfth frame
LONGEST_GAP_S: Final = 1.0
SLOWEST_MPS: Final = 3.0
FASTEST_MPS: Final = 120.0
SLACK_M: Final = 8.0


class OtherCars:
    """Feed it every frame; it looks at five a second and draws every car that drives on the road, lap by lap.

    A way ends where its car is moved, comes in, leaves the road, stands, or is out of the race.
    """

    def __init__(self) -> None:
        self._seats = Seats()
        self._trails = Trails(MOST, LONGEST)
        self._looked_at = -math.inf
        self._places: Floats = np.zeros((0, 2))
        self._laps: Ints = np.zeros(0, dtype=np.int32)

    def take(self, frame: Frame, own: int | None) -> None:
        """Look at this frame, if it is time; `own` is the driver's row, which is left out."""
        session = frame.session
        seconds = frame.session_time_s - self._looked_at
        if 0 <= seconds < LOOKS_EVERY_S or session.paused or session.replay:
            return
        if Capability.OPPONENT_POSITION not in frame.capabilities:
            return
        self._looked_at = frame.session_time_s
        cars = frame.cars
        moves = self._seats.moves(cars.slot)
        if moves is not None:
            self._trails.carry(moves)
            self._places, self._laps = carried(self._places, moves, np.nan), carried(self._laps, moves, -1)
        places = np.column_stack((cars.x, cars.y))
        drives = _drives(cars, _moved(self._places, places), seconds)
        if own is not None:
            drives[own] = False
        self._trails.take(places, drives, cars.lap != self._laps)
        self._places, self._laps = places, cars.lap

    def given(self) -> tuple[Floats, ...]:
        """The ways that were drawn since the last time this was asked, (m, 2) each, oldest first."""
        return self._trails.given()


def _moved(before: Floats, now: Floats) -> Floats:
    way = now - before
    return np.hypot(way[:, 0], way[:, 1])


def _drives(cars: Cars, moved: Floats, seconds: float) -> Bools:
    """Who has driven on along the road since the last look, and was not moved by anything else."""
    if not 0 < seconds <= LONGEST_GAP_S:
        return np.zeros(len(cars), dtype=np.bool_)
    speed = np.where(np.isfinite(cars.speed_mps), cars.speed_mps, FASTEST_MPS)
    on_road = (cars.pit == PitStatus.NONE) & (cars.status == CarStatus.RUNNING) & ~cars.off_track
    return on_road & (moved >= SLOWEST_MPS * seconds) & (moved <= 1.5 * speed * seconds + SLACK_M)
