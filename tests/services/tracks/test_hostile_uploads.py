"""Whoever sends what is no lap, or a thousand of them, is told so clearly; nobody else loses anything by it."""

from __future__ import annotations

import asyncio
import contextlib
import math
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import aiohttp
import msgspec
from hostile_uploads import GOOD, NO_JSON, NO_LAP, beside_the_lap, largest_lap, packed_bodies, wrong_kinds
from issuer import Issuer
from msgspec import structs
from tracks_process import TracksProcess, tracks_process
from tracks_service import Answer, Tracks
from waiting import eventually

from chassis.settings import Secret
from contracts.tracks import TrackMap
from devstack.nats import Nats
from services.tracks.domain.uploads import MAX_WAITING_UPLOADS
from services.tracks.settings import TracksSettings

MOST_MB = 400


async def send(tracks: Tracks, body: object, driver: UUID | None = None, **headers: str) -> Answer:
    sent = {"content-type": "application/json"} | {name.replace("_", "-"): value for name, value in headers.items()}
    return await tracks.ask("POST", "/tracks/upload", driver=driver, data=body, headers=sent)


def refusal(answer: Answer) -> tuple[int, str, list[str]]:
    return answer.status, answer.body["code"], [error["field"] for error in answer.body.get("errors", ())]


async def test_what_is_no_json_is_said_to_be_none(tracks: Tracks):
    told = {name: await send(tracks, body) for name, body in NO_JSON.items()}
    assert {name: refusal(answer) for name, answer in told.items()} == dict.fromkeys(NO_JSON, (400, "bad_request", []))
    assert [name for name, answer in told.items() if not answer.body["detail"]] == []


async def test_what_is_no_lap_is_refused_by_the_name_of_its_field(tracks: Tracks):
    told = {name: refusal(await send(tracks, body)) for name, (body, _) in NO_LAP.items()}
    assert told == {name: (422, "invalid_request", [field]) for name, (_, field) in NO_LAP.items()}


async def test_whatever_stands_in_whichever_field_is_a_lap_or_refused_by_its_name(tracks: Tracks):
    refused = Counter[str]()
    for number, (field, body) in enumerate(wrong_kinds()):
        answer = await send(tracks, body, driver=UUID(int=number // MAX_WAITING_UPLOADS))
        if answer.status != 202:
            status, code, [named] = refusal(answer)
            assert (status, code) == (422, "invalid_request"), body[:200]
            assert named == field or named.startswith((f"{field}[", f"{field}.")), (field, answer.body)
            refused[field] += 1
    fields = {field for field, _ in wrong_kinds()}
    assert {field for field in fields if refused[field] < 5} == set()


async def test_a_packed_body_is_refused_and_not_unpacked(tracks: Tracks):
    for coding, body in packed_bodies():
        answer = await send(tracks, body, content_encoding=coding)
        assert refusal(answer) == (400, "bad_request", []), coding
        assert "Content-Encoding" in answer.body["detail"]
    assert (await send(tracks, GOOD, content_encoding="identity")).status == 202


async def test_of_a_key_that_comes_twice_the_last_one_counts(tracks: Tracks):
    body = b'{"game":"gt7","track_id":"elsewhere",' + GOOD[1:]
    assert body.count(b'"game":') == 2
    lap = (await send(tracks, body, prefer="wait=10")).upload
    assert (lap.status, lap.track and lap.track.game) == ("accepted", "f1")


async def test_what_is_said_beside_a_lap_spoils_no_map(tracks: Tracks):
    assert (await tracks.send()).upload.status == "accepted"
    for said in beside_the_lap():
        verdict = (await tracks.send(driver=uuid4(), **said)).upload
        assert verdict.status == "duplicate", (list(said), verdict)
    newest = await tracks.get("/tracks/f1/testring")
    track_map = msgspec.json.decode(newest.raw, type=TrackMap)
    assert all(math.isfinite(number) for number in numbers(newest.body))
    width = [left + right for left, right in zip(track_map.line.w_left, track_map.line.w_right, strict=True)]
    assert max(width, default=0.0) < 30
    starts = [sector.s for sector in track_map.sectors]
    assert starts == sorted(set(starts))
    assert all(0 <= start < track_map.length_m for start in starts)
    if track_map.pit:
        assert 0 <= track_map.pit.entry_s <= track_map.length_m
        assert 0 <= track_map.pit.exit_s <= track_map.length_m
    for form in ("geojson", "svg", "csv"):
        drawn = await tracks.get(f"/tracks/f1/testring?format={form}")
        assert drawn.status == 200
        assert b"<script" not in drawn.raw


async def test_eight_drivers_with_one_lap_at_one_instant_make_one_layout_that_all_support(tracks: Tracks):
    drivers = [uuid4() for _ in range(8)]
    verdicts = [answer.upload for answer in await asyncio.gather(*(tracks.send(driver=each) for each in drivers))]
    assert Counter(verdict.status for verdict in verdicts) == {"accepted": 1, "duplicate": 7}
    assert len({verdict.layout_id for verdict in verdicts}) == 1
    assert tracks.service
    assert tracks.service.database
    async with tracks.service.database.transaction() as tx:
        assert await tx.value("SELECT count(*) FROM layouts") == 1
        assert await tx.value("SELECT count(DISTINCT supporter) FROM supporters") == 8
    newest = (await tracks.get("/tracks/f1/testring")).body
    assert newest["status"] == "confirmed"


async def test_one_lap_that_is_sent_again_and_again_under_one_key_is_one_lap(tracks: Tracks):
    first = (await send(tracks, GOOD, idempotency_key="lap", prefer="wait=10")).upload
    some = asyncio.Semaphore(8)

    async def again() -> UUID:
        async with some:
            return (await send(tracks, GOOD, idempotency_key="lap")).upload.upload_id

    assert set(await asyncio.gather(*(again() for _ in range(200)))) == {first.upload_id}


async def test_after_all_of_it_the_process_is_as_small_as_promised_and_has_lost_nothing(
    settings: TracksSettings, nats_server: Nats, issuer: Issuer, tmp_path: Path
):
    told = structs.replace(settings, nats_url=Secret(nats_server.url), jwks_url=issuer.jwks_url)
    async with tracks_process(told, issuer, tmp_path) as tracks:
        for body in (b" " * (50 << 20), _pieces(50)):
            with contextlib.suppress(aiohttp.ClientError):  # cut off while we were still writing
                assert refusal(await send(tracks, body))[:2] == (413, "body_too_large")
        for coding, body in packed_bodies():
            assert (await send(tracks, body, content_encoding=coding)).status == 400
        await asyncio.gather(*(send(tracks, body) for body, _ in NO_LAP.values()))
        large = (largest_lap(), largest_lap(lap_valid=False))
        verdicts = await asyncio.gather(*(_judged(tracks, body, uuid4()) for body in large * 2))
        assert Counter(verdicts) == {"accepted": 1, "duplicate": 1, "rejected": 2}
        await _a_thousand_from_one_account(tracks, nats_server)
        assert tracks.megabytes("VmHWM") < MOST_MB


async def _a_thousand_from_one_account(tracks: TracksProcess, bus: Nats) -> None:
    """They come faster than they are judged. All that are taken are judged; the others are told when to come again."""
    driver, some = uuid4(), asyncio.Semaphore(16)

    async def one() -> Answer:
        async with some:
            return await send(tracks, GOOD.replace(b"true", b"false"), driver)

    bus.kill()
    answers = await asyncio.gather(*(one() for _ in range(1000)))
    await bus.start()
    taken = [answer.headers["location"] for answer in answers if answer.status == 202]
    refused = [answer for answer in answers if answer.status != 202]
    assert MAX_WAITING_UPLOADS <= len(taken) < MAX_WAITING_UPLOADS + 16  # those who asked at one moment
    assert {(each.status, each.body["code"], each.headers["retry-after"]) for each in refused} == {
        (429, "too_many_uploads_waiting", "5")
    }
    for location in taken:
        await eventually(lambda location=location: _is_rejected(tracks, location, driver))


async def _is_rejected(tracks: Tracks, location: str, driver: UUID) -> bool:
    return (await tracks.get(location, driver=driver)).upload.status == "rejected"


async def _judged(tracks: Tracks, body: bytes, driver: UUID) -> str:
    location = (await send(tracks, body, driver)).headers["location"]

    async def verdict() -> str | None:
        status = (await tracks.get(location, driver=driver)).upload.status
        return None if status == "received" else status

    return await eventually(verdict)


async def _pieces(count: int) -> AsyncIterator[bytes]:
    for _ in range(count):
        yield b" " * (1 << 20)


def numbers(said: Any) -> Iterator[float]:
    """Every number in a body."""
    if isinstance(said, dict | list):
        for each in said.values() if isinstance(said, dict) else said:
            yield from numbers(each)
    elif isinstance(said, int | float):
        yield said
