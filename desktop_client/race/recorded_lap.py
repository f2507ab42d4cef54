"""A lap as it is being driven, as it is when it is over, and as it is given away."""

from __future__ import annotations

import enum
import math
from array import array
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

from contracts.tracks import Coordinates
from desktop_client.telemetry.frame import Floats, Ints, Session

SPACING_M: Final = 0.5
MAX_POINTS: Final = 20_000
LONGEST_LAP_S: Final = 900.0
SLOWEST_RATE_HZ: Final = 8.0
LEAST_COVERAGE: Final = 0.98


class Refusal(enum.StrEnum):
    """Why the last lap, or the last attempt, was not taken."""

    GAME_LACKS = "game_lacks"  # the game does not send what a map is made of
    NOT_DRIVING = "not_driving"
    PAUSED = "paused"
    PIT_LANE = "pit_lane"
    LAP_INVALID = "lap_invalid"
    NOT_FINITE = "not_finite"
    REWOUND = "rewound"
    GAP = "gap"
    TELEPORT = "teleport"
    LINE_UNCLEAR = "line_unclear"
    TOO_LONG = "too_long"
    TOO_FEW_POINTS = "too_few_points"
    RATE_TOO_LOW = "rate_too_low"
    INCOMPLETE = "incomplete"
    LAP_TIME_DISAGREES = "lap_time_disagrees"
    SESSION_CHANGED = "session_changed"


@dataclass(frozen=True, slots=True, eq=False)
class PitWay:
    """The pit lane as a car was seen driving through it: from `entry_m` to `exit_m`, metres after the line.

    The exit is the smaller one across the line. `points` (n, 2) is the way, in the plane of the lap; it has none
    where nobody saw it.
    """

    entry_m: float
    exit_m: float
    limit_mps: float | None
    points: Floats


@dataclass(frozen=True, slots=True, eq=False)
class CapturedLap:
    """A lap from line to line. `points` (n, 3): right-handed metres, z nan where the game does not say it.

    `track_id` is None where the game has no name for its tracks. `flags` has one bit set per point (1 pit lane, 2
    off the track); a captured lap has neither. `rate_hz` is the rate of the points, `lap_time_s` the game's own
    where it gives one. `coordinates` are the game's own, or integrated from speed and heading. `other_cars` are ways
    (m, 2) that other cars have driven in the same plane, whole laps or pieces. `sector_starts_m` says where sectors
    2 and 3 begin, metres after the line.
    """

    game: str
    track_id: str | None
    track_name: str | None
    points: Floats
    flags: Ints
    rate_hz: float
    lap_time_s: float
    coordinates: Coordinates = "game"
    other_cars: tuple[Floats, ...] = ()
    sector_starts_m: tuple[float, ...] = ()
    pit: PitWay | None = None


class Sample(NamedTuple):
    """One instant of the own car; `clock` is the reader's, the other times are the session's."""

    clock: float
    at: float
    lap: int
    distance: float
    x: float
    y: float
    z: float
    speed: float
    last_lap: float


class Line(NamedTuple):
    """The instant, and the place, at which the car crossed the line."""

    at: float
    x: float
    y: float
    z: float


class Recording:
    """A lap being driven: its points so far, and how often they came."""

    def __init__(self, line: Line, first: Sample) -> None:
        self.line, self.first_distance = line, first.distance
        self.points = array("d", line[1:])
        self.steps = array("f")
        self._newest_at = line.at
        self.add(first)

    def add(self, sample: Sample) -> bool:
        """Keep the sample; False when the lap has become longer than any."""
        self.steps.append(sample.at - self._newest_at)
        self._newest_at = sample.at
        x, y = self.points[-3:-1]
        if math.hypot(sample.x - x, sample.y - y) >= SPACING_M:
            self.points.extend((sample.x, sample.y, sample.z))
        return sample.at - self.line.at <= LONGEST_LAP_S


class FinishedLap:
    """A whole lap, waiting for the game to say how long it took."""

    def __init__(self, lap: Recording, line: Line, last_distance: float, earlier_lap_s: float) -> None:
        self._lap, self.line, self._last_distance = lap, line, last_distance
        self.earlier_lap_s = earlier_lap_s
        self.duration_s = line.at - lap.line.at

    def objection(self, length_m: float | None) -> Refusal | None:
        """What speaks against the lap as a whole; the first that does."""
        if len(self._lap.points) // 3 < 3:
            return Refusal.TOO_FEW_POINTS
        if self._rate_hz() < SLOWEST_RATE_HZ:
            return Refusal.RATE_TOO_LOW
        if length_m is not None and self._last_distance - self._lap.first_distance < LEAST_COVERAGE * length_m:
            return Refusal.INCOMPLETE
        return None

    def captured(self, session: Session, lap_time_s: float) -> CapturedLap:
        points = np.array(self._lap.points, dtype=np.float64).reshape(-1, 3)
        if math.hypot(self.line.x - points[-1, 0], self.line.y - points[-1, 1]) < SPACING_M:
            points = points[:-1]
        points = np.vstack((points, self.line[1:]))
        every = math.ceil(len(points) / MAX_POINTS)
        if every > 1:
            points = np.vstack((points[:-1:every], points[-1]))
        return CapturedLap(
            game=session.game,
            track_id=session.track_id,
            track_name=session.track_name,
            points=points,
            flags=np.zeros(len(points), dtype=np.int32),
            rate_hz=self._rate_hz() / every,
            lap_time_s=lap_time_s,
        )

    def _rate_hz(self) -> float:
        steps = np.sort(np.array(self._lap.steps[1:] or self._lap.steps))
        # The middle by hand: numpy's own median loads a package at its first call, in the middle of the driving.
        return 1.0 / max(1e-6, float(steps[len(steps) // 2]))
