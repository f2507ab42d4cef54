"""What a listener is told that comes back: everything it missed, wherever it was before."""

from __future__ import annotations

import asyncio
from uuid import UUID, uuid4

from contracts.event import Event
from contracts.identity import Identity, Role
from contracts.license import LicenseChanged
from contracts.tracks import TrackPublished
from services.gateway.live import MAX_PENDING, Audience, Frame
from services.gateway.reactions import framed

ME = uuid4()


def changed() -> LicenseChanged:
    return LicenseChanged(user_id=ME, license_id=uuid4(), plan="free", entitlements=(), reason="device_activated")


def published() -> TrackPublished:
    upload, layout, driver = uuid4(), uuid4(), uuid4()
    return TrackPublished(
        upload_id=upload, layout_id=layout, uploaded_by=driver, game="f1", track_id="ring", version=1, etag='"e"'
    )


def me(user_id: UUID = ME) -> Identity:
    return Identity(user_id=user_id, session_id=uuid4(), role=Role.DRIVER, expires_at=2**40)


def audience_of(*events: Event) -> Audience:
    """One that heard `events` in that order."""
    audience = Audience()
    for event in events:
        audience.tell(framed(event, driver=None))
    return audience


def missed(audience: Audience, after: Event) -> list[str]:
    with audience.listening(me(), after=str(after.id)) as (listener, is_complete):
        assert is_complete
        return [frame.event_id for frame in asyncio.run(listener.next(0))]


def test_another_replica_that_heard_the_streams_in_another_order_leaves_nothing_out() -> None:
    lap, plan, next_lap = published(), changed(), published()
    # There it was: lap, plan, next lap. A replica that has just started hears one stream after the other.
    started_later = audience_of(plan, lap, next_lap)
    assert set(missed(started_later, lap)) == {str(plan.id), str(next_lap.id)}


def test_what_was_heard_before_is_not_told_again() -> None:
    events = [published() for _ in range(5)]
    assert missed(audience_of(*events), events[2]) == [str(event.id) for event in events[3:]]


def test_a_listener_that_missed_much_is_not_too_slow_for_the_next_event() -> None:
    first, *later = (published() for _ in range(MAX_PENDING + 2))
    audience = audience_of(first, *later)
    with audience.listening(me(), after=str(first.id)) as (listener, _):
        audience.tell(Frame("new", None, b""))
        assert not listener.ended
        assert len(asyncio.run(listener.next(0))) == len(later) + 1


def test_a_listener_that_does_not_keep_up_is_let_go() -> None:
    audience = Audience()
    with audience.listening(me(), after=None) as (listener, _):
        for _ in range(MAX_PENDING):
            audience.tell(Frame("one", None, b""))
        assert not listener.ended
        audience.tell(Frame("too many", None, b""))
        assert listener.ended
