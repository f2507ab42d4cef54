"""What matters of a frame to whoever counts what a lap costs: where in which lap, and whether it is driven at pace."""

from __future__ import annotations

import math
from dataclasses import dataclass

from desktop_client.telemetry.frame import Flag, Frame, PitStatus, SafetyCar

YELLOWS = frozenset({Flag.YELLOW, Flag.DOUBLE_YELLOW, Flag.RED})
BEGINS_WITHIN = 0.02  # share of the lap: one that was first seen later was not seen whole


@dataclass(frozen=True, slots=True)
class Moment:
    at_s: float
    lap: int
    share: float  # of the lap, 0..1; not-a-number where the game does not say
    in_pit: bool
    slowed: bool = False  # a safety car, real or virtual, keeps the pace
    yellow: bool = False

    @property
    def near_line(self) -> bool:
        """Whether a lap that is first seen now is seen whole."""
        return self.share < BEGINS_WITHIN


def moment_of(frame: Frame, row: int) -> Moment:
    """The moment of the car in `row`."""
    session, cars = frame.session, frame.cars
    return Moment(
        at_s=frame.session_time_s,
        lap=int(cars.lap[row]),
        share=lap_share(frame, row),
        in_pit=session.in_garage or bool(cars.pit[row] != PitStatus.NONE),
        slowed=session.safety_car is not SafetyCar.NONE,
        yellow=not YELLOWS.isdisjoint(session.flags),
    )


def lap_share(frame: Frame, row: int) -> float:
    """How much of the lap this car has driven, 0..1; not-a-number where the game does not say.

    It is 0 on the grid, behind the first crossing of the line.
    """
    length = frame.session.track_length_m
    if length is None or not length > 0:
        return math.nan
    share = float(frame.cars.lap_distance_m[row]) / length
    return min(1.0, max(0.0, share)) if math.isfinite(share) else math.nan
