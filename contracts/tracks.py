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
Coordinates = Literal["game", "integrated"]
MapStatus = Literal["provisional", "confirmed"]
Point = Annotated[tuple[float, ...], msgspec.Meta(min_length=2, max_length=3)]
MAX_POINTS = 20_000
MAX_POINTS_OF_OTHERS = 4_000
MAX_OTHERS = 60
Metres = Annotated[float, msgspec.Meta(ge=0, le=100_000)]
Passage = Annotated[tuple[Point, ...], msgspec.Meta(min_length=2, max_length=MAX_POINTS_OF_OTHERS)]


class PitPassage(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The pit lane as it was driven through: lap distances in metres, and the way itself where it was seen."""

    entry_m: Metres
    exit_m: Metres
    speed_limit_mps: Annotated[float, msgspec.Meta(gt=0, le=100)] | None = None
    points: Annotated[tuple[Point, ...], msgspec.Meta(max_length=MAX_POINTS_OF_OTHERS)] = ()


class Upload(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One driven lap, in driving order, from line to line. `flags` are bit sets per point, one for each point.

    Flag bits: 1 pit lane, 2 off the track. `track_id` is left out where the game does not say which track it is.
    `coordinates`: whether the game gave them, or they were integrated from speed and heading. `other_cars` are
    passages of other cars in the same plane, whole laps or pieces, that show how wide the road is.
    """

    game: Slug
    lap_valid: bool
    points: Annotated[tuple[Point, ...], msgspec.Meta(min_length=1, max_length=MAX_POINTS)]
    track_id: Slug | None = None
    handedness: Handedness = "unknown"
    coordinates: Coordinates = "game"
    track_name: Title | None = None
    layout_name: Title | None = None
    rate_hz: Annotated[float, msgspec.Meta(gt=0, le=1000)] | None = None
    lap_time_s: Annotated[float, msgspec.Meta(gt=0, le=3600)] | None = None
    flags: Annotated[tuple[int, ...], msgspec.Meta(max_length=MAX_POINTS)] = ()
    sector_starts_m: Annotated[tuple[Metres, ...], msgspec.Meta(max_length=8)] = ()
    pit: PitPassage | None = None
    other_cars: Annotated[tuple[Passage, ...], msgspec.Meta(max_length=MAX_OTHERS)] = ()


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
    """How an upload stands. `track` is the name that its map is asked for by, also where the lap came without one.

    `version` is the newest version of that map, which this lap may have brought.
    """

    upload_id: UUID
    status: UploadState
    reasons: tuple[Reason, ...] = ()
    layout_id: UUID | None = None
    version: int | None = None
    track: LayoutReference | None = None
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
    """Where the pit lane leaves and joins the lap, and its own line where somebody drove it."""

    entry_s: float
    exit_s: float
    speed_limit_mps: float | None = None
    x: tuple[float, ...] = ()
    y: tuple[float, ...] = ()


class Corner(msgspec.Struct, frozen=True, omit_defaults=True):
    n: int
    apex_s: float
    dir: Literal["L", "R"]
    name: str | None = None
    start_s: float | None = None
    end_s: float | None = None


class Quality(msgspec.Struct, frozen=True, omit_defaults=True):
    """How well the map is known: from how many laps of how many drivers, and how well it closes.

    `width_coverage` is the share of the lap (0..1) at which enough cars were seen beside the racing line to believe
    the widths; without it there are none.
    """

    laps: int
    users: int
    closure_m: float
    residual_mean_m: float | None = None
    residual_p95_m: float | None = None
    width_coverage: float | None = None
    coordinates: Coordinates = "game"


class LayoutLink(msgspec.Struct, frozen=True):
    """Another layout that this one is told from: a variant of it, or the same road driven the other way."""

    type: Literal["variant_of", "reverse_of"]
    layout_id: UUID


class TrackMap(msgspec.Struct, frozen=True):
    """One published version of a layout's map: immutable, and addressed by its content.

    All of it is always written out: a document explains itself to whoever finds it without this file.
    """

    layout_id: UUID
    version: int
    game: str
    track_id: str
    status: MapStatus
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
    links: tuple[LayoutLink, ...] = ()


class TrackSummary(msgspec.Struct, frozen=True):
    game: str
    track_id: str
    layout_id: UUID
    version: int
    track_name: str | None
    layout_name: str | None
    length_m: float
    created_at: datetime
    status: MapStatus = "provisional"


class TrackList(msgspec.Struct, frozen=True):
    tracks: tuple[TrackSummary, ...]


class TrackVersion(msgspec.Struct, frozen=True, omit_defaults=True):
    """`url` is where the content delivery network has the document, where one is set up."""

    version: int
    created_at: datetime
    etag: str
    length_m: float
    status: MapStatus = "provisional"
    url: str | None = None


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
    track_id: str | None
    storage_path: str


class TrackPublished(Event, frozen=True, kw_only=True, tag="track.published"):
    """A map version is live: whoever asks for that track is given it now. One event for each name of the track.

    `upload_id` is the lap that brought it; there is none where a moderator's act did.
    """

    layout_id: UUID
    game: str
    track_id: str
    version: int
    etag: str
    upload_id: UUID | None = None
    uploaded_by: UUID | None = None
    status: MapStatus = "provisional"
    url: str | None = None


class TrackWithdrawn(Event, frozen=True, kw_only=True, tag="track.withdrawn"):
    """There is no map of that track any more: a moderator withdrew what there was."""

    layout_id: UUID
    game: str
    track_id: str


class TrackRejected(Event, frozen=True, kw_only=True, tag="track.rejected"):
    """The verdict on a lap was no map, for these reasons (`duplicate` among them)."""

    upload_id: UUID
    user_id: UUID
    game: str
    track_id: str | None
    reasons: tuple[Reason, ...]


EVENTS = (TrackUploaded, TrackPublished, TrackWithdrawn, TrackRejected)
