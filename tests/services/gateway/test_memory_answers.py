"""What everybody asks is asked of the service once, is never older than the last event, and is nobody else's."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Awaitable, Callable
from uuid import UUID, uuid4

import pytest
from aiohttp import web
from gateway_rig import Behind, Running
from waiting import eventually

from contracts.event import Event
from contracts.license import LicenseChanged
from contracts.tracks import TrackPublished
from contracts.versions import ReleasePublished
from devstack.nats import Nats

TRACK, STATUS, LATEST = "/tracks/f1/monza", "/license/status", "/versions/latest"
Publish = Callable[[Event], Awaitable[None]]


def published(track_id: str = "monza") -> TrackPublished:
    ids = {"upload_id": uuid4(), "layout_id": uuid4(), "uploaded_by": uuid4()}
    return TrackPublished(game="f1", track_id=track_id, version=2, etag='"2"', **ids)


def changed(user: UUID) -> LicenseChanged:
    return LicenseChanged(user_id=user, license_id=uuid4(), plan="free", entitlements=(), reason="device_activated")


@pytest.fixture
def counting(behind: Behind) -> Behind:
    """Every answer is another one."""

    async def answer(_request: web.Request) -> web.Response:
        return web.json_response({"number": len(behind.arrived)})

    behind.answer = answer
    return behind


def said(answer) -> str:
    return answer.headers["cache-status"]


async def test_the_second_who_asks_is_answered_from_memory(gateway: Running, counting: Behind) -> None:
    first = await gateway.ask("GET", TRACK, headers=gateway.issuer.bearer())
    second = await gateway.ask("GET", TRACK, headers=gateway.issuer.bearer())
    assert (await first.json(), await second.json()) == ({"number": 1}, {"number": 1})
    assert said(first) == "raceoverlay; fwd=miss; stored"
    assert said(second).startswith("raceoverlay; hit; ttl=")
    assert (second.headers["age"], second.headers["etag"]) == ("0", first.headers["etag"])
    assert second.headers["x-request-id"] != first.headers["x-request-id"]


async def test_who_may_not_ask_hears_nothing_from_memory_either(gateway: Running, counting: Behind) -> None:
    await gateway.ask("GET", TRACK, headers=gateway.issuer.bearer())
    assert (await gateway.ask("GET", TRACK)).status == 401
    machine = gateway.issuer.bearer(scope="license:read")
    assert (await gateway.ask("GET", TRACK, headers=machine)).status == 403


async def test_an_account_never_gets_what_is_anothers(gateway: Running, counting: Behind) -> None:
    me, other = gateway.issuer.bearer(uuid4()), gateway.issuer.bearer(uuid4())
    answers = [await (await gateway.ask("GET", STATUS, headers=who)).json() for who in (me, other, me, other)]
    assert [answer["number"] for answer in answers] == [1, 2, 1, 2]


async def test_a_call_without_a_token_is_asked_without_the_callers(gateway: Running, counting: Behind) -> None:
    await gateway.ask("GET", LATEST, headers=gateway.issuer.bearer())
    assert counting.arrived[0].values("authorization") == []


async def test_who_has_it_already_is_told_so(gateway: Running, counting: Behind) -> None:
    first = await gateway.ask("GET", LATEST)
    tag = first.headers["etag"]
    for known in (tag, f'"other", {tag}', f"W/{tag}", "*"):
        again = await gateway.ask("GET", LATEST, headers={"if-none-match": known})
        assert (again.status, again.headers["etag"], await again.read()) == (304, tag, b"")
    assert (await gateway.ask("GET", LATEST, headers={"if-none-match": '"other"'})).status == 200
    head = await gateway.ask("HEAD", LATEST)
    assert (head.status, head.headers["etag"], head.headers["content-length"]) == (200, tag, str(first.content_length))
    assert len(counting.arrived) == 1


async def test_a_hundred_who_miss_at_once_ask_the_service_once(gateway: Running, behind: Behind) -> None:
    go_on = asyncio.Event()

    async def answer(_request: web.Request) -> web.Response:
        await go_on.wait()
        return web.json_response({})

    behind.answer = answer
    first = asyncio.create_task(gateway.ask("GET", LATEST))
    await eventually(lambda: behind.arrived)
    others = [asyncio.create_task(gateway.ask("GET", LATEST)) for _ in range(99)]
    [flight] = gateway.gateway.memory._flights.values()
    await eventually(lambda: flight.waiting == 100)
    first.cancel()  # whoever asked first leaves
    go_on.set()
    answers = await asyncio.gather(*others)
    assert {answer.status for answer in answers} == {200}
    assert {said(answer) for answer in answers} == {"raceoverlay; fwd=miss; stored; collapsed"}
    assert len(behind.arrived) == 1


async def test_those_who_understand_gzip_get_it_and_the_others_do_not(gateway: Running, behind: Behind) -> None:
    async def answer(request: web.Request) -> web.Response:
        if "gzip" in request.headers.get("accept-encoding", ""):
            return web.Response(body=gzip.compress(b"map"), headers={"content-encoding": "gzip", "etag": '"z"'})
        return web.Response(body=b"map", headers={"etag": '"p"'})

    behind.answer = answer
    for _ in range(2):
        plain = await gateway.ask("GET", LATEST, headers={"accept-encoding": "identity"})
        packed = await gateway.ask("GET", LATEST, headers={"accept-encoding": "br, gzip"})
        assert (await plain.read(), gzip.decompress(await packed.read())) == (b"map", b"map")
    assert len(behind.arrived) == 2


async def test_an_event_makes_what_it_tells_of_forgotten(gateway: Running, counting: Behind, publish: Publish) -> None:
    me, bearer, other = uuid4(), gateway.issuer.bearer, uuid4()
    mine, theirs = bearer(me), bearer(other)

    async def number(path: str, headers: dict[str, str]) -> int:
        return (await (await gateway.ask("GET", path, headers=headers)).json())["number"]

    asked = [(TRACK, mine), ("/tracks/f1/spa", mine), ("/tracks", mine), (STATUS, mine), (STATUS, theirs), (LATEST, {})]
    before = [await number(*each) for each in asked]
    assert before == [1, 2, 3, 4, 5, 6]
    for event in (published(), changed(me), ReleasePublished(version="1.4.0", channel="stable", platforms=("linux",))):
        await publish(event)
    for path, headers, old in ((TRACK, mine, 1), ("/tracks", mine, 3), (STATUS, mine, 4), (LATEST, {}, 6)):
        await eventually(lambda path=path, headers=headers, old=old: _differs(number(path, headers), old))
    assert (await number("/tracks/f1/spa", mine), await number(STATUS, theirs)) == (2, 5)


async def _differs(number: Awaitable[int], old: int) -> bool:
    return await number != old


async def test_what_was_under_way_when_the_event_came_is_not_kept(gateway: Running, behind: Behind) -> None:
    go_on = asyncio.Event()

    async def answer(_request: web.Request) -> web.Response:
        number = len(behind.arrived)
        await go_on.wait()
        return web.json_response({"number": number})

    behind.answer = answer
    bearer = gateway.issuer.bearer()
    early = asyncio.create_task(gateway.ask("GET", TRACK, headers=bearer))
    await eventually(lambda: behind.arrived)
    gateway.gateway.memory.forget("track f1/monza")
    late = asyncio.create_task(gateway.ask("GET", TRACK, headers=bearer))
    await eventually(lambda: len(behind.arrived) == 2)
    go_on.set()
    assert await (await early).json() == {"number": 1}
    assert await (await late).json() == {"number": 2}
    assert await (await gateway.ask("GET", TRACK, headers=bearer)).json() == {"number": 2}


async def test_what_is_no_longer_fresh_is_asked_for_by_its_validator(gateway: Running, behind: Behind) -> None:
    async def answer(request: web.Request) -> web.Response:
        if request.headers.get("if-none-match") == '"1"':
            return web.Response(status=304, headers={"etag": '"1"'})
        return web.Response(body=b"map", headers={"etag": '"1"'})

    behind.answer = answer
    passed = _clock(gateway)
    await gateway.ask("GET", LATEST)
    passed(61)
    again = await gateway.ask("GET", LATEST)
    assert (again.status, await again.read(), len(behind.arrived)) == (200, b"map", 2)
    assert said(again) == "raceoverlay; fwd=stale; stored"
    passed(30)
    assert said(await gateway.ask("GET", LATEST)) == "raceoverlay; hit; ttl=29"


async def test_without_the_bus_nothing_stays_fresh_for_long(
    gateway: Running, counting: Behind, nats_server: Nats
) -> None:
    passed = _clock(gateway)
    await gateway.ask("GET", LATEST)
    passed(10)
    assert (await (await gateway.ask("GET", LATEST)).json())["number"] == 1
    nats_server.kill()
    await eventually(lambda: not gateway.gateway._ears.is_hearing)
    assert (await (await gateway.ask("GET", LATEST)).json())["number"] == 2


async def test_while_the_service_is_away_what_was_known_is_given_and_says_so(gateway: Running, behind: Behind) -> None:
    passed = _clock(gateway)
    known = await (await gateway.ask("GET", LATEST)).json()

    async def fail(_request: web.Request) -> web.Response:
        return web.Response(status=503)

    behind.answer = fail
    passed(3600)
    stale = await gateway.ask("GET", LATEST)
    assert (stale.status, await stale.json(), stale.headers["age"]) == (200, known, "3600")
    assert said(stale) == "raceoverlay; hit; ttl=-3540; detail=stale"
    passed(24 * 3600)
    assert (await gateway.ask("GET", LATEST)).status == 503


async def test_what_an_event_made_out_of_date_is_not_given_although_the_service_fails(
    gateway: Running, behind: Behind
) -> None:
    go_on, me = asyncio.Event(), uuid4()
    bearer, passed = gateway.issuer.bearer(me), _clock(gateway)
    await gateway.ask("GET", STATUS, headers=bearer)

    async def fail(_request: web.Request) -> web.Response:
        await go_on.wait()
        return web.Response(status=503)

    behind.answer = fail
    passed(61)
    asking = asyncio.create_task(gateway.ask("GET", STATUS, headers=bearer))
    await eventually(lambda: len(behind.arrived) == 2)
    gateway.gateway.memory.forget(f"license {me}")  # the licence was revoked
    go_on.set()
    assert (await asking).status == 503


async def test_what_is_not_there_is_remembered_for_a_moment_and_answers_by_its_own_id(
    gateway: Running, behind: Behind
) -> None:
    async def answer(_request: web.Request) -> web.Response:
        body = b'{"type":"urn:x","title":"No map","status":404,"code":"track_unknown","request_id":"the-first"}'
        return web.Response(status=404, body=body, content_type="application/problem+json")

    behind.answer = answer
    passed = _clock(gateway)
    for _ in range(2):
        got = await gateway.ask("GET", TRACK, headers=gateway.issuer.bearer())
        problem = await got.json(content_type=None)
        assert (got.status, problem["code"]) == (404, "track_unknown")
        assert problem["request_id"] == got.headers["x-request-id"]
    assert len(behind.arrived) == 1
    passed(6)
    await gateway.ask("GET", TRACK, headers=gateway.issuer.bearer())
    assert len(behind.arrived) == 2


async def test_what_a_service_says_to_one_alone_is_not_given_to_those_who_waited_with_it(
    gateway: Running, behind: Behind
) -> None:
    go_on = asyncio.Event()

    async def answer(request: web.Request) -> web.Response:
        await go_on.wait()
        headers = {"cache-control": "private"}
        return web.json_response({"for": request.headers["authorization"]}, headers=headers)

    behind.answer = answer
    bearers = [gateway.issuer.bearer() for _ in range(3)]
    asking = [asyncio.create_task(gateway.ask("GET", TRACK, headers=bearer)) for bearer in bearers]
    await eventually(lambda: behind.arrived)
    go_on.set()
    told = [(await answer.json())["for"] for answer in await asyncio.gather(*asking)]
    assert told == [bearer["authorization"] for bearer in bearers]


def _clock(gateway: Running) -> Callable[[float], None]:
    """`passed(seconds)`: so much later."""
    memory, offset = gateway.gateway.memory, 0.0
    real = memory._clock
    memory._clock = lambda: real() + offset

    def passed(seconds: float) -> None:
        nonlocal offset
        offset += seconds

    return passed
