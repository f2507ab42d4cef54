"""A driven lap as columns, the form in which it is judged."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from contracts.tracks import Upload

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Places = npt.NDArray[np.complex128]
"""Places in the plane as complex numbers x + iy, metres."""

PIT_LANE = 1
OFF_TRACK = 2


@dataclass(frozen=True, slots=True, eq=False)
class Lap:
    """Points in driving order, in a right-handed plane seen from above.

    `xy` is (n, 2) metres; `z` is (n,) metres, or None where the game gave no height; `rate_hz` is how many points a
    second were taken, None where it cannot be known. `others` are passages of other cars and `pit_way` is the pit lane
    as it was driven, each (m, 2) in the same plane.
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

    @classmethod
    def read(cls, upload: Upload) -> Lap:
        """The lap of an upload whose form was checked: a left-handed plane is mirrored, an unknown one believed."""
        columns = np.array(upload.points, dtype=np.float64)
        xy = _plane(columns, upload)
        flags = np.array(upload.flags or (0,) * len(xy), dtype=np.int64)
        return cls(
            xy=xy,
            z=columns[:, 2].copy() if columns.shape[1] == 3 else None,
            in_pit_lane=(flags & PIT_LANE) != 0,
            off_track=(flags & OFF_TRACK) != 0,
            is_valid=upload.lap_valid,
            rate_hz=_rate(upload),
            others=tuple(_plane(np.array(passage, dtype=np.float64), upload) for passage in upload.other_cars),
            pit_way=_plane(np.array(upload.pit.points), upload) if upload.pit and upload.pit.points else None,
            handedness_is_known=upload.handedness != "unknown",
        )


def _plane(columns: Floats, upload: Upload) -> Floats:
    xy = columns[:, :2].copy()
    if upload.handedness == "left":
        xy[:, 1] = -xy[:, 1]
    return xy


def _rate(upload: Upload) -> float | None:
    if upload.rate_hz is not None:
        return upload.rate_hz
    if upload.lap_time_s is not None and len(upload.points) > 1:
        return (len(upload.points) - 1) / upload.lap_time_s
    return None
