from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from loopback_gateway import LoopbackGateway
from running_client import Client, a_driven_lap, a_lap
from waiting import eventually

from desktop_client.gateway import TIMEOUT_S
from desktop_client.map_state import MapStage
from desktop_client.maps import LAPS_A_SESSION
from desktop_client.race.track_name import slug
from desktop_client.telemetry.frame import Frame

TRACK = ("f1", "26")
ASK_MAP = "GET /tracks/f1/26"
UPLOAD = "POST /tracks/upload"


async def test_a_map_is_served_from_the_shelf_at_once_and_asked_for_once_a_session(
    server: LoopbackGateway, start: Callable[..., Client], seen: Callable[..., Frame]
) -> None:
    server.publish(*TRACK)
    client = start()
    await client.cloud.start()
    await client.is_live()
    for step in range(100):
        client.cloud.on_frame(seen(step / 60))
    await eventually(lambda: client.maps)
    asked = server.asked[ASK_MAP]
    assert asked <= 3, "once for the session, and at most once more for signing in and for the open stream"
    client.cloud.on_frame(seen(0.0, uid="two"))
    await eventually(lambda: len(client.maps) == 2)
    await eventually(lambda: server.asked[ASK_MAP] > asked)
    requests = [request for request in server.seen if request.path == "/tracks/f1/26"]
    assert requests[-1].headers["if-none-match"] == '"f1-26-1"'
    await client.cloud.stop()

    await server.stop()
    offline = start()
    await offline.cloud.start()
    offline.cloud.on_frame(seen())
    await eventually(lambda: len(offline.maps) == 1)
    assert offline.map_stage is MapStage.KNOWN


async def test_the_map_of_another_track_does_not_wait_for_a_network_that_hangs(
    server: LoopbackGateway, start: Callable[..., Client], seen: Callable[..., Frame]
) -> None:
    server.publish("f1", "27")
    client = start()
    await client.cloud.start()
    await client.is_live()
    server.trouble[ASK_MAP] += [server.hangs] * 10
    client.cloud.on_frame(seen())
    await eventually(lambda: server.asked[ASK_MAP])
    client.cloud.on_frame(seen(uid="two", track_id="27"))
    await eventually(lambda: client.maps, within=TIMEOUT_S / 2)


@pytest.mark.parametrize("damage", [b"", b"{}", b"\xff\xfe"])
async def test_a_damaged_map_is_fetched_anew(
    server: LoopbackGateway, start: Callable[..., Client], seen: Callable[..., Frame], tmp_path: Path, damage: bytes
) -> None:
    server.publish(*TRACK)
    file = tmp_path / "client" / "maps" / "f1~26.json"
    file.parent.mkdir(parents=True)
    file.write_bytes(damage)
    client = start()
    await client.cloud.start()
    client.cloud.on_frame(seen())
    await eventually(lambda: client.maps)
    await eventually(lambda: file.stat().st_size > 100)


async def test_an_unknown_track_is_learned_from_one_lap_and_everybody_has_its_map(
    server: LoopbackGateway,
    start: Callable[..., Client],
    seen: Callable[..., Frame],
    frame_at: Callable[..., Frame],
) -> None:
    """The second client never asks again by itself: the event brings it the map, while it is driving."""
    first, second = start("first"), start("second")
    for client in (first, second):
        await client.cloud.start()
        await client.is_live()
    for client in (first, second):
        client.cloud.on_frame(seen())
        await eventually(lambda client=client: client.map_stage is MapStage.UNKNOWN)

    for frame in a_driven_lap(frame_at):
        first.cloud.on_frame(frame)
    await eventually(lambda: first.maps)
    assert server.asked[UPLOAD] == 1
    (upload,) = server.uploads.values()
    assert upload.handedness == "right"
    assert len(upload.points[0]) == 3
    assert upload.lap_time_s == pytest.approx(90.0, abs=0.05)
    (request,) = (request for request in server.seen if request.path == "/tracks/upload")
    assert request.headers["prefer"] == "wait=10"
    await eventually(lambda: first.verdict == "Your lap made the first map of this track.")

    assert second.maps == []
    await server.tell("7", "track.published", server.publish(*TRACK))
    await eventually(lambda: second.maps)
    assert second.map_stage is MapStage.KNOWN


async def test_a_better_map_replaces_the_one_that_is_shown(
    server: LoopbackGateway, start: Callable[..., Client], seen: Callable[..., Frame]
) -> None:
    server.publish(*TRACK)
    client = start()
    await client.cloud.start()
    await client.is_live()
    client.cloud.on_frame(seen())
    await eventually(lambda: client.maps)
    await server.tell("1", "track.published", server.publish("f1", "elsewhere"))
    await server.tell("2", "track.published", server.publish(*TRACK, version=2))
    await eventually(lambda: [known.version for known in client.maps] == [1, 2])


async def test_uploads_can_be_switched_off(
    server: LoopbackGateway, start: Callable[..., Client], seen: Callable[..., Frame], frame_at: Callable[..., Frame]
) -> None:
    client = start(upload_maps=False)
    await client.cloud.start()
    await client.is_live()
    client.cloud.on_frame(seen())
    await eventually(lambda: client.map_stage is MapStage.UNKNOWN)
    assert not client.cloud.maps.lap_is_wanted


async def test_a_track_whose_name_is_fit_for_no_address_is_asked_for_by_one_that_is(
    server: LoopbackGateway, start: Callable[..., Client], seen: Callable[..., Frame], tmp_path: Path
) -> None:
    name = slug("Brands Hatch/Indy")
    assert name is not None
    server.publish("f1", name)
    client = start()
    await client.cloud.start()
    client.cloud.on_frame(seen(track_id="Brands Hatch/Indy"))
    await eventually(lambda: client.map_stage is MapStage.KNOWN)
    assert (tmp_path / "client" / "maps" / f"f1~{name}.json").exists()
    client.cloud.on_frame(seen(track_id="../../etc/passwd"))
    await eventually(lambda: client.map_stage is MapStage.UNKNOWN)
    assert "GET /tracks/f1/etc-passwd-" in str(dict(server.asked))


async def test_a_track_without_a_name_is_not_asked_for(
    server: LoopbackGateway, start: Callable[..., Client], seen: Callable[..., Frame]
) -> None:
    client = start()
    await client.cloud.start()
    await client.is_live()
    client.cloud.on_frame(seen(track_id=" "))
    assert (client.map_stage, client.cloud.state.map.problem) == (
        MapStage.NO_TRACK,
        "The game's name for this track cannot be used.",
    )
    client.cloud.on_frame(seen(track_id=None))
    assert client.cloud.state.map.problem is None


async def test_a_track_whose_laps_are_refused_again_and_again_is_left_alone(
    server: LoopbackGateway, start: Callable[..., Client], seen: Callable[..., Frame]
) -> None:
    server.verdict = "rejected"
    client = start()
    await client.cloud.start()
    await client.is_live()
    client.cloud.on_frame(seen())
    for number in range(LAPS_A_SESSION):
        await eventually(lambda: client.cloud.maps.lap_is_wanted)
        await client.cloud.maps.take(a_lap())
        await eventually(lambda number=number: len(server.uploads) == number + 1)
        await eventually(lambda: client.cloud.state.map.waiting == 0)
    assert not client.cloud.maps.lap_is_wanted
    client.cloud.on_frame(seen(uid="two"))
    await eventually(lambda: client.cloud.maps.lap_is_wanted)
