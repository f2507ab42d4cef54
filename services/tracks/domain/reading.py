"""A lap as it was stored, read for its judgement: what speaks against it, and its shape. Pure."""

from __future__ import annotations

import gzip
from dataclasses import dataclass

import msgspec
from msgspec import structs

from contracts.tracks import Reason, Upload
from services.tracks.domain.canonical import Loop, close
from services.tracks.domain.descriptor import Descriptor, describe
from services.tracks.domain.lap import Lap
from services.tracks.domain.validate import refusals


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    loop: Loop
    descriptor: Descriptor


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """`upload` is what was said of the lap: its points are in `lap` alone. `shape` is None if there are `reasons`."""

    upload: Upload
    lap: Lap
    reasons: tuple[Reason, ...]
    shape: Shape | None


def read(raw: bytes) -> Reading:
    """Read a stored lap (gzipped Upload).

    Raises:
        msgspec.MsgspecError: what was stored is not an Upload.
    """
    upload = msgspec.json.decode(gzip.decompress(raw), type=Upload)
    lap = Lap.read(upload)
    reasons = refusals(lap)
    said = structs.replace(upload, points=(), flags=(), other_cars=())
    if reasons:
        return Reading(said, lap, reasons, None)
    loop = close(lap)
    return Reading(said, lap, (), Shape(loop, describe(loop)))
