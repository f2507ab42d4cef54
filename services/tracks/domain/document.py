"""The document of a published map: written once, and named by the hash of its content."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec
import numpy as np
from msgspec import structs

from contracts.tracks import Frame, Handedness, LayoutLink, Line, Quality, TrackMap, TrackSummary, Upload
from services.tracks.domain.canonical import Loop, steps_for
from services.tracks.domain.lap import Floats


@dataclass(frozen=True, slots=True)
class Document:
    """`etag` is the SHA-256 of the JSON in hex; `compressed` is the JSON under gzip, the same bytes every time."""

    etag: str
    compressed: bytes
    summary: TrackSummary

    @property
    def storage_path(self) -> str:
        return f"maps/{self.etag}.json.gz"


def write(track_map: TrackMap) -> Document:
    body = msgspec.json.encode(track_map)
    return Document(hashlib.sha256(body).hexdigest(), gzip.compress(body, 9, mtime=0), _summary(track_map))


def read(compressed: bytes) -> TrackMap:
    return msgspec.json.decode(gzip.decompress(compressed), type=TrackMap)


def line_of(track_map: TrackMap) -> Loop:
    """The line of a published map in a right-handed plane, whatever plane the document is in."""
    line = track_map.line
    y = np.negative(line.y) if track_map.frame.handedness == "left" else line.y
    return Loop.through(np.column_stack((line.x, y)), z=np.array(line.z) if line.z else None)


def first_version(
    upload: Upload,
    loop: Loop,
    *,
    layout_id: UUID,
    track_id: str,
    handedness: Handedness,
    links: Sequence[LayoutLink],
    at: datetime,
) -> TrackMap:
    """The map of a line of which there was none, from one lap in its game's own coordinates.

    `loop` is the lap as it was uploaded, except that a plane that was said to be left-handed was mirrored; `handedness`
    is of the plane that it is in.
    """
    return TrackMap(
        layout_id=layout_id,
        version=1,
        game=upload.game,
        track_id=track_id,
        track_name=upload.track_name,
        layout_name=upload.layout_name,
        status="provisional",
        length_m=round(loop.length_m, 2),
        direction=direction_of(loop, handedness),
        frame=Frame(handedness=handedness),
        line=columns_of(loop, steps_for(loop.length_m)),
        created_at=at,
        quality=Quality(laps=1, users=1, closure_m=round(loop.gap_m, 2), coordinates=upload.coordinates),
        links=tuple(links),
    )


def redrawn(known: TrackMap, loop: Loop, w_left: Floats | None, w_right: Floats | None) -> TrackMap:
    """The map with another line, which is given in a right-handed plane."""
    if known.frame.handedness == "left":
        loop = Loop.through(loop.xy * [1.0, -1.0], loop.z)
    return structs.replace(
        known,
        line=columns_of(loop, len(loop.xy), w_left, w_right),
        length_m=round(loop.length_m, 2),
        direction=direction_of(loop, known.frame.handedness),
    )


def columns_of(loop: Loop, count: int, w_left: Floats | None = None, w_right: Floats | None = None) -> Line:
    """The line as columns of `count` rounded numbers; widths are given at as many places."""
    places, heights = loop.walked(count), loop.heights(count)
    return Line(
        step_m=round(loop.length_m / count, 6),
        x=_centimetres(places.real),
        y=_centimetres(places.imag),
        z=() if heights is None else _centimetres(heights),
        w_left=() if w_left is None else _decimetres(w_left),
        w_right=() if w_right is None else _decimetres(w_right),
    )


def direction_of(loop: Loop, handedness: Handedness) -> Literal["cw", "ccw"]:
    """Which way round it is driven seen from above, whatever plane the line is in."""
    if handedness != "left":
        return loop.direction
    return "cw" if loop.direction == "ccw" else "ccw"


def _centimetres(column: Floats) -> tuple[float, ...]:
    return tuple(np.round(column, 2).tolist())


def _decimetres(column: Floats) -> tuple[float, ...]:
    """Widths, which nobody knows better than that: 5 km with heights and widths are 17 kB under gzip then."""
    return tuple(np.round(column, 1).tolist())


def _summary(track_map: TrackMap) -> TrackSummary:
    return TrackSummary(
        game=track_map.game,
        track_id=track_map.track_id,
        layout_id=track_map.layout_id,
        version=track_map.version,
        track_name=track_map.track_name,
        layout_name=track_map.layout_name,
        length_m=track_map.length_m,
        created_at=track_map.created_at,
        status=track_map.status,
    )
