"""Track maps: the bodies under /tracks, the stored map document, and the events that tracks publishes.

Coordinates are metres in a right-handed plane seen from above unless a document's `handedness` says otherwise.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec

from contracts.event import Event
from contracts.problem import Problem

Slug = Annotated[str, msgspec.Meta(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*(?!\n)$")]
Title = Annotated[str, msgspec.Meta(min_length=1, max_length=96)]
Handedness = Literal["right", "left", "unknown"]
Point = Annotated[tuple[float, ...], msgspec.Meta(min_length=2, max_length=3)]
MAX_POINTS = 20_000


class Upload(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One driven lap, in driving order, from line to line. `flags` are bit sets per point, one for each point.

    Flag bits: 1 pit lane, 2 off the track.
    """

    game: Slug
    track_id: Slug
    lap_valid: bool
    points: Annotated[tuple[Point, ...], msgspec.Meta(min_length=1, max_length=MAX_POINTS)]
    handedness: Handedness = "unknown"
    track_name: Title | None = None
    layout_name: Title | None = None
    rate_hz: Annotated[float, msgspec.Meta(gt=0, le=1000)] | None = None
    lap_time_s: Annotated[float, msgspec.Meta(gt=0, le=3600)] | None = None
    flags: Annotated[tuple[int, ...], msgspec.Meta(max_length=MAX_POINTS)] = ()


class Reason(msgspec.Struct, frozen=True, omit_defaults=True):
    """Why a lap was refused. `at` is where along the lap, 0..1."""

    code: str
    message: str
    at: float | None = None


class LayoutReference(msgspec.Struct, frozen=True):
    game: str
    track_id: str


class Deviation(msgspec.Struct, frozen=True):
    """How far the lap lies from the known layout, in metres."""

    rms: float
    p95: float
    max: float


UploadState = Literal["received", "accepted", "duplicate", "rejected"]


class UploadStatus(msgspec.Struct, frozen=True, omit_defaults=True):
    upload_id: UUID
    status: UploadState
    reasons: tuple[Reason, ...] = ()
    layout_id: UUID | None = None
    version: int | None = None
    duplicate_of: LayoutReference | None = None
    variant_of: LayoutReference | None = None
    reverse_of: LayoutReference | None = None
    deviation_m: Deviation | None = None


class Frame(msgspec.Struct, frozen=True):
    """How the coordinates of a map are to be read."""

    units: str = "m"
    handedness: Handedness = "right"


class Line(msgspec.Struct, frozen=True, omit_defaults=True):
    """The centre line as columns of one length, closed: the point after the last one is the first.

    Point 0 is the start/finish line, the order is the driving direction, neighbours are `step_m` apart.
    """

    step_m: float
    x: tuple[float, ...]
    y: tuple[float, ...]
    z: tuple[float, ...] = ()
    w_left: tuple[float, ...] = ()
    w_right: tuple[float, ...] = ()


class Station(msgspec.Struct, frozen=True):
    """A place on the lap: `s` metres after the start/finish line."""

    s: float


class PitLane(msgspec.Struct, frozen=True, omit_defaults=True):
    entry_s: float
    exit_s: float
    speed_limit_mps: float | None = None


class Corner(msgspec.Struct, frozen=True, omit_defaults=True):
    n: int
    apex_s: float
    dir: Literal["L", "R"]
    name: str | None = None
    start_s: float | None = None
    end_s: float | None = None


class Quality(msgspec.Struct, frozen=True, omit_defaults=True):
    """How well the map is known: from how many laps of how many drivers, and how well it closes."""

    laps: int
    users: int
    closure_m: float
    residual_mean_m: float | None = None
    residual_p95_m: float | None = None


class TrackMap(msgspec.Struct, frozen=True, omit_defaults=True):
    """One published version of a layout's map: immutable, and addressed by its content."""

    layout_id: UUID
    version: int
    game: str
    track_id: str
    status: Literal["provisional", "confirmed"]
    length_m: float
    direction: Literal["cw", "ccw"]
    line: Line
    created_at: datetime
    quality: Quality
    schema: str = "raceoverlay.track/1"
    track_name: str | None = None
    layout_name: str | None = None
    frame: Frame = Frame()
    start_finish: Station = Station(0.0)
    sectors: tuple[Station, ...] = ()
    pit: PitLane | None = None
    corners: tuple[Corner, ...] = ()


class TrackSummary(msgspec.Struct, frozen=True):
    game: str
    track_id: str
    layout_id: UUID
    version: int
    track_name: str | None
    layout_name: str | None
    length_m: float
    created_at: datetime


class TrackList(msgspec.Struct, frozen=True):
    tracks: tuple[TrackSummary, ...]


class TrackVersion(msgspec.Struct, frozen=True):
    version: int
    created_at: datetime
    etag: str
    length_m: float


class TrackVersions(msgspec.Struct, frozen=True):
    game: str
    track_id: str
    versions: tuple[TrackVersion, ...]


class MapAllowance(msgspec.Struct, frozen=True):
    """How many maps more an account may take until `renews_at`; `left` is None where nobody counts them."""

    left: int | None
    renews_at: datetime


class MapAllowanceUsedUp(Problem):
    """You have taken as many new maps today as your plan brings."""

    status = 403


class TrackUploaded(Event, frozen=True, kw_only=True, tag="track.uploaded"):
    """A lap arrived and lies raw in object storage under `storage_path`; it waits for its verdict."""

    upload_id: UUID
    user_id: UUID
    game: str
    track_id: str
    storage_path: str


class TrackPublished(Event, frozen=True, kw_only=True, tag="track.published"):
    """A map version is live."""

    upload_id: UUID
    layout_id: UUID
    game: str
    track_id: str
    version: int
    etag: str
    uploaded_by: UUID


class TrackRejected(Event, frozen=True, kw_only=True, tag="track.rejected"):
    """The verdict on a lap was no map, for these reasons (`duplicate` among them)."""

    upload_id: UUID
    user_id: UUID
    game: str
    track_id: str
    reasons: tuple[Reason, ...]


EVENTS = (TrackUploaded, TrackPublished, TrackRejected)
