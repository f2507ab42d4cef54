"""A published map as other programs read it, made from its document. Pure.

`FORMATS` is the whole table: what `?format=` takes, how it is called on the wire, and who makes it. The same document
gives the same bytes; whoever changes what a format looks like gives it another `edition`, for it is part of the tag.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from contracts.tracks import TrackMap
from services.tracks.domain.formats import columns, geojson, picture

Name = Literal["json", "geojson", "svg", "csv"]


@dataclass(frozen=True, slots=True)
class Format:
    """`made` is None where the stored document itself is given."""

    media_type: str
    edition: int = 1
    made: Callable[[TrackMap], bytes] | None = None
    headers: dict[str, str] = field(default_factory=dict[str, str])


FORMATS: Final[Mapping[Name, Format]] = {
    "json": Format("application/json"),
    "geojson": Format("application/geo+json", made=geojson.written),
    "svg": Format(
        "image/svg+xml",
        made=picture.drawn,
        headers={"content-security-policy": picture.POLICY},
    ),
    "csv": Format("text/csv; header=present", made=columns.written),
}


def tag(etag: str, name: Name) -> str:
    """The strong validator of a document in a format; the document's own is the hash of its content."""
    return etag if name == "json" else f"{etag}.{name}{FORMATS[name].edition}"
