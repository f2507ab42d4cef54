"""What a way through the pit lane costs here: measured on every car that is seen to drive through it."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass
from statistics import median

import numpy as np

from desktop_client.race.pace import Pace
from desktop_client.telemetry.frame import Bools, CarStatus, Floats, Frame, Ints, PitStatus, SafetyCar, SessionKind

MAX_SLOT = 255
KEPT = 15
STANDS_MPS = 0.5
SHORTEST_STOP_S = 1.0  # whoever stood for less drove through
LONGEST_FRAME_S = 1.0
LONGEST_LANE = 0.45  # share of the lap
BELIEVABLE_S = (2.0, 120.0)

USUAL_LANE_M = 380.0
USUAL_LIMIT_MPS = 80 / 3.6
USUAL_SPEED_MPS = 55.0  # past the pits, where the pace is not known
SLOWING_S = 3.0  # lost while braking for the lane and accelerating out of it
USUAL_STOP_S = 3.0


@dataclass(frozen=True, slots=True)
class Loss:
    """Seconds that a stop costs against staying out: the lane without the standing, and the standing."""

    lane_s: float
    stand_s: float
    lane_measured: bool
    stand_measured: bool

    @property
    def whole_s(self) -> float:
        return self.lane_s + self.stand_s


class PitLoss:
    """Columns by slot of who is in the lane since when, and the newest `KEPT` measurements. None from a safety car."""

    def __init__(self) -> None:
        self._lanes: deque[float] = deque(maxlen=KEPT)
        self._stands: deque[float] = deque(maxlen=KEPT)
        self._entered_s: Floats = np.full(MAX_SLOT + 1, np.nan)
        self._entered_m: Floats = np.full(MAX_SLOT + 1, np.nan)
        self._stood_s: Floats = np.zeros(MAX_SLOT + 1)
        self._in_lane: Bools = np.zeros(MAX_SLOT + 1, dtype=np.bool_)
        self._seen: Ints = np.zeros(0, dtype=np.int32)  # the slots of the frame before
        self._is_empty = True
        self._now_s = math.nan
        self.box_m: float | None = None  # where on the lap the driver's own box is, once the car stood there

    def take(self, frame: Frame, pace: Pace | None, own: int | None) -> None:
        """Remember one frame; nearly free while nobody is in the lane."""
        cars, now = frame.cars, frame.session_time_s
        passed, before = now - self._now_s, self._seen
        self._now_s, self._seen = now, cars.slot
        if self._is_empty and not cars.pit.any():
            return
        if len(cars) and (cars.slot.min() < 0 or cars.slot.max() > MAX_SLOT):
            return
        in_lane = cars.pit != PitStatus.NONE
        was_in_lane = self._in_lane[cars.slot]
        entered = in_lane & ~was_in_lane
        if entered.any():
            self._enter(frame, entered, before)
        with np.errstate(invalid="ignore"):
            stands = in_lane & np.where(
                np.isnan(cars.speed_mps), cars.pit == PitStatus.IN_BOX, cars.speed_mps < STANDS_MPS
            )
        if 0 < passed < LONGEST_FRAME_S and stands.any():
            self._stood_s[cars.slot[stands]] += passed
        if own is not None and stands[own] and self._stood_s[cars.slot[own]] > SHORTEST_STOP_S:
            place = float(cars.lap_distance_m[own])
            self.box_m = place if math.isfinite(place) else self.box_m
        if pace is not None:
            for row in np.flatnonzero(was_in_lane & ~in_lane).tolist():
                self._leave(frame, pace, row)
        self._in_lane[:] = False  # also of those who left the session from there
        self._in_lane[cars.slot] = in_lane
        self._is_empty = not in_lane.any()

    def loss(self, limit_mps: float | None, pace: Pace | None) -> Loss:
        """The median of what was seen; before that what a usual lane costs at this limit."""
        lane = median(self._lanes) if self._lanes else usual_lane_s(limit_mps, pace)
        stand = median(self._stands) if self._stands else USUAL_STOP_S
        return Loss(lane, stand, bool(self._lanes), bool(self._stands))

    def visit_s(self, slot: int) -> tuple[float | None, float]:
        """Seconds that a car has been in the lane, None if its entry was not seen, and how many of them it stood."""
        if not (0 <= slot <= MAX_SLOT and self._in_lane[slot]):
            return None, 0.0
        since = self._now_s - float(self._entered_s[slot])
        return since if math.isfinite(since) and since >= 0 else None, float(self._stood_s[slot])

    def _enter(self, frame: Frame, entered: Bools, before: Ints) -> None:
        """Only who drives in from the track is timed: a car put back into its garage never saw the entry."""
        cars = frame.cars
        slots = cars.slot[entered]
        timed = np.isin(slots, before) & (cars.pit[entered] == PitStatus.PIT_LANE)
        self._entered_s[slots] = np.where(timed, frame.session_time_s, np.nan)
        self._entered_m[slots] = cars.lap_distance_m[entered]
        self._stood_s[slots] = 0.0

    def _leave(self, frame: Frame, pace: Pace, row: int) -> None:
        cars, slot, lap_s = frame.cars, int(frame.cars.slot[row]), pace.lap_s
        in_lane_s, stood = self._now_s - float(self._entered_s[slot]), float(self._stood_s[slot])
        ends = np.array([self._entered_m[slot], cars.lap_distance_m[row]])
        slowed = frame.session.safety_car is not SafetyCar.NONE
        if lap_s is None or slowed or cars.status[row] != CarStatus.RUNNING or not np.isfinite(ends).all():
            return
        if (ends[1] - ends[0]) % pace.length_m > LONGEST_LANE * pace.length_m:
            return
        entry_s, exit_s = pace.time_at(ends)
        lost = in_lane_s - stood - (float(exit_s) - float(entry_s)) % lap_s
        if not BELIEVABLE_S[0] <= lost <= BELIEVABLE_S[1]:
            return
        self._lanes.append(lost)
        if frame.session.kind is SessionKind.RACE and SHORTEST_STOP_S <= stood <= BELIEVABLE_S[1]:
            self._stands.append(stood)


def usual_lane_s(limit_mps: float | None, pace: Pace | None) -> float:
    """What a lane of the usual length costs at a limit in metres per second, without the standing."""
    known = limit_mps is not None and math.isfinite(limit_mps) and limit_mps > 5
    limit = limit_mps if limit_mps is not None and known else USUAL_LIMIT_MPS
    lap_s = None if pace is None else pace.lap_s
    speed = USUAL_SPEED_MPS if pace is None or lap_s is None else max(limit, pace.length_m / lap_s)
    return USUAL_LANE_M / limit - USUAL_LANE_M / speed + SLOWING_S
