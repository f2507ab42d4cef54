from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pytest
from loopback_gateway import LoopbackGateway, hangs_up, refuses
from running_client import Client, a_lap
from waiting import eventually

from contracts.event import new_id
from contracts.tracks import Reason, TrackRejected, UploadState
from desktop_client.gateway import TRIES
from desktop_client.lap_upload import as_upload
from desktop_client.telemetry.frame import Frame
from desktop_client.upload_queue import UploadQueue

TRACK = ("f1", "26")
UPLOAD = "POST /tracks/upload"


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
    assert client.verdict == "Your lap was refused; the cloud does not say why."


async def test_a_lap_that_is_clearly_refused_is_given_up_with_the_reason(
    server: LoopbackGateway, start: Callable[..., Client], tmp_path: Path
) -> None:
    client = start()
    await client.cloud.start()
    await client.is_live()
    server.trouble[UPLOAD] += [refuses(422, "invalid_request", title="That is no lap.")]
    await client.cloud.maps.take(a_lap("one"))
    await eventually(lambda: client.verdict == "That is no lap.")
    assert list((tmp_path / "client" / "laps").iterdir()) == []
    await client.cloud.maps.take(a_lap("two"))
    await eventually(lambda: client.verdict == "Your lap made the first map of this track.")


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
    await eventually(lambda: client.verdict and client.verdict.startswith("Your lap agrees"))
    assert not client.cloud.maps.delivery.has(TRACK)


@pytest.mark.parametrize(
    ("verdict", "sentence"),
    [
        ("rejected", "Your lap was refused. The lap ends elsewhere."),
        ("duplicate", "Your lap agrees with the map of this track, and helps to improve it. The lap ends elsewhere."),
    ],
)
async def test_a_verdict_that_comes_as_an_event_is_told_and_lets_the_next_lap_be_learned(
    server: LoopbackGateway,
    start: Callable[..., Client],
    seen: Callable[..., Frame],
    verdict: UploadState,
    sentence: str,
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
    server.verdict, server.reasons = verdict, (Reason("open", "The lap ends elsewhere."),)
    event = TrackRejected(
        upload_id=UUID(upload_id), user_id=server.user.id, game="f1", track_id="26", reasons=server.reasons
    )
    await eventually(lambda: not client.cloud.maps.delivery.waiting)  # it has heard the answer, too
    await server.tell(str(new_id()), "track.rejected", event)
    await eventually(lambda: client.verdict == sentence)
    assert client.cloud.maps.lap_is_wanted


@pytest.mark.parametrize(("status", "code"), [(403, "forbidden"), (404, "not_found"), (421, "misdirected_request")])
async def test_a_refusal_that_is_not_about_the_lap_does_not_cost_it(
    server: LoopbackGateway, start: Callable[..., Client], status: int, code: str
) -> None:
    client = start()
    await client.cloud.start()
    await client.is_live()
    server.trouble[UPLOAD] += [refuses(status, code)] * 3
    await client.cloud.maps.take(a_lap("one"))
    await eventually(lambda: server.uploads)
    assert server.asked[UPLOAD] == 4


async def test_a_lap_that_the_cloud_fails_at_does_not_hold_up_the_others(
    server: LoopbackGateway, start: Callable[..., Client]
) -> None:
    server.verdict = "rejected"
    client = start(upload_maps=False)
    await client.cloud.start()
    await client.is_live()
    for name in ("one", "two"):
        await client.cloud.maps.take(a_lap(name))
    server.trouble[UPLOAD] += [refuses(500, "internal_error")] * TRIES
    client.cloud.maps.share(True)
    await eventually(lambda: client.cloud.state.map.waiting == 0)
    assert [upload.track_id for upload in server.uploads.values()] == ["two", "one"]


async def test_a_lap_that_cannot_be_read_at_the_moment_stays_and_does_not_hold_up_the_others(
    server: LoopbackGateway, start: Callable[..., Client], tmp_path: Path
) -> None:
    locked = tmp_path / "client" / "laps" / f"{new_id()}.json"
    locked.mkdir(parents=True)  # a file that another program has locked fails alike
    client = start()
    await client.cloud.start()
    await client.cloud.maps.take(a_lap("one"))
    await eventually(lambda: server.uploads)
    await eventually(lambda: client.cloud.state.map.waiting == 1)
    locked.rmdir()
    locked.write_bytes(as_upload(a_lap("two")).body)
    await eventually(lambda: [upload.track_id for upload in server.uploads.values()] == ["one", "two"])


async def test_a_lap_that_another_program_of_the_driver_has_sent_waits_no_longer(
    server: LoopbackGateway, start: Callable[..., Client], tmp_path: Path
) -> None:
    client = start(upload_maps=False)
    await client.cloud.start()
    await client.is_live()
    for name in ("one", "two"):
        await client.cloud.maps.take(a_lap(name))
    first, _second = sorted((tmp_path / "client" / "laps").iterdir())
    first.unlink()
    client.cloud.maps.wake()
    await eventually(lambda: client.cloud.state.map.waiting == 1)
    client.cloud.maps.share(True)
    await eventually(lambda: client.cloud.state.map.waiting == 0)
    assert client.verdict == "Your lap made the first map of this track."


PROGRAM = """
import asyncio, sys
from pathlib import Path
sys.path.insert(0, "tests/support")
from running_client import Client, a_lap
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
    queue = UploadQueue(tmp_path, most=3)
    kept = [queue.put(as_upload(a_lap(str(number))).body) for number in range(5)]
    assert queue.waiting() == kept[2:]
