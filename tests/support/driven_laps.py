"""Simulated laps as tests want them: driven on any road from a seed, and seen as any game would tell them.

The simulation itself is `bench/driving.py`, the roads are in `bench/roads.py`.
"""

from __future__ import annotations

import numpy as np
from laps import upload_of

from bench.driving import Driven, Pose, drive, seen
from bench.roads import Road, invented_road, real_roads
from contracts.tracks import Upload

__all__ = ["Driven", "Pose", "Road", "driven_lap", "invented_road", "real_roads", "upload_of_driven"]


def driven_lap(
    road: Road,
    seed: int,
    pose: Pose | None = None,
    *,
    rate_hz: float = 60.0,
    apexing: float = 1.0,
    noise_m: float = 1.0,
    start: float | None = 0.0,
) -> Driven:
    """The lap of this seed on that road, from the road's first point on, seen from the road's own plane or a pose."""
    chance = np.random.default_rng(seed)
    lap = drive(road, chance, rate_hz=rate_hz, apexing=apexing, noise_m=noise_m, start=start)
    return lap if pose is None else seen(lap, pose)


def upload_of_driven(lap: Driven, **said: object) -> Upload:
    """An upload of that lap: rate, time and handedness are the lap's own; `said` overrides and adds."""
    own: dict[str, object] = {"rate_hz": lap.rate_hz, "lap_time_s": lap.lap_time_s, "handedness": lap.handedness}
    return upload_of(np.round(lap.xy, 3), **{**own, **said})
