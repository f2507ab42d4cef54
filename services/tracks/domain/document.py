"""The document of a published map: written once, and named by the hash of its content."""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass

import msgspec
import numpy as np

from contracts.tracks import TrackMap, TrackSummary
from services.tracks.domain.canonical import Loop


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
    """The line of a published map; all that tracks publishes is right-handed."""
    return Loop.through(np.column_stack((track_map.line.x, track_map.line.y)), z=None)


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
    )
