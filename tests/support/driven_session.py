"""A session that somebody drives: frames of a few cars on any road, each on its own line, lap after lap."""

from __future__ import annotations

import cmath
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from bench.driving import driven_line, speeds
from bench.roads import Road
from desktop_client.telemetry.frame import Capability, Cars, Frame, Player, Session, SessionKind


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """One car's way round: (n,) complex metres, when it is at each (n + 1,), and how far along it that is.

    `closed` is the same way with its first two places again behind the last.
    """

    places: np.ndarray
    closed: list[complex]
    arrives_s: np.ndarray
    along_m: np.ndarray

    @classmethod
    def on(cls, road: Road, seed: int, apexing: float) -> Line:
        places = driven_line(road, np.random.default_rng(seed), apexing=apexing, noise_m=0.5)
        steps = np.abs(np.roll(places, -1) - places)
        arrives, along = (np.concatenate(([0.0], np.cumsum(each))) for each in (steps / speeds(places), steps))
        return cls(places, [*places.tolist(), *places[:2].tolist()], arrives, along)

    @property
    def lap_s(self) -> float:
        return float(self.arrives_s[-1])

    def at(self, lap_time_s: float) -> tuple[complex, float, float, float]:
        """Where the car is, where it points, how fast it is, and how far into the lap, 0..1."""
        closed = self.closed
        index = min(int(np.searchsorted(self.arrives_s, lap_time_s, side="right")) - 1, len(self.places) - 1)
        took = self.arrives_s[index + 1] - self.arrives_s[index]
        share = (lap_time_s - self.arrives_s[index]) / took
        way, after = closed[index + 1] - closed[index], closed[index + 2] - closed[index + 1]
        heading = cmath.phase(way) + share * cmath.phase(after / way)
        metres = self.along_m[index] + share * abs(way)
        return closed[index] + share * way, heading, abs(way) / took, float(metres / self.along_m[-1])


def driven_session(
    road: Road,
    *,
    rate_hz: float = 20.0,
    laps: float = 1.3,
    before_line_s: float = 2.0,
    seed: int = 0,
    apexing: float = 0.8,
    others: tuple[float, ...] = (),
    capabilities: frozenset[Capability] = frozenset(Capability),
    **session: Any,
) -> Iterator[Frame]:
    """Frames from `before_line_s` before the line on. The driver is row 0; `others` say how the others take bends."""
    lines = [Line.on(road, seed + row, bends) for row, bends in enumerate((apexing, *others))]
    length = float(np.abs(np.roll(road.centre, -1) - road.centre).sum())
    own_lap_s = lines[0].lap_s
    said = {"game": "f1", "uid": "one", "kind": SessionKind.PRACTICE, "track_id": "26", "track_name": "Round"}
    told = Session(**{**said, "track_length_m": length, **session})
    for number in range(int((laps * own_lap_s + before_line_s) * rate_hz)):
        at = 10.0 + number / rate_hz
        since = number / rate_hz - before_line_s
        yield Frame(
            at=at,
            session_time_s=at,
            session=told,
            cars=_cars(lines, since, length),
            player=Player(0.0, 1, 0, 0, 0, 5, 9_000.0, max_rpm=12_000.0),
            player_row=0,
            capabilities=capabilities,
        )


def _cars(lines: list[Line], since_s: float, length_m: float) -> Cars:
    """All at one instant; each follows the one before it a second later."""
    counts, rows = [], []
    for place, line in enumerate(lines):
        count, lap_time = divmod(since_s - place, line.lap_s)
        where, heading, speed, share = line.at(lap_time)
        rows.append((where.real, where.imag, math.remainder(heading, math.tau), speed, share, lap_time, line.lap_s))
        counts.append(int(count) + 2)
    x, y, heading, speed, share, lap_time, last = np.array(rows).T
    lap = np.array(counts, dtype=np.int32)
    order = np.arange(len(lines), dtype=np.int32)
    return Cars.of(
        order.copy(),
        name=tuple(f"Driver {row}" for row in order),
        number=order + 1,
        position=order + 1,
        lap=lap,
        lap_distance_m=share * length_m,
        total_distance_m=(lap - 1 + share) * length_m,
        x=x,
        y=y,
        z=np.full(len(lines), 12.0),
        heading_rad=heading,
        speed_mps=speed,
        lap_time_s=lap_time,
        last_lap_s=np.where(lap > 2, last, math.nan),
        best_lap_s=np.where(lap > 2, last, math.nan),
        sector=np.minimum(share * 3, 2).astype(np.int32),
        car=("A car",) * len(lines),
    )
