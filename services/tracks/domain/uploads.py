"""The rules of uploads: what is refused at the door, and how a caller may wait. Pure.

What a lap deserves is decided in verdict.py.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from itertools import chain
from typing import Final

import msgspec
import numpy as np

from contracts.problem import FieldError, InvalidRequest, Problem
from contracts.tracks import Point, Upload

MAX_BODY_BYTES: Final = 5 << 20
MAX_WAIT_S: Final = 10.0
MAX_WAITING_UPLOADS: Final = 100
MAX_TRACKS_LISTED: Final = 1000
SLUG_PATTERN: Final = r"^[A-Za-z0-9][A-Za-z0-9._-]*(?!\n)$"  # of contracts.tracks.Slug, for addresses
_ABSURD_M: Final = 1e7
_RESERVED_GAMES: Final = frozenset({"upload", "uploads", "layouts"})
_WAIT: Final = re.compile(r"(?:^|[,;])\s*wait\s*=\s*\"?(\d{1,6})\"?\s*(?:$|[,;])", re.IGNORECASE)


class TrackUnknown(Problem):
    """There is no map of that track, or not in that version."""

    status = 404


class UploadUnknown(Problem):
    """You have no upload with that id."""

    status = 404


class IdempotencyKeyReused(Problem):
    """This Idempotency-Key was used for another body."""

    status = 422


class TooManyUploadsWaiting(Problem):
    """Too many of your laps wait for their verdict; send more when those are judged."""

    status = 429


def check_form(upload: Upload) -> None:
    """Refuse what no lap can be, beyond what types can say. A bad lap of good form is the judge's affair.

    Raises:
        InvalidRequest: names the fields.
    """
    errors: list[FieldError] = []
    if upload.game in _RESERVED_GAMES:
        errors.append(FieldError("game", f"{upload.game!r} is not the name of a game."))
    for field, title in (("track_name", upload.track_name), ("layout_name", upload.layout_name)):
        if title is not None and not title.isprintable():
            errors.append(FieldError(field, "Only characters that can be printed are taken."))
    if upload.flags and len(upload.flags) != len(upload.points):
        errors.append(FieldError("flags", f"{len(upload.flags)} flags do not match {len(upload.points)} points."))
    unknown = next((i for i, flags in enumerate(upload.flags) if not 0 <= flags < 1 << 16), None)
    if unknown is not None:
        errors.append(FieldError(f"flags[{unknown}]", "Flags are bits from 0 to 65535."))
    errors += [wrong for line, field in _lines(upload) if (wrong := _first_wrong_point(line, field))]
    if errors:
        raise InvalidRequest(errors=tuple(errors))


def fingerprint(document: bytes) -> bytes:
    """What two uploads have in common that say the same."""
    return hashlib.sha256(document).digest()


def encoded(upload: Upload) -> bytes:
    """The one spelling of an upload: as it is stored and fingerprinted, whatever the caller's white space was."""
    return msgspec.json.encode(upload)


def wait_asked_for(prefer: str | None) -> float | None:
    """Seconds that a `Prefer` header (RFC 7240) asks to wait for, at most MAX_WAIT_S; None if it does not."""
    asked = _WAIT.search(prefer or "")
    return min(float(asked[1]), MAX_WAIT_S) if asked else None


def _lines(upload: Upload) -> Iterator[tuple[tuple[Point, ...], str]]:
    """Every line of an upload, the lap first, and the field that it is in."""
    yield upload.points, "points"
    if upload.pit and upload.pit.points:
        yield upload.pit.points, "pit.points"
    for number, passage in enumerate(upload.other_cars):
        yield passage, f"other_cars[{number}]"


def _first_wrong_point(line: tuple[Point, ...], field: str) -> FieldError | None:
    sizes = [len(point) for point in line]
    if sizes.count(sizes[0]) != len(sizes):
        odd = next(i for i, size in enumerate(sizes) if size != sizes[0])
        return FieldError(f"{field}[{odd}]", f"This point has {sizes[odd]} coordinates, the first one {sizes[0]}.")
    coordinates = np.fromiter(chain.from_iterable(line), np.float64)
    absurd = np.flatnonzero(~(np.abs(coordinates) <= _ABSURD_M))
    if absurd.size:
        return FieldError(f"{field}[{absurd[0] // sizes[0]}]", "Coordinates are metres: no place is that far away.")
    return None
