"""Maps as tracks gives them are kept in memory, each format for itself, counted as one, and forgotten together."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

import pytest
from aiohttp import web
from gateway_rig import Behind, Running
from waiting import eventually

from contracts.event import Event
from contracts.tracks import TrackPublished, TrackWithdrawn
from services.tracks.domain.formats import FORMATS, tag
from services.tracks.negotiation import headers

TRACK = "/tracks/f1/monza"
ADDRESSES = [TRACK, *(f"{TRACK}?format={name}" for name in FORMATS), f"{TRACK}?version=2&format=svg"]
EVENTS: list[Callable[[], Event]] = [
    lambda: TrackPublished(layout_id=uuid4(), game="f1", track_id="monza", version=3, etag="c0ffee"),
    lambda: TrackWithdrawn(layout_id=uuid4(), game="f1", track_id="monza"),
]


@pytest.fixture
def tracks(behind: Behind) -> Behind:
    """Answers with the headers that tracks answers with, every time for another content."""

    async def answer(request: web.Request) -> web.Response:
        name: Any = request.query.get("format", "json")
        said = headers(tag(f"content{len(behind.arrived)}", name), pinned="version" in request.query)
        said |= {"content-type": FORMATS[name].media_type} | dict(FORMATS[name].headers)
        return web.Response(body=b"a map", headers=said)

    async def allowance(_request: web.Request) -> web.Response:
        return web.Response(body=b'{"left": 19, "renews_at": "2026-12-01T00:00:00Z"}')

    behind.answer, behind.allowance = answer, allowance
    return behind


async def test_every_format_is_asked_for_once_and_counted_as_one_map(gateway: Running, tracks: Behind) -> None:
    mine, theirs = gateway.issuer.bearer(uuid4()), gateway.issuer.bearer(uuid4())
    for path in ADDRESSES:
        first = await gateway.ask("GET", path, headers=mine)
        again = await gateway.ask("GET", path, headers=theirs)
        assert again.headers["cache-status"].startswith("raceoverlay; hit"), path
        assert {name: again.headers[name] for name in ("etag", "content-type")} == {
            name: first.headers[name] for name in ("etag", "content-type")
        }
        assert again.headers["cache-control"].startswith("private"), "what is counted is kept by nobody on the way"
        assert "gateway-cache-control" not in again.headers
        known = await gateway.ask("GET", path, headers=mine | {"if-none-match": first.headers["etag"]})
        assert (known.status, await known.read()) == (304, b"")
    assert len(tracks.arrived) == len(ADDRESSES)
    assert tracks.taken == [f"{TRACK}/taken"] * 2


async def test_a_picture_keeps_its_strict_policy_on_the_way_through(gateway: Running, tracks: Behind) -> None:
    for _ in range(2):
        got = await gateway.ask("GET", f"{TRACK}?format=svg", headers=gateway.issuer.bearer())
        assert got.headers.getall("content-security-policy") == [FORMATS["svg"].headers["content-security-policy"]]
        assert got.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("happened", EVENTS, ids=["published", "withdrawn"])
async def test_a_new_version_and_the_end_of_a_map_are_felt_in_every_format(
    gateway: Running, tracks: Behind, publish: Callable[[Event], Awaitable[None]], happened: Callable[[], Event]
) -> None:
    mine = gateway.issuer.bearer()
    before = {path: (await gateway.ask("GET", path, headers=mine)).headers["etag"] for path in ADDRESSES}
    await publish(happened())

    async def is_felt() -> bool:
        after = {path: (await gateway.ask("GET", path, headers=mine)).headers["etag"] for path in ADDRESSES}
        return not set(before.values()) & set(after.values())

    await eventually(is_felt)
