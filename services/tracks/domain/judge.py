"""The verdict on a lap: what it deserves beside the map that is published for its track, if there is one."""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID, uuid5

import msgspec
import numpy as np

from contracts.tracks import Deviation, Line, Quality, Reason, TrackMap, Upload
from services.tracks.domain import document
from services.tracks.domain.canonical import Loop, close, steps_for
from services.tracks.domain.compare import Comparison, compare, places_for
from services.tracks.domain.document import Document
from services.tracks.domain.lap import Lap
from services.tracks.domain.validate import refusals


@dataclass(frozen=True, slots=True)
class Judgement:
    """`document` is the new map of an accepted lap; `deviation` is from the published map, where there was one."""

    status: Literal["accepted", "duplicate", "rejected"]
    reasons: tuple[Reason, ...] = ()
    deviation: Deviation | None = None
    document: Document | None = None


def judge(raw: bytes, published: bytes | None, *, upload_id: UUID, now: datetime) -> Judgement:
    """Judge a stored lap (gzipped Upload) against the published map (gzipped TrackMap) of its game and track.

    The same arguments give the same judgement and the same document, byte for byte.

    Raises:
        msgspec.MsgspecError: what was stored is not an Upload.
    """
    upload = msgspec.json.decode(gzip.decompress(raw), type=Upload)
    lap = Lap.read(upload)
    reasons = refusals(lap)
    if reasons:
        return Judgement("rejected", reasons)
    loop = close(lap)
    if published is None:
        return Judgement("accepted", document=document.write(_first_version(upload, loop, upload_id, now)))
    comparison = _against(loop, document.read(published))
    if comparison.is_same_layout:
        message = f"The map of this track is known: this lap lies about {comparison.deviation.rms:.1f} m from it."
        return Judgement("duplicate", (Reason("duplicate", message),), comparison.deviation)
    message = f"The lap leaves the published map of this track by {comparison.deviation.max:.0f} m."
    differs = Reason("differs_from_published", message, at=comparison.at)
    return Judgement("rejected", (differs,), comparison.deviation)


def _against(loop: Loop, known: TrackMap) -> Comparison:
    published = document.line_of(known)
    count = places_for(max(loop.length_m, published.length_m))
    return compare(loop.walked(count), published.walked(count))


def _first_version(upload: Upload, loop: Loop, upload_id: UUID, now: datetime) -> TrackMap:
    count = steps_for(loop.length_m)
    places, heights = loop.walked(count), loop.heights(count)
    return TrackMap(
        layout_id=uuid5(upload_id, "layout"),
        version=1,
        game=upload.game,
        track_id=upload.track_id,
        track_name=upload.track_name,
        layout_name=upload.layout_name,
        status="provisional",
        length_m=round(loop.length_m, 2),
        direction=loop.direction,
        line=Line(
            step_m=round(loop.length_m / count, 6),
            x=_centimetres(places.real),
            y=_centimetres(places.imag),
            z=() if heights is None else _centimetres(heights),
        ),
        created_at=now,
        quality=Quality(laps=1, users=1, closure_m=round(loop.gap_m, 2)),
    )


def _centimetres(column: np.ndarray) -> tuple[float, ...]:
    return tuple(np.round(column, 2).tolist())
