"""A profile as one file, to be given to somebody else."""

from __future__ import annotations

import re
from collections.abc import Container
from typing import Final

import msgspec

from desktop_client.overlay.profiles import Profile

SUFFIX: Final = ".raceoverlay.json"
FORMAT: Final = 1
LARGEST: Final = 1_000_000  # bytes; a real one has a hundredth of that
LONGEST_NAME: Final = 40


class CannotImport(Exception):
    """A file that holds no profile of ours; the message is one sentence that says why."""


class _Parcel(msgspec.Struct, frozen=True):
    """Fields are only ever added; those that are not known are left out."""

    raceoverlay_profile: int  # the version of the format
    name: str
    profile: Profile


class _Label(msgspec.Struct, frozen=True):
    raceoverlay_profile: int


def packed(name: str, profile: Profile) -> bytes:
    """The file of a profile, for humans to read too."""
    return msgspec.json.format(msgspec.json.encode(_Parcel(FORMAT, name, profile)), indent=2)


def unpacked(content: bytes) -> tuple[str, Profile]:
    """The name and the profile in a file.

    Raises:
        CannotImport: with one sentence that names the field which is wrong.
    """
    if len(content) > LARGEST:
        raise CannotImport("This file is too large to be a profile.")
    try:
        version = msgspec.json.decode(content, type=_Label).raceoverlay_profile
    except msgspec.DecodeError:
        raise CannotImport("This file is not a profile of RaceOverlay.") from None
    if version > FORMAT:
        raise CannotImport("This profile was made by a newer RaceOverlay; update this one to use it.")
    try:
        parcel = msgspec.json.decode(content, type=_Parcel)
    except msgspec.ValidationError as error:
        raise CannotImport(_sentence(str(error))) from None
    return tidy_name(parcel.name) or "Profile", parcel.profile


def tidy_name(name: str) -> str:
    """A name on one line, not too long; empty where nothing is left of it."""
    return " ".join(re.sub(r"[\x00-\x1f\x7f]", " ", name).split())[:LONGEST_NAME].rstrip()


def free_name(name: str, taken: Container[str]) -> str:
    """The name itself, or the first of "Name 2", "Name 3", … that is not `taken`."""
    number, wanted = 2, name
    while wanted in taken:
        wanted = f"{name} {number}"
        number += 1
    return wanted


def _sentence(error: str) -> str:
    """The decoder's words, beginning with the field they are about."""
    what, _, path = error.rpartition(" - at `$.")
    if not what:
        return f"This profile cannot be used: {error[:1].lower()}{error[1:]}."
    field = path.rstrip("`").removeprefix("profile.")
    return f"This profile cannot be used: `{field}` {what[:1].lower()}{what[1:]}."
