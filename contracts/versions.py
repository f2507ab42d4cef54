"""Releases of the desktop client: the bodies under /versions, and the events that versions publishes."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

from contracts.event import Event

Channel = Literal["stable", "beta", "alpha"]
Platform = Literal["windows", "macos", "linux"]


class Release(msgspec.Struct, frozen=True):
    version: str
    channel: Channel
    notes: str
    published_at: datetime
    platforms: tuple[Platform, ...]


class UpdateOffer(msgspec.Struct, frozen=True, omit_defaults=True):
    """The answer to "is there something newer?": `up_to_date`, or the `release` on offer."""

    up_to_date: bool
    release: Release | None = None


class ReleaseList(msgspec.Struct, frozen=True):
    releases: tuple[Release, ...]


class ReleasePublished(Event, frozen=True, kw_only=True, tag="release.published"):
    """A version can be had on a channel."""

    version: str
    channel: Channel
    platforms: tuple[Platform, ...]


class ReleaseWithdrawn(Event, frozen=True, kw_only=True, tag="release.withdrawn"):
    """A version must no longer be offered."""

    version: str
    channel: Channel


EVENTS = (ReleasePublished, ReleaseWithdrawn)
