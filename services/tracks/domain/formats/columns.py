"""A map as CSV (RFC 4180): one place of the line a row, for spreadsheets and data frames."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from contracts.tracks import TrackMap
from services.tracks.domain.formats.road import Road

HEADER: Final = "s,x,y,z,w_left,w_right"


def written(track_map: TrackMap) -> bytes:
    """Metres in the plane of the game; the first row is the start/finish line, what is not known is left empty."""
    line = track_map.line
    stations = np.round(Road.of(track_map).stations, 3).tolist()
    told = [_cells(column, len(line.x)) for column in (line.z, line.w_left, line.w_right)]
    rows = map(",".join, zip(map(str, stations), map(str, line.x), map(str, line.y), *told, strict=True))
    return "\r\n".join((HEADER, *rows, "")).encode("ascii")


def _cells(column: Sequence[float], count: int) -> Sequence[str]:
    return [str(value) for value in column] if len(column) == count else [""] * count
