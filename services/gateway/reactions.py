"""What happens here when something happened elsewhere: memory forgets, drivers hear, ended sessions end here too."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import msgspec

from chassis.identity import Verifier
from contracts.auth import SessionRevoked
from contracts.event import Event, subject_of
from contracts.license import LicenseChanged, PaymentFailed, PaymentSucceeded
from contracts.tracks import TrackPublished, TrackRejected, TrackWithdrawn
from contracts.versions import ReleasePublished, ReleaseWithdrawn
from services.gateway.live import Audience, Frame
from services.gateway.memory_rules import RELEASES, TRACK_LISTS, license_tag, track_tag

# Longer than any access token lives, so that none of the session's is left when it is forgotten here.
REVOKED_FOR_S = 15 * 60


def everyone(_event: Event) -> UUID | None:
    return None


def its_driver(event: Any) -> UUID | None:
    return event.user_id


STREAMED: dict[type[Event], Callable[[Any], UUID | None]] = {
    TrackPublished: everyone,
    TrackWithdrawn: everyone,
    TrackRejected: its_driver,
    LicenseChanged: its_driver,
    PaymentSucceeded: its_driver,
    PaymentFailed: its_driver,
    ReleasePublished: everyone,
    ReleaseWithdrawn: everyone,
    SessionRevoked: its_driver,
}
"""What is streamed on, and to whom."""

OUT_OF_DATE: dict[type[Event], Callable[[Any], tuple[str, ...]]] = {
    TrackPublished: lambda event: (TRACK_LISTS, track_tag(event.game, event.track_id)),
    TrackWithdrawn: lambda event: (TRACK_LISTS, track_tag(event.game, event.track_id)),
    LicenseChanged: lambda event: (license_tag(event.user_id),),
    PaymentSucceeded: lambda event: (license_tag(event.user_id),),
    PaymentFailed: lambda event: (license_tag(event.user_id),),
    ReleasePublished: lambda _event: (RELEASES,),
    ReleaseWithdrawn: lambda _event: (RELEASES,),
}
"""Which answers in memory it makes out of date."""

UNSAID = frozenset({"uploaded_by"})
"""Fields that name a person to others: they stay inside."""


def _nothing(_event: Event) -> tuple[str, ...]:
    return ()


_BY_SUBJECT = {subject_of(kind): (kind, driver_of) for kind, driver_of in STREAMED.items()}
SUBJECTS = tuple(_BY_SUBJECT)


class Reactions:
    """Every replica reacts to every event, because its listeners and its list of ended sessions are its own."""

    def __init__(self, audience: Audience, verifier: Verifier, forget: Callable[[str], None]) -> None:
        self._audience = audience
        self._verifier = verifier
        self._forget = forget

    def react(self, subject: str, body: bytes) -> None:
        """
        Raises:
            msgspec.MsgspecError: the body is not what the subject promises.
        """
        kind, driver_of = _BY_SUBJECT[subject]
        event = msgspec.json.decode(body, type=kind)
        for tag in OUT_OF_DATE.get(kind, _nothing)(event):
            self._forget(tag)  # first, for whoever hears of it asks at once
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
