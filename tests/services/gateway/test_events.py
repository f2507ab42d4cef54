"""Drivers hear what concerns them, at once, once, and nothing of others."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from uuid import UUID, uuid4

import aiohttp
import msgspec
import nats
import pytest
from gateway_rig import Running, Start
from waiting import eventually

from contracts.auth import SessionRevoked, UserRegistered
from contracts.event import Event, now
from contracts.license import LicenseChanged, PaymentFailed, PaymentSucceeded
from contracts.tracks import Reason, TrackPublished, TrackRejected, TrackWithdrawn
from contracts.versions import ReleasePublished
from devstack.nats import Nats
from services.gateway.live import Audience, Frame
from services.gateway.reactions import framed

HEARTBEAT = {"": ""}
Publish = Callable[[Event], Awaitable[None]]


@dataclass
class Heard:
    id: str
    subject: str
    data: dict[str, object]


class Stream:
    """One client of /events."""

    def __init__(self, answer: aiohttp.ClientResponse) -> None:
        self.answer = answer

    async def block(self) -> dict[str, str]:
        """The next block of lines; empty at the end of the stream. Comments are blocks too."""
        async with asyncio.timeout(15):
            raw = await self.answer.content.readuntil(b"\n\n")
        lines = raw.decode().strip().splitlines()
        return dict(line.split(":", 1) for line in lines) if raw.endswith(b"\n\n") else {}

    async def next(self) -> Heard | None:
        """The next event, heartbeats aside, which alone would be waited with for as long as the token lives; None at
        the end of the stream."""
        async with asyncio.timeout(20):
            while block := await self.block():
                if "event" in block:
                    said = {name: value.removeprefix(" ") for name, value in block.items()}
                    return Heard(said.get("id", ""), said["event"], msgspec.json.decode(said["data"]))
        return None


@pytest.fixture
def listen(gateway: Running):
    return lambda *arguments, **more: listening(gateway, *arguments, **more)


@contextlib.asynccontextmanager
async def listening(
    gateway: Running, user: UUID | None = None, *, after: str | None = None, **claims: object
) -> AsyncIterator[Stream]:
    headers = gateway.issuer.bearer(user, **claims) | ({"last-event-id": after} if after else {})
    async with gateway.client.get(gateway.url + "/events", headers=headers) as answer:
        assert answer.status == 200, await answer.text()
        stream = Stream(answer)
        assert (await stream.block())["retry"] == " 3000"
        yield stream


def changed(user: UUID, reason: str = "device_activated") -> LicenseChanged:
    return LicenseChanged(user_id=user, license_id=uuid4(), plan="free", entitlements=("overlay",), reason=reason)


def published(**more: object) -> TrackPublished:
    values = {"upload_id": uuid4(), "layout_id": uuid4(), "game": "f1", "track_id": "ring", "version": 1, "etag": '"e"'}
    return TrackPublished(uploaded_by=uuid4(), **(values | more))  # type: ignore[arg-type]


def released() -> ReleasePublished:
    return ReleasePublished(version="1.4.0", channel="stable", platforms=("linux",))


async def test_a_driver_hears_own_events_and_everyones_and_no_others(listen, publish: Publish) -> None:
    me, other = uuid4(), uuid4()
    async with listen(me) as mine, listen(other) as theirs:
        rejected = TrackRejected(upload_id=uuid4(), user_id=other, game="f1", track_id="x", reasons=(Reason("a", "b"),))
        for event in (changed(other), changed(me), rejected, UserRegistered(user_id=me), released()):
            await publish(event)
        # Between streams there is no order; within one there is.
        assert {(await mine.next()).subject for _ in range(2)} == {"license.changed", "release.published"}
        heard = {(await theirs.next()).subject for _ in range(3)}
        assert heard == {"license.changed", "track.rejected", "release.published"}


async def test_a_driver_hears_of_the_own_payments_and_of_nobody_elses(listen, publish: Publish) -> None:
    me, when = uuid4(), now()
    told = {"invoice_id": "in_1", "plan": "pro", "amount": 499, "currency": "eur"}
    async with listen(me) as stream:
        for driver in (uuid4(), me):
            await publish(PaymentFailed(user_id=driver, attempt=1, grace_until=when, **told))
            await publish(PaymentSucceeded(user_id=driver, period_start=when, period_end=when, **told))
        heard = [await stream.next() for _ in range(2)]
    assert [one.subject for one in heard] == ["payment.failed", "payment.succeeded"]
    assert {one.data["user_id"] for one in heard} == {str(me)}


async def test_an_event_is_told_with_its_id_and_without_the_name_of_its_author(listen, publish: Publish) -> None:
    event = published()
    async with listen() as stream:
        assert stream.answer.content_type == "text/event-stream"
        assert stream.answer.headers["cache-control"] == "no-store"
        assert stream.answer.headers["x-accel-buffering"] == "no"
        await publish(event)
        heard = await stream.next()
    assert heard is not None
    assert (heard.id, heard.subject) == (str(event.id), "track.published")
    assert heard.data == {
        "type": "track.published",
        "id": str(event.id),
        "at": heard.data["at"],
        "upload_id": str(event.upload_id),
        "layout_id": str(event.layout_id),
        "game": "f1",
        "track_id": "ring",
        "version": 1,
        "etag": '"e"',
        "status": "provisional",
        "url": None,
    }


async def test_everybody_hears_that_a_map_was_withdrawn(listen, publish: Publish) -> None:
    event = TrackWithdrawn(layout_id=uuid4(), game="f1", track_id="ring")
    async with listen() as stream:
        await publish(event)
        heard = await stream.next()
    assert heard is not None
    assert (heard.subject, heard.data["track_id"]) == ("track.withdrawn", "ring")


async def test_who_has_heard_nothing_yet_goes_on_from_where_they_began(gateway: Running, publish: Publish) -> None:
    me = uuid4()
    async with listening(gateway, uuid4()) as other:
        await publish(released())
        begun_after = await other.next()
    assert begun_after is not None
    async with gateway.client.get(gateway.url + "/events", headers=gateway.issuer.bearer(me)) as answer:
        assert await Stream(answer).block() == {"retry": " 3000", "id": f" {begun_after.id}"}
    missed = changed(me)
    await publish(missed)
    async with listening(gateway, me, after=begun_after.id) as stream:
        assert (await stream.next()).id == str(missed.id)


async def test_a_client_goes_on_after_the_last_event_it_heard(listen, publish: Publish) -> None:
    me = uuid4()
    events = [changed(me, reason=f"number_{number}") for number in range(4)]
    async with listen(me) as stream:
        await publish(events[0])
        last = await stream.next()
        await publish(changed(uuid4()))
        for event in events[1:3]:
            await publish(event)
        assert (await stream.next()).data["reason"] == "number_1"
    assert last is not None
    async with listen(me, after=last.id) as stream:
        assert [(await stream.next()).id for _ in range(2)] == [str(event.id) for event in events[1:3]]
        await publish(events[3])
        assert (await stream.next()).id == str(events[3].id)


async def test_a_client_that_missed_too_much_is_told_so(listen, publish: Publish) -> None:
    for unknown in (str(uuid4()), "x", "0"):
        me = uuid4()
        async with listen(me, after=unknown) as stream:
            assert (await stream.next()).subject == "stream.reset"
            await publish(changed(me))
            assert (await stream.next()).subject == "license.changed"


async def test_what_happened_just_before_the_gateway_started_can_be_resumed(start: Start, publish: Publish) -> None:
    me = uuid4()
    first, second = changed(me), changed(me)
    predecessor = await start()
    await publish(first)
    await publish(second)
    await predecessor.stop()
    async with listening(await start(), me, after=str(first.id)) as stream:
        assert (await stream.next()).id == str(second.id)


async def test_two_replicas_both_hear_everything(start: Start, publish: Publish) -> None:
    me = uuid4()
    async with listening(await start(), me) as one, listening(await start(), me) as two:
        event = changed(me)
        await publish(event)
        assert [(await stream.next()).id for stream in (one, two)] == [str(event.id)] * 2


async def test_an_ended_session_hears_of_it_and_is_refused_from_then_on(
    gateway: Running, listen, publish: Publish
) -> None:
    me, session, other = uuid4(), uuid4(), uuid4()
    async with listen(me, session_id=session) as ended, listen(me, session_id=other) as stays:
        await publish(SessionRevoked(user_id=me, session_id=session, reason="logout"))
        assert (await ended.next()).subject == "session.revoked"
        assert await ended.next() is None
        assert (await stays.next()).subject == "session.revoked"
        event = changed(me)
        await publish(event)
        assert (await stays.next()).id == str(event.id)
    for path in ("/license/status", "/events"):
        refused = await gateway.ask("GET", path, headers=gateway.issuer.bearer(me, session_id=session))
        assert refused.status == 401
    welcome = await gateway.ask("GET", "/license/status", headers=gateway.issuer.bearer(me, session_id=other))
    assert welcome.status == 200


async def test_a_session_that_ended_before_the_start_is_refused_too(start: Start, publish: Publish) -> None:
    me, session = uuid4(), uuid4()
    predecessor = await start()
    await publish(SessionRevoked(user_id=me, session_id=session, reason="logout"))
    await predecessor.stop()
    gateway = await start()
    bearer = gateway.issuer.bearer(me, session_id=session)
    assert (await gateway.ask("GET", "/license/status", headers=bearer)).status == 401


async def test_a_bus_that_was_away_is_listened_to_again_without_a_gap(
    gateway: Running, listen, publish: Publish, nats_server: Nats
) -> None:
    me = uuid4()
    async with listen(me) as stream:
        await publish(changed(me, reason="before"))
        assert (await stream.next()).data["reason"] == "before"
        nats_server.kill()
        await eventually(lambda: not gateway.gateway.bus.is_connected)
        assert (await gateway.ask("GET", "/readyz")).status == 200
        await nats_server.start()
        for reason in ("after", "and_after_that"):
            await publish(changed(me, reason=reason))
        assert [(await stream.next()).data["reason"] for _ in range(2)] == ["after", "and_after_that"]


async def test_a_stream_ends_with_its_access_token(start: Start) -> None:
    gateway = await start()
    offset = 0.0
    stream_of_gateway = gateway.gateway.stream
    real = stream_of_gateway._clock
    stream_of_gateway._clock = lambda: real() + offset
    stream_of_gateway._heartbeat_seconds = 0.02
    async with listening(gateway, life_s=60) as stream:
        assert await stream.block() == HEARTBEAT
        offset = 89.0
        assert await stream.block() == HEARTBEAT
        offset = 91.0
        while block := await stream.block():
            assert block == HEARTBEAT


async def test_an_account_and_a_replica_have_a_bounded_number_of_streams(start: Start) -> None:
    gateway = await start(audience=Audience(most=3, most_each=2))
    me = uuid4()
    async with listening(gateway, me), listening(gateway, me):
        refused = await gateway.ask("GET", "/events", headers=gateway.issuer.bearer(me))
        assert (refused.status, refused.headers["retry-after"]) == (429, "30")
        async with listening(gateway):
            assert (await gateway.ask("GET", "/events", headers=gateway.issuer.bearer())).status == 429

    async def welcome_again() -> bool:
        async with gateway.client.get(gateway.url + "/events", headers=gateway.issuer.bearer(me)) as answer:
            return answer.status == 200

    await eventually(welcome_again)


async def test_a_listener_that_does_not_read_is_let_go_and_the_others_hear_on(start: Start) -> None:
    audience = Audience()
    gateway = await start(audience=audience)
    gateway.gateway.stream._send_seconds = 0.2
    deaf, other = uuid4(), uuid4()
    reader, writer = await _deaf(gateway, gateway.issuer.token(deaf))
    try:
        await reader.readuntil(b"retry: 3000\n")
        writer.transport.pause_reading()  # type: ignore[attr-defined]

        async def is_let_go() -> bool:
            audience.tell(framed(published(game="f" * 60_000), driver=deaf))
            return deaf not in audience._listeners

        async with listening(gateway, other) as stream:
            await eventually(is_let_go)
            audience.tell(framed(released(), driver=None))
            assert (await stream.next()).subject == "release.published"
    finally:
        writer.transport.abort()


async def _deaf(gateway: Running, token: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    narrow = socket.socket()
    narrow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    narrow.setblocking(False)
    await asyncio.get_running_loop().sock_connect(narrow, ("127.0.0.1", gateway.port))
    reader, writer = await asyncio.open_connection(sock=narrow, ssl=gateway.trust, server_hostname="127.0.0.1")
    head = f"GET /events HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\r\n"
    writer.write(head.encode())
    return reader, writer


async def test_an_event_that_cannot_be_read_is_passed_over(listen, publish: Publish, nats_server: Nats) -> None:
    me = uuid4()
    async with listen(me) as stream:
        client = await nats.connect(nats_server.url)
        for body in (b"", b"{", b'{"type":"license.changed"}', b"[]", b"\xff\x00"):
            await client.jetstream().publish("license.changed", body, stream="LICENSE")
        await client.close()
        event = changed(me)
        await publish(event)
        assert (await stream.next()).id == str(event.id)


async def test_an_event_that_we_fail_at_ourselves_does_not_deafen_us(
    gateway: Running, listen, publish: Publish, monkeypatch: pytest.MonkeyPatch
) -> None:
    me = uuid4()
    tell, failing = gateway.gateway.audience.tell, changed(me)

    def fail(frame: Frame) -> None:
        if frame.event_id == str(failing.id):
            raise RuntimeError("a mistake of ours")
        tell(frame)

    monkeypatch.setattr(gateway.gateway.audience, "tell", fail)
    async with listen(me) as stream:
        await publish(failing)
        event = changed(me)
        await publish(event)
        assert (await stream.next()).id == str(event.id)
