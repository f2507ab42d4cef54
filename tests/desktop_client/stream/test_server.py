"""The browser source, asked as a browser asks and as a browser must not."""

import asyncio
import socket

import aiohttp
import pytest
from waiting import eventually

from desktop_client.stream.theatre import MOST_STAGES, MOST_VIEWERS


@pytest.fixture
async def web():
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
def watch(studio, web):
    def watch(**query):
        url, params = studio.address("/overlay/live", **{"width": 1920, "height": 1080, **query})
        return web.ws_connect(url, params=params, origin=f"http://127.0.0.1:{studio.port}")

    return watch


async def until(page, looking, done):
    """Draw what comes until `done`."""
    async with asyncio.timeout(20):
        while not done():
            page.take(await looking.receive_str() if not page.places else (await looking.receive()).data)


async def test_it_is_off_until_the_driver_wants_it(studio, web):
    studio.overlay.follow(studio.server.follow)
    assert studio.server.seen() is None
    with pytest.raises(aiohttp.ClientConnectionError):
        await web.get(studio.address()[0])


async def test_the_page_is_given_with_rules_for_the_browser(studio, web):
    await studio.open()
    url, params = studio.address()
    async with web.get(url, params=params) as answer:
        assert answer.status == 200
        assert "background: transparent" in await answer.text()
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert studio.looks == 0, "nobody watches yet"


async def test_the_address_on_the_status_page_is_the_whole_address(studio, web):
    await studio.open()
    async with web.get(studio.server.seen().address) as answer:
        assert answer.status == 200


@pytest.mark.parametrize("path", ["/overlay", "/overlay/live"])
@pytest.mark.parametrize(
    ("query", "headers"),
    [
        ({"token": "guess"}, {}),
        ({}, {"Host": "rebound.example"}),
        ({}, {"Origin": "https://a-page.example"}),
    ],
)
async def test_whoever_must_not_look_is_refused(studio, web, path, query, headers):
    await studio.open()
    url, params = studio.address(path, **query)
    upgrade = {"Connection": "Upgrade", "Upgrade": "websocket"} if path.endswith("live") else {}
    async with web.get(url, params=params, headers={**upgrade, **headers}) as answer:
        assert answer.status == 403
        assert studio.token not in await answer.text()


async def test_it_listens_on_this_computer_alone(studio):
    await studio.open()
    (name,) = {address[0] for address in studio.server._runner.addresses}
    assert name == "127.0.0.1"


async def test_a_page_that_comes_gets_everything_once_and_then_what_changes(studio, watch, page, frame_at):
    await studio.open()
    studio.overlay.show_frame(frame_at(50.0))
    async with watch() as looking:
        await until(page, looking, lambda: page.images and page.images["dash"].pixelColor(100, 60).alpha())
        assert page.size == (1920, 1080)
        assert page.places["dash"] == studio.overlay.windows["dash"].geometry()
        before = page.images["inputs"].copy()
        studio.overlay.show_frame(frame_at(51.0))
        changed = page.take(await looking.receive_bytes(timeout=20))
        assert "inputs" in {key for key, _, _ in changed}
        assert sum(len(pixels) for _, _, pixels in changed) < 4 * 1920 * 1080 / 8
        assert page.images["inputs"] != before


async def test_two_pages_see_the_same(studio, watch, page, frame_at):
    await studio.open()
    studio.overlay.show_frame(frame_at(50.0))
    other = type(page)()
    async with watch() as first, watch() as second:
        for its, looking in ((page, first), (other, second)):
            await until(its, looking, lambda its=its: its.images and its.images["dash"].pixelColor(100, 60).alpha())
        assert studio.server.seen().viewers == 2
    assert page.images == other.images


async def test_without_somebody_who_watches_it_costs_nothing(studio, watch, page, frame_at):
    await studio.open()
    studio.overlay.show_frame(frame_at(50.0))
    async with watch() as looking:
        await until(page, looking, lambda: page.places)
    await eventually(lambda: studio.server.seen().viewers == 0)
    looks = studio.looks
    for tick in range(20):
        studio.overlay.show_frame(frame_at(51.0 + tick / 10))
        await asyncio.sleep(0.01)
    assert studio.looks == looks
    assert studio.server._theatre._plays == {}


async def test_another_profile_of_the_driver_is_shown_at_once(studio, watch, page):
    await studio.open()
    async with watch() as looking:
        await until(page, looking, lambda: "standings" in page.places)
        studio.overlay.next_profile()
        await until(page, looking, lambda: "lap_log" in page.places)
        assert "standings" not in page.places


async def test_the_stream_may_have_a_profile_of_its_own(studio, watch, page):
    await studio.open(profile="Calm")
    async with watch() as looking:
        await until(page, looking, lambda: page.places)
    calm = set(page.places)
    page.places = {}
    async with watch(profile="Endurance") as looking:
        await until(page, looking, lambda: page.places)
    assert "head_to_head" in page.places
    assert "head_to_head" not in calm


async def test_a_profile_that_there_is_not_is_said(studio, web):
    await studio.open()
    url, params = studio.address(profile="Nothing")
    async with web.get(url, params=params) as answer:
        assert answer.status == 404
        assert await answer.text() == "There is no such profile; there are Race, Practice, Endurance, Calm."


@pytest.mark.parametrize(("asked", "given"), [("0", 320), ("-5", 1920), ("99999", 3840), ("wide", 1920), ("²", 1920)])
async def test_a_size_that_makes_no_sense_becomes_one_that_does(studio, watch, page, asked, given):
    await studio.open()
    async with watch(width=asked) as looking:
        await until(page, looking, lambda: page.places)
        assert page.size == (given, 1080)


async def test_there_are_not_more_sizes_than_can_be_painted(studio, watch, web):
    await studio.open()
    looking = [await watch(width=1000 + number) for number in range(MOST_STAGES)]
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await watch(width=800)
    assert refused.value.status == 503
    for each in looking:
        await each.close()


async def test_there_are_not_more_pages_than_can_be_served(studio, watch):
    await studio.open()
    looking = [await watch() for _ in range(MOST_VIEWERS)]
    with pytest.raises(aiohttp.WSServerHandshakeError):
        await watch()
    await looking.pop().close()
    await eventually(lambda: studio.server.seen().viewers < MOST_VIEWERS)
    looking.append(await watch())
    for each in looking:
        await each.close()


async def test_a_port_of_another_program_is_said_and_another_one_helps(studio, web, free_port):
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        studio.port = holder.getsockname()[1]
        await studio.open()
        seen = studio.server.seen()
        assert seen.address == ""
        assert f"Port {studio.port} cannot be used" in seen.problem
        studio.port = free_port()
        studio.set(enabled=True)
        await eventually(lambda: studio.server.seen().address)
    async with web.get(studio.server.seen().address) as answer:
        assert answer.status == 200


async def test_switching_it_off_ends_it_for_those_who_watch(studio, watch, page, web):
    await studio.open()
    async with watch() as looking:
        await until(page, looking, lambda: page.places)
        studio.set(enabled=False)
        async with asyncio.timeout(20):
            while (await looking.receive()).type is not aiohttp.WSMsgType.CLOSE:
                pass
    await eventually(lambda: studio.server.seen() is None)
    with pytest.raises(aiohttp.ClientConnectionError):
        await web.get(studio.address()[0])


async def test_a_page_that_takes_nothing_is_spared_and_has_everything_afterwards(studio, watch, page, frame_at):
    await studio.open()
    studio.overlay.show_frame(frame_at(50.0))
    async with watch() as slow:
        await eventually(lambda: studio.server.seen().viewers)
        viewer = next(iter(next(iter(studio.server._theatre._plays.values())).viewers))
        slow._reader._protocol.pause_reading()
        at = 50.0

        async def is_behind():
            nonlocal at
            at += 0.3
            studio.overlay.show_frame(frame_at(at))
            await asyncio.sleep(0.02)
            return viewer.needs_everything and at > 51

        await eventually(is_behind, within=60)
        slow._reader._protocol.resume_reading()
        watching = type(page)()
        layouts = 0
        async with asyncio.timeout(30):
            while layouts < 2:
                message = (await slow.receive()).data
                layouts += isinstance(message, str)
                watching.take(message)
            watching.take((await slow.receive()).data)
        assert watching.images["dash"].pixelColor(100, 60).alpha()
