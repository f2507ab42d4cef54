"""The whole client side of the cloud, against a gateway that comes, goes and speaks of new maps."""

from __future__ import annotations

import asyncio
import math
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from loopback_gateway import EMAIL, PASSWORD, LoopbackGateway, hangs_up, loopback_gateway, refuses
from waiting import eventually

from contracts.event import new_id
from contracts.tracks import TrackMap
from desktop_client.cloud import Cloud
from desktop_client.device import load_device
from desktop_client.maps import LAPS_A_SESSION, MapStage
from desktop_client.race.recorded_lap import CapturedLap
from desktop_client.session import Stage
from desktop_client.settings import ClientSettings
from desktop_client.telemetry.frame import Capability, Frame
from desktop_client.vault import FileVault

TRACK = ("f1", "26")
ASK_MAP = "GET /tracks/f1/26"
UPLOAD = "POST /tracks/upload"


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[LoopbackGateway]:
    async with loopback_gateway(tmp_path) as opened:
        yield opened


class Client:
    """One running client and what it told the overlay."""

    def __init__(self, settings: ClientSettings) -> None:
        self.maps: list[TrackMap] = []
        vault = FileVault(settings.state / "secrets")
        self.cloud = Cloud(settings, on_map=self.maps.append, vault=vault, first_pause_s=0.02)

    @property
    def stage(self) -> Stage:
        return self.cloud.state.session.stage

    @property
    def map_stage(self) -> MapStage:
        return self.cloud.state.map.stage

    async def is_live(self) -> None:
        await eventually(lambda: self.cloud.state.is_live)


@pytest.fixture
async def start(server: LoopbackGateway, tmp_path: Path) -> AsyncIterator[Callable[..., Client]]:
    clients: list[Client] = []

    def begin(folder: str = "client", **changes: object) -> Client:
        settings = ClientSettings(state=tmp_path / folder, gateway=server.address, ca=server.authority)
        told = {name: getattr(settings, name) for name in settings.__struct_fields__}
        clients.append(Client(ClientSettings(**{**told, "email": EMAIL, "password": PASSWORD, **changes})))
        return clients[-1]

    yield begin
    for client in clients:
        await client.cloud.stop()


@pytest.fixture
def seen(frame_at: Callable[..., Frame]) -> Callable[..., Frame]:
    """A frame of a session on the track of these tests."""
    return lambda at=0.0, uid="one", track_id="26", **more: frame_at(at, uid=uid, track_id=track_id, **more)


def a_lap(track_id: str = "26") -> CapturedLap:
    angle = np.linspace(0, 2 * math.pi, 200)
    points = np.stack((200 * np.cos(angle), 200 * np.sin(angle), np.full(200, np.nan)), axis=1)
    return CapturedLap("f1", track_id, "Round", points, np.zeros(200, dtype=np.int32), 60.0, 61.5)


def a_driven_lap(frame_at: Callable[..., Frame], track_id: str = "26") -> Iterator[Frame]:
    """Frames of the made-up race until its driver has finished a whole lap; it starts shortly before the line."""
    own = 6
    for step in range(60 * 96):
        at = 97.0 + step / 60
        frame = frame_at(at, count=8, own=own, track_id=track_id, capabilities=frozenset(Capability))
        last_lap = np.full(8, np.nan)
        yield replace(frame, cars=replace(frame.cars, last_lap_s=last_lap))


async def test_a_client_without_a_gateway_works_and_asks_nobody(tmp_path: Path, seen: Callable[..., Frame]) -> None:
    client = Client(ClientSettings(state=tmp_path))
    await client.cloud.start()
    client.cloud.on_frame(seen())
    await eventually(lambda: client.map_stage is MapStage.NOT_ASKED)
    state = client.cloud.state
    assert (state.is_configured, state.problem, state.session.problem, state.map.problem) == (False, None, None, None)
    assert not client.cloud.maps.lap_is_wanted
    await client.cloud.stop()


async def test_a_gateway_that_cannot_be_used_is_said_and_nothing_breaks(
    tmp_path: Path, seen: Callable[..., Frame]
) -> None:
    client = Client(ClientSettings(state=tmp_path, gateway="http://127.0.0.1"))
    await client.cloud.start()
    client.cloud.on_frame(seen())
    assert "must begin with https://" in (client.cloud.state.problem or "")
    await client.cloud.stop()


async def test_the_demo_account_signs_in_activates_and_listens(
    server: LoopbackGateway, start: Callable[..., Client]
) -> None:
    client = start()
    await client.cloud.start()
    await client.is_live()
    await eventually(lambda: client.cloud.state.plan == "free")
    assert client.stage is Stage.SIGNED_IN
    assert client.cloud.licence is not None
    lease = await client.cloud.licence.lease()
    assert lease is not None
    assert lease.token == "e30.c2ln"
    assert len(server.devices) == 1


async def test_a_full_plan_is_a_sentence_and_the_overlay_goes_on(
    server: LoopbackGateway, start: Callable[..., Client], seen: Callable[..., Frame]
) -> None:
    server.seats = 0
    server.publish(*TRACK)
    client = start()
    await client.cloud.start()
    await eventually(lambda: client.cloud.state.licence.code == "device_limit_reached")
    assert "Remove one in your account" in (client.cloud.state.licence.problem or "")
    client.cloud.on_frame(seen())
    await eventually(lambda: len(client.maps) == 1)

    server.seats = 1
    event = {"type": "license.changed", "user_id": str(server.user.id), "license_id": str(server.user.id)}
    await eventually(lambda: server.streams)
    await server.tell("1", "license.changed", {**event, "plan": "free", "entitlements": [], "reason": "x"})
    await eventually(lambda: client.cloud.state.plan == "free")


async def test_a_gateway_that_is_away_at_the_start_is_found_when_it_comes(
    server: LoopbackGateway, start: Callable[..., Client], seen: Callable[..., Frame]
) -> None:
    server.publish(*TRACK)
    await server.stop()
    client = start()
    await client.cloud.start()
    client.cloud.on_frame(seen())
    await eventually(lambda: client.cloud.state.session.problem)
    await server.start()
    await client.is_live()
    await eventually(lambda: client.maps)


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
    client.cloud.on_frame(seen(0.0, uid="two"))
    await eventually(lambda: len(client.maps) == 2)
    await eventually(lambda: server.asked[ASK_MAP] == asked + 1)
    assert server.seen[-1].headers["if-none-match"] == '"f1-26-1"'
    await client.cloud.stop()

    await server.stop()
    offline = start()
    await offline.cloud.start()
    offline.cloud.on_frame(seen())
    await eventually(lambda: len(offline.maps) == 1)
    assert offline.map_stage is MapStage.KNOWN


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
    await eventually(lambda: first.cloud.state.map.verdict == "accepted")

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


async def test_a_stream_that_is_cut_resumes_and_nothing_is_missed(
    server: LoopbackGateway, start: Callable[..., Client], seen: Callable[..., Frame]
) -> None:
    client = start()
    await client.cloud.start()
    await client.is_live()
    client.cloud.on_frame(seen())
    await eventually(lambda: client.map_stage is MapStage.UNKNOWN)
    await server.tell("41", "release.published", {})
    await server.write(b'id: 42\nevent: track.published\ndata: {"type": "track.publ')
    server.publish(*TRACK)
    await server.cut()
    await eventually(lambda: client.maps)
    assert server.resumed_from == [None, "41"], "an event cut in two was not heard"


async def test_what_the_stream_says_wrongly_changes_nothing(
    server: LoopbackGateway, start: Callable[..., Client], seen: Callable[..., Frame]
) -> None:
    client = start()
    await client.cloud.start()
    await client.is_live()
    client.cloud.on_frame(seen())
    await eventually(lambda: client.map_stage is MapStage.UNKNOWN)
    await server.write(
        b"event: track.published\ndata: nonsense\n\nevent: no.such.thing\ndata: {}\n\n: beat\n\n\xff\n\n"
    )
    await server.write(b'event: track.published\ndata: {"game":\ndata:  "f1", "track_id": 26}\n\n')
    await server.tell("2", "track.published", server.publish(*TRACK))
    await eventually(lambda: client.maps)
    assert len(server.resumed_from) == 1


async def test_an_event_without_end_is_not_read_to_its_end(
    server: LoopbackGateway, start: Callable[..., Client]
) -> None:
    client = start()
    await client.cloud.start()
    await client.is_live()
    for _ in range(400):
        if not server.streams:
            break
        await server.write(b"data: " + b"x" * 1000 + b"\n")
    await eventually(lambda: len(server.resumed_from) == 2)


async def test_a_session_that_was_ended_elsewhere_signs_out(
    server: LoopbackGateway, start: Callable[..., Client]
) -> None:
    client = start()
    await client.cloud.start()
    await client.is_live()
    server.revoked = True
    server.good_access.clear()
    await server.cut()
    await eventually(lambda: client.stage is Stage.SIGNED_OUT)
    assert client.cloud.state.session.problem == "Sign in again."
    assert client.cloud.state.plan is None
    await client.cloud.sign_in(EMAIL, PASSWORD)
    await client.is_live()


async def test_laps_wait_for_the_gateway_and_are_sent_once_each(
    server: LoopbackGateway, start: Callable[..., Client]
) -> None:
    server.verdict = "rejected"
    client = start()
    await client.cloud.start()
    await client.is_live()
    await server.stop()
    for name in ("one", "two"):
        await client.cloud.maps.take(a_lap(name))
    await eventually(lambda: client.cloud.state.map.waiting == 2)
    server.trouble[UPLOAD] += [refuses(503, "unavailable"), hangs_up, refuses(429, "too_many_requests")]
    await server.start()
    await eventually(lambda: client.cloud.state.map.waiting == 0)
    assert [upload.track_id for upload in server.uploads.values()] == ["one", "two"]
    assert client.cloud.state.map.verdict == "rejected"


async def test_a_lap_that_is_clearly_refused_is_given_up_with_the_reason(
    server: LoopbackGateway, start: Callable[..., Client], tmp_path: Path
) -> None:
    client = start()
    await client.cloud.start()
    await client.is_live()
    server.trouble[UPLOAD] += [refuses(422, "invalid_request", title="That is no lap.")]
    await client.cloud.maps.take(a_lap("one"))
    await eventually(lambda: client.cloud.state.map.verdict == "That is no lap.")
    assert list((tmp_path / "client" / "laps").iterdir()) == []
    await client.cloud.maps.take(a_lap("two"))
    await eventually(lambda: client.cloud.state.map.verdict == "accepted")


async def test_a_verdict_that_takes_its_time_is_asked_for(
    server: LoopbackGateway, start: Callable[..., Client]
) -> None:
    server.verdict = "received"
    client = start()
    await client.cloud.start()
    await client.is_live()
    await client.cloud.maps.take(a_lap())
    await eventually(lambda: len(server.uploads) == 1)
    assert client.cloud.maps.delivery.has(TRACK)
    server.verdict = "duplicate"
    await eventually(lambda: client.cloud.state.map.verdict == "duplicate")
    assert not client.cloud.maps.delivery.has(TRACK)


async def test_a_rejection_that_comes_as_an_event_lets_the_next_lap_be_learned(
    server: LoopbackGateway, start: Callable[..., Client], seen: Callable[..., Frame]
) -> None:
    server.verdict = "received"
    client = start()
    await client.cloud.start()
    await client.is_live()
    client.cloud.on_frame(seen())
    await eventually(lambda: client.cloud.maps.lap_is_wanted)
    await client.cloud.maps.take(a_lap())
    assert not client.cloud.maps.lap_is_wanted
    (upload_id,) = await eventually(lambda: list(server.uploads))
    event = {"type": "track.rejected", "upload_id": upload_id, "user_id": str(server.user.id), "game": "f1"}
    reason = {"code": "open", "message": "The lap ends elsewhere."}
    await eventually(lambda: client.cloud.maps.delivery.has(TRACK))
    await server.tell(str(new_id()), "track.rejected", {**event, "track_id": "26", "reasons": [reason]})
    await eventually(lambda: client.cloud.state.map.verdict == "rejected, open")
    assert client.cloud.maps.lap_is_wanted


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


async def test_a_gateway_that_forgot_what_was_said_meanwhile_has_the_map_asked_for(
    server: LoopbackGateway, start: Callable[..., Client], seen: Callable[..., Frame]
) -> None:
    client = start()
    await client.cloud.start()
    await client.is_live()
    client.cloud.on_frame(seen())
    await eventually(lambda: client.map_stage is MapStage.UNKNOWN)
    server.publish(*TRACK)
    await server.write(b"event: stream.reset\ndata: {}\n\n")
    await eventually(lambda: client.maps)


async def test_a_device_whose_key_is_damaged_becomes_a_new_device(
    server: LoopbackGateway, start: Callable[..., Client], tmp_path: Path
) -> None:
    FileVault(tmp_path / "client" / "secrets").write("device_key", "nonsense")
    client = start()
    await client.cloud.start()
    await eventually(lambda: client.cloud.state.plan == "free")
    assert len(server.devices) == 1


async def test_a_device_id_that_is_taken_by_another_key_is_a_sentence(
    server: LoopbackGateway, start: Callable[..., Client], tmp_path: Path
) -> None:
    vault = FileVault(tmp_path / "client" / "secrets")
    server.devices[load_device(vault).id] = "another key"
    client = start()
    await client.cloud.start()
    await eventually(lambda: client.cloud.state.licence.code == "device_key_mismatch")
    assert "with another key" in (client.cloud.state.licence.problem or "")
    assert client.stage is Stage.SIGNED_IN


PROGRAM = """
import asyncio, sys
from pathlib import Path
sys.path[:0] = ["tests/support", "tests/desktop_client"]
from test_cloud import Client, a_lap
from desktop_client.settings import ClientSettings

async def main():
    client = Client(ClientSettings(state=Path(sys.argv[1]), gateway="https://127.0.0.1:9", upload_maps=True))
    await client.cloud.start()
    await client.cloud.maps.take(a_lap("one"))
    print("kept", flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
"""


async def test_a_lap_survives_the_killing_of_the_client(
    server: LoopbackGateway, start: Callable[..., Client], tmp_path: Path
) -> None:
    program = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", PROGRAM, str(tmp_path / "client")), stdout=asyncio.subprocess.PIPE
    )
    assert program.stdout is not None
    assert await program.stdout.readline() == b"kept\n"
    os.kill(program.pid, signal.SIGKILL)
    await program.wait()

    (tmp_path / "client" / "laps" / f"{new_id()}.json").write_bytes(b'{"game": ')
    client = start()
    await client.cloud.start()
    await eventually(lambda: server.uploads and not list((tmp_path / "client" / "laps").iterdir()))
    assert [upload.track_id for upload in server.uploads.values()] == ["one"]


async def test_the_queue_is_bounded_and_its_oldest_goes_first(tmp_path: Path) -> None:
    from desktop_client.upload_queue import UploadQueue, as_upload

    queue = UploadQueue(tmp_path, most=3)
    kept = [queue.put(as_upload(a_lap(str(number)))) for number in range(5)]
    assert queue.waiting() == kept[2:]


async def test_uploads_can_be_switched_off(
    server: LoopbackGateway, start: Callable[..., Client], seen: Callable[..., Frame], frame_at: Callable[..., Frame]
) -> None:
    client = start(upload_maps=False)
    await client.cloud.start()
    await client.is_live()
    client.cloud.on_frame(seen())
    await eventually(lambda: client.map_stage is MapStage.UNKNOWN)
    assert not client.cloud.maps.lap_is_wanted


async def test_a_track_that_the_contract_cannot_name_is_not_asked_for(
    server: LoopbackGateway, start: Callable[..., Client], seen: Callable[..., Frame]
) -> None:
    client = start()
    await client.cloud.start()
    await client.is_live()
    client.cloud.on_frame(seen(track_id="../../etc/passwd"))
    assert (client.map_stage, client.cloud.state.map.problem) == (
        MapStage.NO_TRACK,
        "The game's name for this track cannot be used.",
    )
    client.cloud.on_frame(seen(track_id=None))
    assert client.cloud.state.map.problem is None


async def test_stopping_leaves_no_task_behind(start: Callable[..., Client], seen: Callable[..., Frame]) -> None:
    client = start()
    await client.cloud.start()
    client.cloud.on_frame(seen())
    await client.is_live()
    await client.cloud.stop()
    left = [str(task.get_coro()) for task in asyncio.all_tasks()]
    assert not [name for name in left if "Cloud." in name or "Maps." in name or "Session." in name]
