"""What is forgotten in time, and how maps from before there was an index get into it."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from laps import circuit, upload_of
from tracks_service import Parts
from waiting import eventually

from contracts.event import now
from services.tracks.housekeeping import Housekeeping
from services.tracks.objects import ObjectMissing


@pytest.fixture
def housekeeping(parts: Parts) -> Housekeeping:
    return Housekeeping(parts.database, parts.objects, raw_laps_days=30)


async def test_a_raw_lap_is_kept_for_some_days_after_its_verdict_and_its_verdict_for_ever(
    parts: Parts, housekeeping: Housekeeping, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("services.tracks.housekeeping.AT_ONCE", 1)
    driver = uuid4()
    judged = [await parts.receive(upload_of(circuit()), driver) for _ in range(2)]
    for event in judged:
        await parts.judge(event)
    waiting = await parts.receive(upload_of(circuit()), driver)

    assert await housekeeping.forget_raw_laps(now() + timedelta(days=29)) is False
    assert await parts.objects.get(judged[0].storage_path)
    while await housekeeping.forget_raw_laps(now() + timedelta(days=31)):
        pass
    for event in judged:
        with pytest.raises(ObjectMissing):
            await parts.objects.get(event.storage_path)
        assert (await parts.reception.status(event.upload_id, driver)).status in ("accepted", "duplicate")
    assert (await parts.judge(waiting)).status == "duplicate"


async def test_contenders_are_forgotten_when_nobody_agreed_for_a_month(parts: Parts, housekeeping: Housekeeping):
    for xy in (circuit(), circuit(wobble=150)):
        await parts.judge(await parts.receive(upload_of(xy), uuid4()))

    async def layouts() -> int:
        async with parts.database.transaction() as tx:
            return await tx.value("SELECT count(*) FROM layouts")

    await housekeeping.forget_contenders(now() + timedelta(days=29))
    assert await layouts() == 2
    await housekeeping.forget_contenders(now() + timedelta(days=31))
    assert await layouts() == 1
    assert (await parts.library.find("f1", "testring", None)).version == 1


async def test_a_map_from_before_there_was_an_index_is_found_by_its_shape_after_the_first_round(
    parts: Parts, housekeeping: Housekeeping
):
    known = await parts.judge(await parts.receive(upload_of(circuit()), uuid4()))
    async with parts.database.transaction() as tx:
        await tx.run("UPDATE lines SET shape = NULL, shape_key = NULL, size_m = NULL, evidence = NULL")
    await housekeeping.open()
    await eventually(lambda: _is_described(parts))
    await housekeeping.close()
    again = await parts.judge(await parts.receive(upload_of(circuit(), game="gt7", track_id=None), uuid4()))
    assert (again.status, again.layout_id) == ("duplicate", known.layout_id)


async def test_a_lost_document_does_not_keep_the_others_from_the_index(parts: Parts, housekeeping: Housekeeping):
    for name, xy in (("testring", circuit()), ("monza", circuit(wobble=150))):
        await parts.judge(await parts.receive(upload_of(xy, track_id=name), uuid4()))
    await parts.objects.delete((await parts.library.find("f1", "testring", None)).storage_path)
    async with parts.database.transaction() as tx:
        await tx.run("UPDATE lines SET shape = NULL, shape_key = NULL, size_m = NULL")
    assert await housekeeping.describe_lines() is False
    async with parts.database.transaction() as tx:
        assert await tx.value("SELECT array_agg(track_id) FROM lines WHERE shape IS NOT NULL") == ["monza"]


async def _is_described(parts: Parts) -> bool:
    async with parts.database.transaction() as tx:
        return await tx.value("SELECT every(shape IS NOT NULL) FROM lines")
