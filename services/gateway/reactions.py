"""What happens here when something happened elsewhere: drivers hear of it, and ended sessions end here too."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import msgspec

from chassis.identity import Verifier
from contracts.auth import SessionRevoked
from contracts.event import Event, subject_of
from contracts.license import LicenseChanged
from contracts.tracks import TrackPublished, TrackRejected
from contracts.versions import ReleasePublished, ReleaseWithdrawn
from services.gateway.live import Audience, Frame

# Longer than any access token lives, so that none of the session's is left when it is forgotten here.
REVOKED_FOR_S = 15 * 60


def everyone(_event: Event) -> UUID | None:
    return None


def its_driver(event: Any) -> UUID | None:
    return event.user_id


STREAMED: dict[type[Event], Callable[[Any], UUID | None]] = {
    TrackPublished: everyone,
    TrackRejected: its_driver,
    LicenseChanged: its_driver,
    ReleasePublished: everyone,
    ReleaseWithdrawn: everyone,
    SessionRevoked: its_driver,
}
"""What is streamed on, and to whom."""

UNSAID = frozenset({"uploaded_by"})
"""Fields that name a person to others: they stay inside."""

_BY_SUBJECT = {subject_of(kind): (kind, driver_of) for kind, driver_of in STREAMED.items()}
SUBJECTS = tuple(_BY_SUBJECT)


class Reactions:
    """Every replica reacts to every event, because its listeners and its list of ended sessions are its own."""

    def __init__(self, audience: Audience, verifier: Verifier) -> None:
        self._audience = audience
        self._verifier = verifier

    def react(self, subject: str, body: bytes) -> None:
        """
        Raises:
            msgspec.MsgspecError: the body is not what the subject promises.
        """
        kind, driver_of = _BY_SUBJECT[subject]
        event = msgspec.json.decode(body, type=kind)
        self._audience.tell(framed(event, driver=driver_of(event)))
        if isinstance(event, SessionRevoked):
            self._verifier.revoke(event.session_id, until=event.at.timestamp() + REVOKED_FOR_S)
            self._audience.end_session(event.session_id)


def framed(event: Event, *, driver: UUID | None) -> Frame:
    """`event` as a server-sent event: its id, its subject, its JSON. Only fields that the contract knows are in it."""
    said = {name: value for name, value in msgspec.to_builtins(event).items() if name not in UNSAID}
    text = b"id: %b\nevent: %b\ndata: %b\n\n" % (
        str(event.id).encode(),
        subject_of(event).encode(),
        msgspec.json.encode(said),
    )
    return Frame(str(event.id), driver, text)
