from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from loopback_gateway import LoopbackGateway, answers
from running_client import Client, a_lap
from waiting import eventually

from contracts.tracks import Quality
from desktop_client.map_shelf import LARGEST_BYTES
from desktop_client.map_state import MapStage
from desktop_client.maps import LAPS_A_SESSION
from desktop_client.race.wanted_lap import LAPS_THAT_COUNT, Use
from desktop_client.telemetry.frame import Frame

TRACK = ("f1", "26")
ASK_MAP = "GET /tracks/f1/26"


def known_as(server: LoopbackGateway, **quality: Any) -> None:
    """The gateway's map becomes one of that quality."""
    etag, track_map = server.maps[TRACK]
    told = Quality(**{"laps": 1, "users": 1, "closure_m": 0.1, **quality})
    server.maps[TRACK] = (etag, msgspec.structs.replace(track_map, status="confirmed", quality=told))


async def knows(start: Callable[..., Client], seen: Callable[..., Frame]) -> Client:
    """A client that drives on that track and has its map."""
    client = start()
    await client.cloud.start()
    await client.is_live()
    client.cloud.on_frame(seen())
    await eventually(lambda: client.map_stage is MapStage.KNOWN)
    return client


async def test_a_provisional_map_is_confirmed_by_a_lap_of_another_driver(
    server: LoopbackGateway, start: Callable[..., Client], seen: Callable[..., Frame]
) -> None:
    server.publish(*TRACK)
    server.verdict = "duplicate"
    client = await knows(start, seen)
    assert (client.cloud.state.map.status, client.cloud.state.map.use) == ("provisional", Use.CONFIRM)
    assert client.cloud.maps.lap_is_wanted
    await client.cloud.maps.take(a_lap())
    await eventually(lambda: client.cloud.state.map.use is Use.WIDTH)
    server.publish(*TRACK, version=2)
    client.cloud.maps.wake()
    await eventually(lambda: client.shown and client.shown.version == 2)


async def test_a_map_that_nothing_can_be_added_to_wants_no_lap(
    server: LoopbackGateway, start: Callable[..., Client], seen: Callable[..., Frame]
) -> None:
    server.publish(*TRACK)
    known_as(server, laps=60, users=4, width_coverage=0.95)
    client = await knows(start, seen)
    assert client.cloud.state.map.use is None
    assert not client.cloud.maps.lap_is_wanted


async def test_a_driver_gives_a_few_laps_a_session_and_as_many_in_all_as_are_counted(
    server: LoopbackGateway, start: Callable[..., Client], seen: Callable[..., Frame]
) -> None:
    server.publish(*TRACK)
    server.verdict = "duplicate"
    client = await knows(start, seen)
    maps = client.cloud.maps
    for number in range(LAPS_THAT_COUNT):
        if number % LAPS_A_SESSION == 0:
            client.cloud.on_frame(seen(uid=str(number)))
        await eventually(lambda: maps.lap_is_wanted)
        await maps.take(a_lap())
        if number % LAPS_A_SESSION == LAPS_A_SESSION - 1:
            await eventually(lambda: not maps.delivery.has(TRACK))
            assert not maps.lap_is_wanted
    await eventually(lambda: maps.state.use is None)
    await client.cloud.stop()
    again = start()
    await again.cloud.start()
    await again.is_live()
    again.cloud.on_frame(seen())
    await eventually(lambda: again.map_stage is MapStage.KNOWN)
    assert again.cloud.state.map.use is None, "it is remembered over the restart"


async def test_a_map_that_is_withdrawn_goes_from_the_shelf_and_from_the_screen(
    server: LoopbackGateway, start: Callable[..., Client], seen: Callable[..., Frame], tmp_path: Path
) -> None:
    server.publish(*TRACK)
    client = await knows(start, seen)
    file = tmp_path / "client" / "maps" / "f1~26.json"
    await eventually(file.exists)
    assert client.shown is not None
    del server.maps[TRACK]
    event = {"type": "track.withdrawn", "layout_id": "00000000-0000-0000-0000-000000000007", "game": "f1"}
    await server.tell("1", "track.withdrawn", {**event, "track_id": "26"})
    await eventually(lambda: client.map_stage is MapStage.UNKNOWN)
    assert (client.shown, file.exists()) == (None, False)
    assert client.cloud.state.map.use is Use.FIRST
    server.publish(*TRACK, version=2)
    client.cloud.maps.wake()
    await eventually(lambda: client.shown)


async def test_a_map_that_was_withdrawn_while_nobody_listened_goes_when_it_is_asked_for(
    server: LoopbackGateway, start: Callable[..., Client], seen: Callable[..., Frame], tmp_path: Path
) -> None:
    server.publish(*TRACK)
    client = await knows(start, seen)
    await client.cloud.stop()
    del server.maps[TRACK]
    later = start()
    await later.cloud.start()
    later.cloud.on_frame(seen())
    await eventually(lambda: later.map_stage is MapStage.UNKNOWN)
    assert later.shown is None
    assert list((tmp_path / "client" / "maps").iterdir()) == []


@pytest.mark.parametrize("name", ["../../client", "a/b", "", "x" * 65])
async def test_news_of_a_track_that_is_none_removes_nothing(
    server: LoopbackGateway, start: Callable[..., Client], seen: Callable[..., Frame], tmp_path: Path, name: str
) -> None:
    server.publish(*TRACK)
    client = await knows(start, seen)
    beside = tmp_path / "client.json"
    beside.write_text("{}")
    event = {"type": "track.withdrawn", "layout_id": "00000000-0000-0000-0000-000000000007"}
    for game in ("f1", "..", "f1~26.json/../.."):
        await server.tell("1", "track.withdrawn", {**event, "game": game, "track_id": name})
    await server.tell("2", "track.published", server.publish(*TRACK, version=2))
    await eventually(lambda: client.shown and client.shown.version == 2)
    assert beside.exists()


def _absurd(**changes: Any) -> Callable[[LoopbackGateway], bytes]:
    return lambda server: msgspec.json.encode(msgspec.structs.replace(server.maps[TRACK][1], **changes))


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (_absurd(schema="raceoverlay.track/2"), "The map is written for another version of RaceOverlay."),
        (_absurd(length_m=1e300), "The map makes no sense."),
        (lambda _: b'{"padding": "%b"}' % (b"x" * LARGEST_BYTES), "The map is too large to be one."),
    ],
    ids=["another schema", "absurd", "too large"],
)
async def test_a_map_that_cannot_be_used_is_said_and_the_one_that_is_kept_stays(
    server: LoopbackGateway,
    start: Callable[..., Client],
    seen: Callable[..., Frame],
    body: Callable[[LoopbackGateway], bytes],
    sentence: str,
) -> None:
    server.publish(*TRACK)
    client = await knows(start, seen)
    shown = client.shown
    server.publish(*TRACK, version=2)
    server.trouble[ASK_MAP] += [answers(body(server))] * 100  # however often it is asked for
    client.cloud.maps.wake()
    await eventually(lambda: client.cloud.state.map.problem == sentence)
    assert (client.map_stage, client.shown) == (MapStage.KNOWN, shown)
    server.trouble[ASK_MAP].clear()
    client.cloud.maps.wake()
    await eventually(lambda: client.shown and client.shown.version == 2)
    assert client.cloud.state.map.problem is None
