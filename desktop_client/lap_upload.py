"""A captured lap in the form of the contract: to the centimetre, and within what the gateway takes."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any, Final, NamedTuple

import msgspec
import numpy as np

from contracts.tracks import MAX_OTHERS, MAX_POINTS, MAX_POINTS_OF_OTHERS, Title, Upload
from desktop_client.race.recorded_lap import CapturedLap, PitWay
from desktop_client.race.track_name import names, slug
from desktop_client.telemetry.frame import Bools, Floats

MOST_BYTES: Final = 4_000_000
REST_BYTES: Final = 8_000  # of everything that is not a point
NUMBER_BYTES: Final = 11  # of the longest number to the centimetre, with what stands between two
PIECE: Final = 250  # points that are written at once
FARTHEST_M: Final = 100_000.0
MOST_SECTORS: Final = 8
FASTEST_LIMIT_MPS: Final = 100.0


class WrittenLap(NamedTuple):
    """`body` is an `Upload` as JSON; the track is named as it is in there."""

    game: str
    track_id: str | None
    body: bytes


def as_upload(lap: CapturedLap) -> WrittenLap:
    """The lap as it is sent; without heights where the game does not say them.

    What makes it too large is thinned out: the other cars' passages, and nothing else. It is written piece by piece
    and never held as an `Upload`: a hundred thousand tuples at once set off Python's collector, for whose tenth of a
    second nothing is painted.

    Raises:
        msgspec.ValidationError: the game's ids or the lap's measures are not what the contract takes.
    """
    columns = 3 if np.isfinite(lap.points[:, 2]).all() else 2
    every = max(1, math.ceil(len(lap.points) / MAX_POINTS))
    own = lap.points[::every, :columns]
    if not len(own) or not _are_places(own).all():
        raise msgspec.ValidationError("a point of it is no place")
    pit = _without_holes(() if lap.pit is None else (lap.pit.points,), MAX_POINTS_OF_OTHERS)
    room = MOST_BYTES - REST_BYTES - len(own) * (columns * NUMBER_BYTES + 4)
    room -= sum(map(len, pit)) * (2 * NUMBER_BYTES + 2)
    others = _without_holes(lap.other_cars[:MAX_OTHERS], room // (2 * NUMBER_BYTES + 2))
    told = msgspec.convert(_told(lap, every), Upload)
    parts: dict[str, Any] = {
        **{name: value for name in told.__struct_fields__ if (value := getattr(told, name)) not in (None, ())},
        "points": _written(own),
        "flags": lap.flags[::every].tolist(),
        "other_cars": _listed(map(_written, others)),
    }
    if lap.pit is not None and (known := _pit(lap.pit)) is not None:
        parts["pit"] = {**known, "points": _written(pit[0]) if pit else ()}
    return WrittenLap(told.game, told.track_id, msgspec.json.encode(parts))


def _told(lap: CapturedLap, every: int) -> dict[str, Any]:
    """What there is to say beside the points, of which one stands for all."""
    track_name, layout_name = names(lap.track_name, lap.layout_name)
    return {
        "game": lap.game,
        "track_id": None if lap.track_id is None else slug(lap.track_id),
        "track_name": _title(track_name),
        "layout_name": _title(layout_name),
        "lap_valid": True,
        "points": [[0.0, 0.0]],
        "handedness": "right",
        "coordinates": lap.coordinates,
        "rate_hz": round(lap.rate_hz / every, 3),
        "lap_time_s": round(lap.lap_time_s, 3),
        "sector_starts_m": [round(at, 1) for at in lap.sector_starts_m if 0 <= at <= FARTHEST_M][:MOST_SECTORS],
    }


def _are_places(points: Floats) -> Bools:
    farthest: Floats = np.abs(points).max(axis=1, initial=0.0)
    return farthest <= FARTHEST_M  # false for not-a-number, too


def _without_holes(passages: Iterable[Floats], most_points: int) -> list[Floats]:
    """What of the passages is places, all of them thinned out alike until there are `most_points` or fewer."""
    known = [passage[_are_places(passage)] for passage in passages]
    every = max(1, math.ceil(sum(map(len, known)) / max(1, most_points)))
    thinned = [
        passage[:: max(every, math.ceil(len(passage) / MAX_POINTS_OF_OTHERS))] for passage in known if len(passage)
    ]
    return [passage for passage in thinned if len(passage) >= 2]


def _written(points: Floats) -> msgspec.Raw:
    pieces = (np.round(points[begin : begin + PIECE], 2).tolist() for begin in range(0, len(points), PIECE))
    return _listed(msgspec.Raw(msgspec.json.encode(piece)[1:-1]) for piece in pieces)


def _listed(written: Iterable[msgspec.Raw]) -> msgspec.Raw:
    return msgspec.Raw(b"[" + b",".join(map(bytes, written)) + b"]")


def _pit(way: PitWay) -> dict[str, float] | None:
    """The pit lane; None where it is nowhere, and without its limit where that is none."""
    if not (0 <= way.entry_m <= FARTHEST_M and 0 <= way.exit_m <= FARTHEST_M):
        return None
    known = {"entry_m": round(way.entry_m, 1), "exit_m": round(way.exit_m, 1)}
    limit = way.limit_mps
    if limit is not None and 0.01 < limit <= FASTEST_LIMIT_MPS:
        known["speed_limit_mps"] = round(limit, 2)
    return known


def _title(name: str | None) -> Title | None:
    return (name or "").strip()[:96] or None
