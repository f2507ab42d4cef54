"""A lap as it is being driven, and as it is when it is over."""

from __future__ import annotations

import math
from array import array
from collections.abc import Set
from functools import cached_property
from typing import Final, NamedTuple

import numpy as np

from desktop_client.race.dead_reckoning import without_drift
from desktop_client.race.lap_closing import across_the_line, gap_m
from desktop_client.race.recorded_lap import CapturedLap, Refusal
from desktop_client.race.slow_driving import longest_crawl_s
from desktop_client.telemetry.frame import Capability, Floats, Session

SPACING_M: Final = 0.5
MAX_POINTS: Final = 20_000
LONGEST_LAP_S: Final = 900.0
SLOWEST_RATE_HZ: Final = 8.0
SHORTEST_WAY: Final = 0.9
"""Of the length that the game says: a racing line is shorter than the middle of the road, but not by that much."""

WIDEST_GAP_M: Final = 25.0
"""How far the end may lie from the beginning: the line is crossed at both, and no road is wider."""

LONGEST_CRAWL_S: Final = 6.0


class Sample(NamedTuple):
    """One instant of the own car; `clock` is the reader's, the other times are the session's.

    `heading` is radians, `lap_time` seconds since the lap began, `sector` 0, 1, 2 or -1: each as far as it is known.
    """

    clock: float
    at: float
    lap: int
    distance: float
    x: float
    y: float
    z: float
    speed: float
    last_lap: float
    heading: float
    lap_time: float
    sector: int


class Line(NamedTuple):
    """The instant, and the place, at which the car crossed the line, and where it pointed."""

    at: float
    x: float
    y: float
    z: float
    heading: float


class Recording:
    """A lap being driven: its points so far, how often they came, and what was seen on the way."""

    def __init__(self, line: Line, since: tuple[Sample, ...]) -> None:
        """`since` are the samples after the line that have come already."""
        self.line = line
        self.points = array("d", line[1:4])
        self.times = array("d", (line.at,))
        self.steps, self.speeds = array("f"), array("f")
        self.sector_starts: dict[int, float] = {}
        self._farthest_m = 0.0
        self._newest_at = line.at
        self._sector = 0
        for sample in since:
            self.add(sample)

    def add(self, sample: Sample) -> bool:
        """Keep the sample; False when the lap has become longer than any."""
        if sample.at <= self.line.at:
            return True
        self.steps.append(sample.at - self._newest_at)
        self.speeds.append(sample.speed)
        self._newest_at = sample.at
        x, y = self.points[-3:-1]
        if math.hypot(sample.x - x, sample.y - y) >= SPACING_M:
            self.points.extend((sample.x, sample.y, sample.z))
            self.times.append(sample.at)
        self._see_sector(sample)
        return sample.at - self.line.at <= LONGEST_LAP_S

    def _see_sector(self, sample: Sample) -> None:
        """Where sectors begin. Past its end, and before it is counted, a lap's distance begins from nought again."""
        if sample.distance >= self._farthest_m:
            if sample.sector == self._sector + 1:
                self.sector_starts[sample.sector] = (self._farthest_m + sample.distance) / 2
            self._farthest_m = sample.distance
        self._sector = sample.sector


class FinishedLap:
    """A whole lap, waiting for the game to say how long it took."""

    def __init__(self, lap: Recording, line: Line, earlier_lap_s: float, *, is_integrated: bool) -> None:
        self._lap, self.line = lap, line
        self._is_integrated = is_integrated
        self.earlier_lap_s = earlier_lap_s
        self.duration_s = line.at - lap.line.at

    def objection(self, length_m: float | None, told: Set[Capability]) -> Refusal | None:
        """What speaks against the lap as a whole; the first that does. `told` is what the game can say."""
        lap = self._lap
        if len(lap.points) // 3 < 3:
            return Refusal.TOO_FEW_POINTS
        if self._rate_hz() < SLOWEST_RATE_HZ:
            return Refusal.RATE_TOO_LOW
        if length_m is not None and self._way_m() < SHORTEST_WAY * length_m:
            return Refusal.INCOMPLETE
        if Capability.PIT_STATUS not in told and longest_crawl_s(lap.speeds, lap.steps) > LONGEST_CRAWL_S:
            return Refusal.PIT_LANE
        return self._does_not_close(length_m)

    def captured(self, session: Session, lap_time_s: float) -> CapturedLap:
        """The lap as it is given away; only of one that nothing speaks against."""
        points = self._closed(session.track_length_m)
        assert points is not None, "a lap that does not close was objected to"
        every = math.ceil(len(points) / MAX_POINTS)
        if every > 1:
            points = np.vstack((points[:-1:every], points[-1]))
        return CapturedLap(
            game=session.game,
            track_id=session.track_id,
            track_name=session.track_name,
            layout_name=session.layout_name,
            points=points,
            flags=np.zeros(len(points), dtype=np.int32),
            rate_hz=self._rate_hz() / every,
            lap_time_s=lap_time_s,
            coordinates="integrated" if self._is_integrated else "game",
            sector_starts_m=session.sector_starts_m or self._sector_starts(),
        )

    def _does_not_close(self, length_m: float | None) -> Refusal | None:
        if self._closed(length_m) is not None:
            return None
        return Refusal.DRIFTED if self._is_integrated else Refusal.OPEN

    def _closed(self, length_m: float | None) -> Floats | None:
        """The points from the line to the line, (n, 3); None where they do not come back to where they began.

        Where the game says no length, what lies between a finish and a start that are not one line is filled in.
        """
        points = self._points
        if self._is_integrated:
            began = self._lap.line.heading
            closed = without_drift(points, began, self.line.heading - began)
            return closed if closed is not None and gap_m(closed) <= WIDEST_GAP_M else None
        if gap_m(points) <= WIDEST_GAP_M:
            return points
        return across_the_line(points) if length_m is None else None

    @cached_property
    def _points(self) -> Floats:
        points = np.array(self._lap.points, dtype=np.float64).reshape(-1, 3)
        points = points[np.array(self._lap.times) < self.line.at]
        if math.hypot(self.line.x - points[-1, 0], self.line.y - points[-1, 1]) < SPACING_M:
            points = points[:-1]
        return np.vstack((points, self.line[1:4]))

    def _way_m(self) -> float:
        return float(np.hypot(*np.diff(self._points[:, :2], axis=0).T).sum())

    def _sector_starts(self) -> tuple[float, ...]:
        starts = self._lap.sector_starts
        return (starts[1], starts[2]) if starts.keys() == {1, 2} and starts[1] < starts[2] else ()

    def _rate_hz(self) -> float:
        steps = np.sort(np.array(self._lap.steps[1:] or self._lap.steps))
        # The middle by hand: numpy's own median loads a package at its first call, in the middle of the driving.
        return 1.0 / max(1e-6, float(steps[len(steps) // 2]))


def from_line(distance_m: float, length_m: float | None) -> float:
    """The distance in the lap as one from the line, before it negative."""
    return distance_m - length_m if length_m is not None and distance_m > length_m / 2 else distance_m
