"""A driven lap as columns, the form in which it is judged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Final

import numpy as np
import numpy.typing as npt

from contracts.tracks import Coordinates, Point, Upload

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Places = npt.NDArray[np.complex128]
"""Places in the plane as complex numbers x + iy, metres."""

PIT_LANE = 1
OFF_TRACK = 2
MAX_COORDINATE_M: Final = 1e5
LONGEST_STEP_M: Final = 100.0
"""Between two places of another car: over more than that nobody knows which way it went, or whether it was moved."""


@dataclass(frozen=True, slots=True, eq=False)
class Lap:
    """Points in driving order, in a right-handed plane seen from above.

    `xy` is (n, 2) metres; `z` is (n,) metres, or None where the game gave no height; `rate_hz` is how many points a
    second were taken, None where it cannot be known, and `is_clocked` says that each was taken a tick after the one
    before: of a lap that only has a time, nobody knows that.

    `others` are passages of other cars and `pit_way` is the pit lane as it was driven, each (m, 2) in the same plane.
    They only add to what a lap shows: those that cannot be believed are left out, and speak against nobody. Games take
    cars away, and put them back into their garages.
    """

    xy: Floats
    z: Floats | None
    in_pit_lane: Flags
    off_track: Flags
    is_valid: bool
    rate_hz: float | None
    others: tuple[Floats, ...] = ()
    pit_way: Floats | None = None
    handedness_is_known: bool = True
    coordinates: Coordinates = "game"
    is_clocked: bool = True

    @classmethod
    def read(cls, upload: Upload) -> Lap:
        """The lap of an upload whose form was checked: a left-handed plane is mirrored, an unknown one believed."""
        columns = _columns(upload.points)
        xy = _plane(columns, upload)
        flags = np.array(upload.flags or (0,) * len(xy), dtype=np.int64)
        return cls(
            xy=xy,
            z=columns[:, 2].copy() if columns.shape[1] == 3 else None,
            in_pit_lane=(flags & PIT_LANE) != 0,
            off_track=(flags & OFF_TRACK) != 0,
            is_valid=upload.lap_valid,
            rate_hz=_rate(upload),
            others=tuple(xy for passage in upload.other_cars if (xy := _beside(passage, upload)) is not None),
            pit_way=_beside(upload.pit.points, upload) if upload.pit else None,
            handedness_is_known=upload.handedness != "unknown",
            coordinates=upload.coordinates,
            is_clocked=upload.rate_hz is not None,
        )


def _plane(columns: Floats, upload: Upload) -> Floats:
    xy = columns[:, :2].copy()
    if upload.handedness == "left":
        xy[:, 1] = -xy[:, 1]
    return xy


def _columns(points: Sequence[Point]) -> Floats:
    """(n, 2) or (n, 3): points of one form, as the door let them in."""
    flat = np.fromiter(chain.from_iterable(points), dtype=np.float64)
    return flat.reshape(len(points), -1)


def _beside(points: Sequence[Point], upload: Upload) -> Floats | None:
    """A line beside the lap; None if it is none, or cannot be believed."""
    if len(points) < 2:
        return None
    xy = _plane(_columns(points), upload)
    if not (np.abs(xy) <= MAX_COORDINATE_M).all():
        return None
    return xy if float(np.hypot(*np.diff(xy, axis=0).T).max()) <= LONGEST_STEP_M else None


def _rate(upload: Upload) -> float | None:
    if upload.rate_hz is not None:
        return upload.rate_hz
    if upload.lap_time_s is not None and len(upload.points) > 1:
        return (len(upload.points) - 1) / upload.lap_time_s
    return None
