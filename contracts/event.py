"""What an event is: a fact in the past tense, declared once, whose tag is its NATS subject."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Final
from uuid import UUID

import msgspec
from uuid6 import uuid7


def new_id() -> UUID:
    """A UUIDv7: unique, and sorted by the time of its making."""
    return UUID(int=uuid7().int)


def now() -> datetime:
    return datetime.now(UTC)


class Event(msgspec.Struct, frozen=True, kw_only=True, tag_field="type"):
    """The envelope. A subclass gives its subject as `tag`; the wire's `type` and the bus's subject are that tag.

    Unknown fields are ignored on reading, so a service may be older than the publisher.
    """

    id: UUID = msgspec.field(default_factory=new_id)
    at: Annotated[datetime, msgspec.Meta(tz=True)] = msgspec.field(default_factory=now)


def subject_of(event: Event | type[Event]) -> str:
    tag = event.__struct_config__.tag
    if not isinstance(tag, str):
        raise TypeError(f"{event!r} is not a declared event: it has no tag")
    return tag


STREAMS: Final[dict[str, tuple[str, ...]]] = {
    "AUTH": ("user.>", "session.>"),
    "LICENSE": ("payment.>", "license.>"),
    "TRACKS": ("track.>",),
    "VERSIONS": ("release.>", "client.>"),
}
"""One JetStream stream per publishing service, and the subjects it keeps."""


def stream_of(subject: str) -> str:
    """The stream that keeps `subject`; LookupError where no service publishes it."""
    family = subject.split(".", 1)[0]
    for stream, patterns in STREAMS.items():
        if f"{family}.>" in patterns:
            return stream
    raise LookupError(f"no stream keeps {subject!r}")
