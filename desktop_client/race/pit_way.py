"""Where the pit lane begins, ends, and leads along: by the newest car that was seen all through it."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from desktop_client.race.recorded_lap import PitWay
from desktop_client.race.seats import Seats, carried
from desktop_client.race.trails import Trails
from desktop_client.telemetry.frame import Bools, Cars, CarStatus, Floats, Frame, PitStatus

MOST: Final = 30
LONGEST: Final = 500  # places: two and a half kilometres
LOOKS_EVERY_S: Final = 0.195  # a little less than a fifth: on a clock of sixty every twelfth frame
LONGEST_GAP_S: Final = 1.0
FASTEST_MPS: Final = 60.0
SLACK_M: Final = 8.0
SHORTEST_M: Final = 80.0
LONGEST_SHARE: Final = 0.45  # of the lap
SAME_LENGTH: Final = 0.3  # by how much of the distance in the lap the way may be longer or shorter


class PitWatch:
    """Feed it every frame; it looks at five a second. The newest car that was seen in, through and out again counts."""

    def __init__(self) -> None:
        self._seats = Seats()
        self._trails = Trails(MOST, LONGEST)
        self._looked_at = -math.inf
        self._places: Floats = np.zeros((0, 2))
        self._distance: Floats = np.zeros(0)
        self._was_in: Bools = np.zeros(0, dtype=np.bool_)
        self._entry_m: Floats = np.zeros(0)  # of who is in the lane, and was seen to come in
        self._way: PitWay | None = None

    def take(self, frame: Frame) -> None:
        """Look at this frame, if it is time."""
        session = frame.session
        seconds = frame.session_time_s - self._looked_at
        if 0 <= seconds < LOOKS_EVERY_S or session.paused or session.replay:
            return
        self._looked_at = frame.session_time_s
        cars = frame.cars
        moves = self._seats.moves(cars.slot)
        if moves is not None:
            self._trails.carry(moves)
            self._places, self._distance = carried(self._places, moves, np.nan), carried(self._distance, moves, np.nan)
            self._was_in, self._entry_m = carried(self._was_in, moves, 1), carried(self._entry_m, moves, np.nan)
        places = np.column_stack((cars.x, cars.y))
        in_lane = cars.pit != PitStatus.NONE
        if in_lane.any() or self._was_in.any():
            self._follow(cars, places, in_lane, seconds, session.track_length_m)
        self._places, self._distance, self._was_in = places, cars.lap_distance_m, in_lane

    def way(self, limit_mps: float | None) -> PitWay | None:
        """The pit lane as it was driven through; None while nobody was."""
        way = self._way
        return None if way is None else PitWay(way.entry_m, way.exit_m, limit_mps, way.points)

    def _follow(self, cars: Cars, places: Floats, in_lane: Bools, seconds: float, length_m: float | None) -> None:
        drove_on = self._drove_on(cars, places, seconds, length_m)
        halfway = (self._distance + cars.lap_distance_m) / 2
        halfway = np.where(cars.lap_distance_m >= self._distance, halfway, cars.lap_distance_m)
        came_in, left = in_lane & ~self._was_in & drove_on, self._was_in & ~in_lane & drove_on
        self._entry_m[~drove_on] = np.nan
        self._entry_m[came_in] = halfway[came_in]
        for row in np.flatnonzero(left & np.isfinite(self._entry_m)).tolist():
            self._way = _whole(self._entry_m[row], halfway[row], self._trails.of(row), length_m) or self._way
        self._entry_m[~in_lane] = np.nan
        draws = np.isfinite(self._entry_m) & np.isfinite(places).all(axis=1)
        self._trails.take(places, draws, came_in)

    def _drove_on(self, cars: Cars, places: Floats, seconds: float, length_m: float | None) -> Bools:
        """Who got from the last look to this one by driving: by place, or where there is none by distance."""
        if not 0 < seconds <= LONGEST_GAP_S:
            return np.zeros(len(cars), dtype=np.bool_)
        way = places - self._places
        moved = np.hypot(way[:, 0], way[:, 1])
        driven = cars.lap_distance_m - self._distance
        if length_m is not None:
            driven = np.abs(np.mod(driven + length_m / 2, length_m) - length_m / 2)
        near = np.where(np.isfinite(moved), moved, driven) <= FASTEST_MPS * seconds + SLACK_M
        return near & np.isfinite(driven) & (cars.status == CarStatus.RUNNING)


def _whole(entry_m: float, exit_m: float, points: Floats, length_m: float | None) -> PitWay | None:
    """The lane of one visit; None where it is no lane, and without its way where that is not all of it."""
    whole = exit_m - entry_m if length_m is None else (exit_m - entry_m) % length_m
    if whole < SHORTEST_M or (length_m is not None and whole > LONGEST_SHARE * length_m):
        return None
    way = float(np.hypot(*np.diff(points, axis=0).T).sum()) if len(points) > 1 else 0.0
    is_all = abs(way - whole) <= SAME_LENGTH * whole
    return PitWay(float(entry_m), float(exit_m), None, points if is_all else np.zeros((0, 2)))
