"""What every car did in the pits: stops and laps since the last one, counted for games that do not tell."""

from __future__ import annotations

import numpy as np

from desktop_client.telemetry.frame import Bools, Cars, Frame, Ints, PitStatus, SessionKind

MAX_SLOT = 255
STANDS_MPS = 1.0
LOOKS_EVERY_S = 0.2  # nobody is in and out of the pits sooner


class PitVisits:
    """Columns by slot. A visit is a stop if the car stood: a drive-through penalty is none.

    A car that has not been on the track before it leaves the pits has not stopped: it has begun.
    """

    def __init__(self) -> None:
        self._stops: Ints = np.zeros(MAX_SLOT + 1, dtype=np.int32)
        self._left_on_lap: Ints = np.full(MAX_SLOT + 1, -1, dtype=np.int32)
        self._looked_at = -LOOKS_EVERY_S
        self._was_on_track: Bools = np.zeros(MAX_SLOT + 1, dtype=np.bool_)
        self._in_lane: Bools = np.zeros(MAX_SLOT + 1, dtype=np.bool_)
        self._stood: Bools = np.zeros(MAX_SLOT + 1, dtype=np.bool_)

    def take(self, frame: Frame) -> None:
        """Remember who is in the pit lane now; looks at a few frames a second and lets the others pass."""
        cars = frame.cars
        if abs(frame.at - self._looked_at) < LOOKS_EVERY_S:
            return
        self._looked_at = frame.at
        if len(cars) and (cars.slot.min() < 0 or cars.slot.max() > MAX_SLOT):
            return
        in_lane = cars.pit != PitStatus.NONE
        self._was_on_track[cars.slot] |= ~in_lane
        left = self._in_lane[cars.slot] & ~in_lane
        out = cars.slot[left]
        self._left_on_lap[out] = cars.lap[left]
        if frame.session.kind is SessionKind.RACE:
            self._stops[out] += self._stood[out]
        stands = (cars.pit == PitStatus.IN_BOX) | (cars.speed_mps < STANDS_MPS)
        stands &= self._was_on_track[cars.slot]
        self._stood[cars.slot] = in_lane & (stands | self._stood[cars.slot])
        self._in_lane[cars.slot] = in_lane

    def stops(self, cars: Cars) -> Ints:
        """Stops of every car: the game's count where it gives one, else those that were seen."""
        return np.where(cars.pit_stops >= 0, cars.pit_stops, self._of(cars, self._stops, 0)).astype(np.int32)

    def stint_laps(self, cars: Cars) -> Ints:
        """Laps on these tyres: the game's count, else since the car left the pits; -1 where neither is known."""
        left = self._of(cars, self._left_on_lap, -1)
        never_stopped = (cars.pit_stops == 0) & (cars.lap > 0)
        begun_on = np.where(left >= 0, left, np.where(never_stopped, 1, cars.lap + 1))
        counted = np.maximum(-1, cars.lap - begun_on)
        return np.where(cars.tyre_age_laps >= 0, cars.tyre_age_laps, counted).astype(np.int32)

    def on_out_lap(self, cars: Cars) -> Bools:
        """Which cars are on the lap on which they left the pits."""
        return (self._of(cars, self._left_on_lap, -1) == cars.lap) & (cars.pit == PitStatus.NONE)

    def _of(self, cars: Cars, column: Ints, unknown: int) -> Ints:
        kept = (cars.slot >= 0) & (cars.slot <= MAX_SLOT)
        return np.where(kept, column[np.where(kept, cars.slot, 0)], unknown).astype(np.int32)
