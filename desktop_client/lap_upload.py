"""A captured lap in the form of the contract: to the centimetre, and within what the gateway takes."""

from __future__ import annotations

import math
from typing import Final

import msgspec
import numpy as np

from contracts.tracks import (
    MAX_OTHERS,
    MAX_POINTS,
    MAX_POINTS_OF_OTHERS,
    Passage,
    PitPassage,
    Point,
    Title,
    Upload,
)
from desktop_client.race.recorded_lap import CapturedLap, PitWay
from desktop_client.race.track_name import names, slug
from desktop_client.telemetry.frame import Floats

MOST_BYTES: Final = 4_000_000
REST_BYTES: Final = 8_000  # of everything that is not a point
NUMBER_BYTES: Final = 11  # of the longest number to the centimetre, with what stands between two
FARTHEST_M: Final = 100_000.0
MOST_SECTORS: Final = 8
FASTEST_LIMIT_MPS: Final = 100.0


def as_upload(lap: CapturedLap) -> Upload:
    """The lap in the form of the contract; without heights where the game does not say them.

    What makes it too large is thinned out: the other cars' passages, and nothing else.

    Raises:
        msgspec.ValidationError: the game's ids or the lap's measures are not what the contract takes.
    """
    columns = 3 if np.isfinite(lap.points[:, 2]).all() else 2
    every = max(1, math.ceil(len(lap.points) / MAX_POINTS))
    own = _points(lap.points[::every, :columns])
    pit = None if lap.pit is None else _pit(lap.pit)
    track_name, layout_name = names(lap.track_name, lap.layout_name)
    told = {
        "game": lap.game,
        "track_id": None if lap.track_id is None else slug(lap.track_id),
        "track_name": _title(track_name),
        "layout_name": _title(layout_name),
        "lap_valid": True,
        "points": own[:1],
        "handedness": "right",
        "coordinates": lap.coordinates,
        "rate_hz": round(lap.rate_hz / every, 3),
        "lap_time_s": round(lap.lap_time_s, 3),
        "sector_starts_m": _sectors(lap.sector_starts_m),
    }
    room = MOST_BYTES - REST_BYTES - len(own) * (columns * NUMBER_BYTES + 4)
    room -= 0 if pit is None else len(pit.points) * (2 * NUMBER_BYTES + 2)
    return msgspec.structs.replace(
        msgspec.convert(told, Upload),
        points=own,
        flags=tuple(lap.flags[::every].tolist()),
        pit=pit,
        other_cars=_others(lap.other_cars, room // (2 * NUMBER_BYTES + 2)),
    )


def _points(points: Floats) -> Passage:
    """Raises msgspec.ValidationError where one is no place."""
    if not (np.abs(points) <= FARTHEST_M).all():
        raise msgspec.ValidationError("a point of the lap is no place")
    rounded: list[list[float]] = np.round(points, 2).tolist()
    return tuple(map(tuple, rounded))


def _others(passages: tuple[Floats, ...], most_points: int) -> tuple[Passage, ...]:
    """As many passages as the contract takes, all of them thinned out alike until there are `most_points` or fewer."""
    known = [passage[(np.abs(passage) <= FARTHEST_M).all(axis=1)] for passage in passages[:MAX_OTHERS]]
    every = max(1, math.ceil(sum(map(len, known)) / max(1, most_points)))
    thinned = [
        passage[:: max(every, math.ceil(len(passage) / MAX_POINTS_OF_OTHERS))] for passage in known if len(passage)
    ]
    return tuple(_points(passage) for passage in thinned if len(passage) >= 2)


def _pit(way: PitWay) -> PitPassage | None:
    """The pit lane; None where it is nowhere, without its limit where that is none."""
    if not (0 <= way.entry_m <= FARTHEST_M and 0 <= way.exit_m <= FARTHEST_M):
        return None
    limit = way.limit_mps
    points: tuple[Point, ...] = next(iter(_others((way.points,), MAX_POINTS_OF_OTHERS)), ())
    return PitPassage(
        entry_m=round(way.entry_m, 1),
        exit_m=round(way.exit_m, 1),
        speed_limit_mps=round(limit, 2) if limit is not None and 0.01 < limit <= FASTEST_LIMIT_MPS else None,
        points=points,
    )


def _sectors(starts_m: tuple[float, ...]) -> tuple[float, ...]:
    return tuple(round(start, 1) for start in starts_m if 0 <= start <= FARTHEST_M)[:MOST_SECTORS]


def _title(name: str | None) -> Title | None:
    return (name or "").strip()[:96] or None
