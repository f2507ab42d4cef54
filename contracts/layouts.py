"""What moderators see of layouts and do to them: the bodies under /tracks/layouts and /tracks/acts."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec

from contracts.tracks import LayoutLink, LayoutReference, MapStatus, Metres, Slug, Title

LayoutState = Literal["contender", "provisional", "confirmed", "withdrawn", "merged"]
ActName = Literal["confirm", "merge", "split", "rename", "withdraw", "corners"]
Why = Annotated[str, msgspec.Meta(min_length=3, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+(?!\n)$")]
VersionNumber = Annotated[int, msgspec.Meta(ge=1, le=2**31 - 1)]
MAX_CORNERS = 100


class LayoutLine(msgspec.Struct, frozen=True, omit_defaults=True):
    """How one game has a layout. Its versions are counted under `track_id`, and had under each of its `names`.

    `version` is the newest one that can be had; there is none of a contender, or where all were withdrawn.
    """

    game: str
    track_id: str
    names: tuple[str, ...]
    length_m: float
    laps: int
    drivers: int
    version: int | None = None
    status: MapStatus | None = None
    has_edited_corners: bool = False


class Layout(msgspec.Struct, frozen=True, omit_defaults=True):
    """A road. `is_pinned`: a moderator said so, and laps alone do not move its names. `drivers` drove it in any game.

    A contender is what laps say that contradict the map of their name; `contends_for` is that name.
    """

    layout_id: UUID
    state: LayoutState
    created_at: datetime
    drivers: int
    lines: tuple[LayoutLine, ...]
    is_pinned: bool = False
    venue: str | None = None
    layout_name: str | None = None
    links: tuple[LayoutLink, ...] = ()
    merged_into: UUID | None = None
    contends_for: LayoutReference | None = None


class LayoutList(msgspec.Struct, frozen=True, omit_defaults=True):
    """The newest layouts first; `next` is what to ask with as `after` for those that follow."""

    layouts: tuple[Layout, ...]
    next: UUID | None = None


class LayoutAct(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a moderator did to a layout, and why. `by` is None once that person was erased; `detail` is what it was."""

    id: UUID
    at: datetime
    layout_id: UUID
    act: ActName
    reason: str
    by: UUID | None = None
    detail: dict[str, str] = {}


class ActList(msgspec.Struct, frozen=True, omit_defaults=True):
    """The newest acts first; `next` is what to ask with as `before` for older ones."""

    acts: tuple[LayoutAct, ...]
    next: UUID | None = None


class LayoutHistory(msgspec.Struct, frozen=True):
    """A layout as it is now, and the last that was done to it."""

    layout: Layout
    acts: tuple[LayoutAct, ...]


class ConfirmLayout(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """There is such a road: it needs no second driver. A contender is given the name that it contends for."""

    reason: Why


class MergeLayout(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """It is the same road as another layout, which has its names from now on."""

    into: UUID
    reason: Why


class SplitLayout(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A name means a road of its own, whose map is that `version`; without one, the newest that it had for itself."""

    game: Slug
    track_id: Slug
    reason: Why
    version: VersionNumber | None = None


class RenameLayout(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What people call it. What is left out stays as it is."""

    reason: Why
    venue: Title | None = None
    layout_name: Title | None = None


class WithdrawLayout(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A map is to be had no longer: one version of a game's, all of a game's, or the whole layout."""

    reason: Why
    game: Slug | None = None
    version: VersionNumber | None = None


class EditedCorner(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A corner as the drivers' briefing numbers it; places are metres along the line of that game."""

    n: Annotated[int, msgspec.Meta(ge=1, le=MAX_CORNERS)]
    apex_s: Metres
    dir: Literal["L", "R"]
    name: Title | None = None
    start_s: Metres | None = None
    end_s: Metres | None = None


class EditCorners(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All corners of a game's map, in the order in which they are driven through."""

    game: Slug
    corners: Annotated[tuple[EditedCorner, ...], msgspec.Meta(max_length=MAX_CORNERS)]
    reason: Why
