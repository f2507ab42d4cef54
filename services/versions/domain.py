"""The rules of versions. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from contracts.problem import FieldError, InvalidRequest
from contracts.versions import Channel, Platform, Release, UpdateOffer

PLATFORMS: tuple[Platform, ...] = ("windows", "macos", "linux")
_OFFERED: dict[Channel, tuple[Channel, ...]] = {
    "stable": ("stable",),
    "beta": ("beta", "stable"),
    "alpha": ("alpha", "beta", "stable"),
}
_VERSION = re.compile(r"(\d{1,5})\.(\d{1,5})\.(\d{1,5})(?:-(alpha|beta|rc)\.(\d{1,5}))?", re.ASCII)
_RANK = {"alpha": 0, "beta": 1, "rc": 2, None: 3}


@dataclass(frozen=True, order=True)
class Version:
    """A version as SemVer orders it: `1.2.0-beta.1` comes before `1.2.0`."""

    precedence: tuple[int, int, int, int, int]

    @classmethod
    def parse(cls, text: str, *, field: str = "version") -> Version:
        """
        Raises:
            InvalidRequest: `text` is not `1.2.3` or `1.2.3-beta.4`.
        """
        found = _VERSION.fullmatch(text)
        if found is None:
            raise InvalidRequest(errors=(FieldError(field, "Expected a version such as 1.2.3 or 1.2.3-beta.4"),))
        major, minor, patch, stage, number = found.groups()
        return cls((int(major), int(minor), int(patch), _RANK[stage], int(number or 0)))


def channels_offered(channel: Channel) -> tuple[Channel, ...]:
    """Whoever takes a less settled channel also sees what the more settled ones publish."""
    return _OFFERED[channel]


def offer(newest: Release | None, current: Version | None) -> UpdateOffer:
    """Offer `newest` unless the client has it, or something newer: a version never goes down."""
    if newest is None or (current is not None and Version.parse(newest.version) <= current):
        return UpdateOffer(up_to_date=True)
    return UpdateOffer(up_to_date=False, release=newest)
