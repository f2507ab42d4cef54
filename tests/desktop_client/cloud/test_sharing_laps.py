from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import islice
from pathlib import Path

import msgspec
import numpy as np
from loopback_gateway import EMAIL, PASSWORD, LoopbackGateway, loses_the_answer, refuses
from running_client import Client, a_driven_lap, a_lap
from waiting import eventually

from contracts.event import new_id
from contracts.tracks import Upload
from desktop_client.lap_delivery import UPLOAD_TIMEOUT_S
from desktop_client.lap_upload import as_upload
from desktop_client.map_state import MapStage
from desktop_client.telemetry.frame import Frame

ASK_MAP = "GET /tracks/f1/26"
UPLOAD = "POST /tracks/upload"


async def test_while_laps_are_not_shared_none_is_captured_and_those_that_wait_stay_until_they_are(
    server: LoopbackGateway,
    start: Callable[..., Client],
    seen: Callable[..., Frame],
    frame_at: Callable[..., Frame],
) -> None:
    client = start()
    maps = client.cloud.maps
    await client.cloud.start()
    await client.is_live()
    client.cloud.on_frame(seen())
    await eventually(lambda: maps.lap_is_wanted)
    maps.share(False)
    assert not maps.lap_is_wanted
    for frame in islice(a_driven_lap(frame_at), 400):
        client.cloud.on_frame(frame)
        assert not client.cloud.state.is_recording
    await maps.take(a_lap("elsewhere"))
    asked = server.asked[ASK_MAP]
    maps.wake()
    await eventually(lambda: server.asked[ASK_MAP] > asked)
    assert (maps.state.waiting, server.asked[UPLOAD]) == (1, 0)
    maps.share(True)
    await eventually(lambda: maps.state.waiting == 0 and server.asked[UPLOAD] == 1)
    for frame in islice(a_driven_lap(frame_at), 400):
        client.cloud.on_frame(frame)
    assert client.cloud.state.is_recording, "or the frames above would have proved nothing"
    assert client.cloud.state.learned_percent == 0
    maps.share(False)
    client.cloud.on_frame(frame)
    assert (client.cloud.state.is_recording, client.cloud.state.learned_percent) == (False, None)
    maps.share(True)
    for later in islice(a_driven_lap(frame_at), 400, 430):
        client.cloud.on_frame(replace(later, at=later.at + 60.0))
    assert client.cloud.state.capture is None, "the pause was the client's own, and is no gap in the telemetry"


async def test_laps_of_an_earlier_run_are_counted_and_can_be_deleted_without_being_sent(
    server: LoopbackGateway, start: Callable[..., Client], tmp_path: Path
) -> None:
    folder = tmp_path / "client" / "laps"
    first = start(upload_maps=False)
    for name in ("one", "two"):
        await first.cloud.maps.take(a_lap(name))
    client = start(upload_maps=False)
    await client.cloud.start()
    await client.is_live()
    await eventually(lambda: client.cloud.state.map.waiting == 2)
    await client.cloud.maps.discard_laps()
    assert client.cloud.state.map.waiting == 0
    assert list(folder.iterdir()) == []
    client.cloud.maps.share(True)
    await client.cloud.maps.take(a_lap("three"))
    await eventually(lambda: server.uploads)
    assert [upload.track_id for upload in server.uploads.values()] == ["three"]


async def test_a_lap_that_is_being_sent_when_sharing_is_switched_off_goes_no_further(
    server: LoopbackGateway, start: Callable[..., Client]
) -> None:
    client = start()
    maps = client.cloud.maps
    await client.cloud.start()
    await client.is_live()
    server.trouble[UPLOAD].append(server.hangs)
    await maps.take(a_lap())
    await eventually(lambda: server.asked[UPLOAD] == 1)
    maps.share(False)
    assert (maps.state.waiting, server.uploads) == (1, {})
    maps.share(True)
    await eventually(lambda: server.uploads, within=UPLOAD_TIMEOUT_S / 2)  # or it was still waited for the first answer


async def test_a_lap_that_is_being_sent_when_laps_are_deleted_is_not_sent_again(
    server: LoopbackGateway, start: Callable[..., Client]
) -> None:
    client = start()
    await client.cloud.start()
    await client.is_live()
    server.trouble[UPLOAD].append(server.hangs)
    await client.cloud.maps.take(a_lap("deleted"))
    await eventually(lambda: server.asked[UPLOAD] == 1)
    await client.cloud.maps.discard_laps()
    assert client.cloud.state.map.waiting == 0
    await client.cloud.maps.take(a_lap("another"))
    await eventually(lambda: client.verdict == "Your lap made the first map of this track.")
    assert [upload.track_id for upload in server.uploads.values()] == ["another"]


async def test_a_lap_is_sent_as_that_of_the_driver_who_drove_it_and_as_nobody_elses(
    server: LoopbackGateway, start: Callable[..., Client]
) -> None:
    client = start()
    session, maps = client.cloud.session, client.cloud.maps
    assert session is not None
    await client.cloud.start()
    await client.is_live()
    server.trouble[UPLOAD] += [loses_the_answer, server.hangs]  # the cloud has it, and the client does not know
    await maps.take(a_lap("of one"))
    (key,) = await eventually(lambda: list(server.uploads))
    maps.share(False)
    await session.sign_out()
    server.trouble[UPLOAD].clear()
    maps.share(True)
    one, server.user = server.user, msgspec.structs.replace(server.user, id=new_id())
    await session.sign_in(EMAIL, PASSWORD)
    await maps.take(a_lap("of another"))
    await eventually(lambda: len(server.uploads) == 2)
    await eventually(lambda: maps.state.waiting == 0)
    asked = server.asked[UPLOAD]
    await maps.discard_laps()
    await session.sign_out()
    server.user = one
    await session.sign_in(EMAIL, PASSWORD)
    await eventually(lambda: server.asked[UPLOAD] == asked + 1)
    keys = [request.headers["idempotency-key"] for request in server.seen if request.path == "/tracks/upload"]
    assert (keys[0], keys[-1]) == (key, key)
    assert key != keys[-2] == list(server.uploads)[1]


async def test_a_lap_that_is_still_judged_is_not_asked_for_as_somebody_else(
    server: LoopbackGateway, start: Callable[..., Client]
) -> None:
    server.verdict = "received"
    client = start()
    session, maps = client.cloud.session, client.cloud.maps
    assert session is not None
    await client.cloud.start()
    await client.is_live()
    await maps.take(a_lap())
    (key,) = await eventually(lambda: list(server.uploads))
    await eventually(lambda: server.asked[f"GET /tracks/uploads/{key}"])
    await session.sign_out()
    server.user = msgspec.structs.replace(server.user, id=new_id())
    server.trouble[f"GET /tracks/uploads/{key}"] += [refuses(404, "upload_unknown")] * 100
    await session.sign_in(EMAIL, PASSWORD)
    await eventually(lambda: not maps.delivery.has(("f1", "26")))
    assert client.verdict is None


async def test_a_lap_that_an_older_version_has_kept_is_sent(
    server: LoopbackGateway, start: Callable[..., Client], tmp_path: Path
) -> None:
    folder = tmp_path / "client" / "laps"
    folder.mkdir(parents=True)
    told = msgspec.json.decode(as_upload(a_lap("old")).body)
    older = {name: told[name] for name in ("game", "track_id", "lap_valid", "points", "handedness", "flags")}
    (folder / f"{new_id()}.json").write_bytes(msgspec.json.encode(older))
    client = start()
    await client.cloud.start()
    await eventually(lambda: [upload.track_id for upload in server.uploads.values()] == ["old"])


async def test_a_lap_that_cannot_be_kept_is_said_and_the_next_one_is_taken(
    server: LoopbackGateway, start: Callable[..., Client], seen: Callable[..., Frame], tmp_path: Path
) -> None:
    client = start()
    await client.cloud.start()
    await client.is_live()
    client.cloud.on_frame(seen())
    await eventually(lambda: client.cloud.maps.lap_is_wanted)
    in_the_way = tmp_path / "client" / "laps"
    in_the_way.write_text("where the folder should be, as on a disk that is full")
    await client.cloud.maps.take(a_lap())
    assert client.verdict is not None
    assert client.verdict.startswith("The lap cannot be kept on this computer: ")
    await client.cloud.maps.take(replace(a_lap(), lap_time_s=-1.0))
    assert client.verdict.startswith("The lap is none that could be sent: ")
    assert client.cloud.maps.lap_is_wanted
    in_the_way.unlink()
    await client.cloud.maps.take(a_lap())
    await eventually(lambda: client.map_stage is MapStage.KNOWN)


async def test_a_large_lap_with_many_other_cars_arrives_whole_and_once_under_one_key(
    server: LoopbackGateway, start: Callable[..., Client]
) -> None:
    client = start()
    await client.cloud.start()
    await client.is_live()
    way = np.column_stack((np.arange(1500) * 1.01, np.arange(1500) * -1.01))
    lap = replace(a_lap(), other_cars=(way,) * 60)
    server.trouble[UPLOAD].append(loses_the_answer)
    await client.cloud.maps.take(lap)
    await eventually(lambda: client.cloud.state.map.waiting == 0)
    keys = {request.headers["idempotency-key"] for request in server.seen if request.path == "/tracks/upload"}
    assert (server.asked[UPLOAD], len(keys)) == (2, 1)
    (upload,) = server.uploads.values()
    assert upload == msgspec.json.decode(as_upload(lap).body, type=Upload)
