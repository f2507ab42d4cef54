"""Sending a lap: from the door to the verdict, over real HTTP, PostgreSQL, NATS and object storage."""

from __future__ import annotations

import asyncio
from uuid import uuid4

import msgspec
import nats
import pytest
from laps import circuit, upload_of
from tracks_service import Tracks
from waiting import eventually

from contracts.tracks import LayoutReference, TrackPublished, UploadStatus
from devstack.nats import Nats


async def test_a_lap_becomes_a_map_and_the_same_lap_of_another_driver_its_duplicate(tracks: Tracks, nats_server: Nats):
    first = await tracks.send()
    assert (first.status, first.headers["preference-applied"]) == (202, "wait")
    assert first.headers["location"] == f"/tracks/uploads/{first.upload.upload_id}"
    assert (first.upload.status, first.upload.version, first.upload.reasons) == ("accepted", 1, ())

    second = (await tracks.send(driver=uuid4())).upload
    assert second.status == "duplicate"
    assert (second.layout_id, second.version) == (first.upload.layout_id, 2)  # its second driver confirms the map
    assert second.duplicate_of == second.track == first.upload.track == LayoutReference("f1", "testring")
    assert second.deviation_m is not None
    assert second.deviation_m.max < 0.1

    other = (await tracks.send(circuit(wobble=150))).upload
    assert (other.status, other.reasons[0].code) == ("rejected", "differs_from_published")
    assert (other.layout_id, other.version, other.track) == (None, None, None)

    published = await _on_the_bus(nats_server, TrackPublished)
    assert (published.upload_id, published.uploaded_by) == (first.upload.upload_id, tracks.driver)
    assert published.etag == (await tracks.get("/tracks/f1/testring?version=1")).headers["etag"].strip('"')
    newest = (await tracks.get("/tracks/f1/testring")).body
    assert (newest["version"], newest["status"], newest["quality"]["users"]) == (2, "confirmed", 2)


async def test_every_reason_reaches_the_driver_with_its_place(tracks: Tracks):
    answer = await tracks.send(circuit()[:560], lap_valid=False, lap_time_s=12.0)
    assert answer.upload.status == "rejected"
    assert [(reason.code, reason.at is None) for reason in answer.upload.reasons] == [
        ("lap_invalid", True),
        ("speed", False),
        ("open", False),
    ]
    assert (await tracks.get("/tracks")).body == {"tracks": []}


async def test_without_wait_the_verdict_is_found_at_its_address_by_its_owner_alone(tracks: Tracks):
    answer = await tracks.send(headers={"prefer": "respond-async"})
    assert answer.upload.status == "received"
    assert "preference-applied" not in answer.headers

    async def verdict() -> UploadStatus | None:
        status = (await tracks.get(answer.headers["location"])).upload
        return None if status.status == "received" else status

    assert (await eventually(verdict)).status == "accepted"
    stranger = await tracks.get(answer.headers["location"], driver=uuid4())
    assert (stranger.status, stranger.body["code"]) == (404, "upload_unknown")


async def test_an_idempotency_key_stands_for_one_body_of_one_driver(tracks: Tracks):
    key = {"idempotency-key": "lap-1"}
    first = (await tracks.send(headers=key)).upload
    assert (await tracks.send(headers=key)).upload == first

    reused = await tracks.send(circuit(700), headers=key)
    assert (reused.status, reused.body["code"]) == (422, "idempotency_key_reused")
    assert (await tracks.send(headers=key, driver=uuid4())).upload.upload_id != first.upload_id


async def test_first_uses_of_a_key_at_the_same_moment_make_one_upload(tracks: Tracks):
    answers = await asyncio.gather(*(tracks.send(headers={"idempotency-key": "lap-1"}) for _ in range(8)))
    assert len({answer.upload.upload_id for answer in answers}) == 1
    assert {answer.upload.status for answer in answers} == {"accepted"}


async def test_what_is_no_upload_is_refused_by_the_name_of_its_field(tracks: Tracks):
    good = msgspec.to_builtins(upload_of(circuit(80)))
    points = good["points"]
    for field, wrong in {
        "points": {"points": [[1.0, 2.0]] * 20_001},
        "points[5]": {"points": [*points[:5], [1e308, 0.0], *points[6:]]},
        "points[5][0]": {"points": [*points[:5], ["a", 0.0]]},
        "points[79]": {"points": [*points[:79], [1.0]]},
        "points[3]": {"points": [*points[:3], [1.0, 2.0, 3.0, 4.0]]},
        "game": {"game": "../etc"},
        "track_id": {"track_id": "spa\n"},
        "track_name": {"track_name": "Spa\x00"},
        "lap_valid": {"lap_valid": "yes"},
        "handedness": {"handedness": "upside-down"},
        "lap_time_s": {"lap_time_s": -1},
        "rate_hz": {"rate_hz": 1e9},
        "flags": {"flags": [0]},
        "other_cars[1][2]": {"other_cars": [points[:5], [*points[:2], [1e308, 0.0], points[3]]]},
        "other_cars[0][1]": {"other_cars": [[points[0], [1.0, 2.0, 3.0]]]},
        "other_cars": {"other_cars": [points[:2]] * 61},
        "pit.points[1]": {"pit": {"entry_m": 1.0, "exit_m": 2.0, "points": [points[0], [1.0]]}},
        "pit.entry_m": {"pit": {"entry_m": -1.0, "exit_m": 2.0}},
        "sector_starts_m[1]": {"sector_starts_m": [1.0, 1e9]},
        "colour": {"colour": "red"},
    }.items():
        answer = await tracks.send_raw(msgspec.json.encode({**good, **wrong}))
        assert (answer.status, answer.body["code"]) == (422, "invalid_request"), field
        assert [error["field"] for error in answer.body["errors"]] == [field]


@pytest.mark.parametrize("number", [b"NaN", b"Infinity", b"0x10"])
async def test_a_number_that_json_does_not_know_is_bad_json(tracks: Tracks, number: bytes):
    body = msgspec.json.encode(upload_of(circuit(80))).replace(b'"points":[[', b'"points":[[' + number + b",1.0],[")
    answer = await tracks.send_raw(body)
    assert (answer.status, answer.body["code"]) == (400, "bad_request")


async def test_more_than_five_megabytes_are_not_read(tracks: Tracks):
    answer = await tracks.send_raw(b" " * (5 << 20) + b"{}")
    assert (answer.status, answer.body["code"]) == (413, "body_too_large")


async def test_nothing_is_answered_to_those_who_are_not_signed_in(tracks: Tracks):
    upload = f"/tracks/uploads/{uuid4()}"
    for method, path in [("POST", "/tracks/upload"), *(("GET", path) for path in ("/tracks", "/tracks/a/b", upload))]:
        answer = await tracks.ask(method, path, headers={"authorization": "Bearer nobody"}, data=b"{}")
        assert (answer.status, answer.body["code"]) == (401, "unauthenticated"), path


async def test_a_lap_is_taken_while_the_bus_is_away_and_judged_when_it_is_back(tracks: Tracks, nats_server: Nats):
    nats_server.kill()
    answer = await tracks.send(headers={"prefer": "wait=0"})
    assert answer.upload.status == "received"
    await nats_server.start()
    await eventually(lambda: _is_judged(tracks, answer.headers["location"]))


async def _is_judged(tracks: Tracks, location: str) -> bool:
    return (await tracks.get(location)).upload.status == "accepted"


async def _on_the_bus(server: Nats, kind: type[TrackPublished]) -> TrackPublished:
    client = await nats.connect(server.url)
    try:
        subscription = await client.jetstream().subscribe("track.published", ordered_consumer=True)
        return msgspec.json.decode((await subscription.next_msg(5)).data, type=kind)
    finally:
        await client.close()
