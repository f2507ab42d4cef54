"""Judging and forgetting: once, whatever is killed between, and whoever else is at it."""

from __future__ import annotations

import asyncio
from uuid import uuid4

import msgspec
import pytest
from laps import circuit, upload_of
from msgspec import structs
from tracks_service import Parts, Tracks, sealed
from waiting import eventually

from chassis.bus import Bus
from chassis.database import Transaction
from chassis.inbox import Inbox, Slow
from chassis.outbox import Relay
from chassis.settings import Secret
from contracts.auth import UserDeleted
from contracts.license import LicenseChanged
from contracts.problem import Unauthenticated, Unavailable
from contracts.tracks import TrackPublished, TrackRejected, TrackUploaded
from devstack.nats import Nats
from services.tracks.domain.uploads import TooManyUploadsWaiting, TrackUnknown, UploadUnknown
from services.tracks.forgetting import LapsCameMeanwhile
from services.tracks.judging import Heard
from services.tracks.objects import ObjectMissing
from services.tracks.reactions import entitle
from services.tracks.settings import TracksSettings
from services.tracks.store.uploads import UploadStore


async def test_two_drivers_at_the_same_moment_make_one_layout_that_both_support(parts: Parts):
    events = [await parts.receive(upload_of(circuit()), uuid4()) for _ in range(2)]
    heard = await asyncio.gather(*(parts.judging.work(event) for event in events))
    assert [one.verdict.status for one in heard if one] == ["accepted", "accepted"]  # each saw an unknown track

    async def conclude(event: TrackUploaded, one: Heard | None) -> str:
        async with parts.database.transaction() as tx:
            await parts.judging.then(event, tx, one)
        return (await parts.reception.status(event.upload_id, event.user_id)).status

    verdicts = await asyncio.gather(*map(conclude, events, heard))
    assert sorted(verdicts) == ["accepted", "duplicate"]
    versions = (await parts.library.versions("f1", "testring")).versions
    assert [(one.version, one.status) for one in versions] == [(2, "confirmed"), (1, "provisional")]
    published = await parts.recorded(TrackPublished)
    assert [one.version for one in published] == [1, 2]
    assert len({one.layout_id for one in published}) == len(await parts.recorded(TrackRejected)) == 1


async def test_another_shape_at_the_same_moment_is_compared_with_the_one_that_came_first(parts: Parts):
    first = await parts.receive(upload_of(circuit()), uuid4())
    second = await parts.receive(upload_of(circuit(wobble=150)), uuid4())
    heard = await parts.judging.work(second)
    assert (await parts.judge(first)).status == "accepted"
    async with parts.database.transaction() as tx:
        await parts.judging.then(second, tx, heard)
    status = await parts.reception.status(second.upload_id, second.user_id)
    assert [reason.code for reason in status.reasons] == ["differs_from_published"]


async def test_a_judged_lap_is_not_judged_again(parts: Parts):
    event = await parts.receive(upload_of(circuit()), uuid4())
    verdict = await parts.judge(event)
    assert await parts.judge(event) == verdict
    assert await parts.judging.work(event) is None
    assert len(await parts.recorded(TrackPublished)) == 1


async def test_a_worker_that_dies_between_work_and_verdict_is_replaced_by_one_that_judges_once(
    settings: TracksSettings, parts: Parts, nats_server: Nats, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("chassis.bus.ACK_WAIT_S", 1)  # how long the bus waits for a dead worker
    reached = asyncio.Event()

    async def dies(uploaded: TrackUploaded, tx: Transaction, heard: Heard | None) -> None:
        await parts.judging.then(uploaded, tx, heard)
        reached.set()
        await asyncio.Event().wait()

    bus = Bus(nats_server.url, name="tracks")
    await bus.open()
    relay = Relay("tracks", parts.database, bus)
    event = await parts.receive(upload_of(circuit()), uuid4())
    await relay.open()
    try:
        dying = Inbox("tracks", parts.database, bus, {TrackUploaded: Slow(parts.judging.work, dies)})
        await dying.open()
        await reached.wait()
        await dying.close()
        assert await parts.judging.work(event) is not None  # its transaction was undone: nothing is decided

        living = Inbox("tracks", parts.database, bus, {TrackUploaded: Slow(parts.judging.work, parts.judging.then)})
        await living.open()
        verdict = await parts.reception.verdict(event.upload_id, event.user_id, 10)
        await living.close()
    finally:
        await relay.close()
        await bus.close()
    assert (verdict.status, verdict.version) == ("accepted", 1)
    assert len((await parts.library.versions("f1", "testring")).versions) == 1


async def test_a_caller_who_waits_is_woken_by_the_verdict_and_not_by_the_clock(
    parts: Parts, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("services.tracks.reception.OTHER_REPLICAS_POLL_S", 60.0)
    event = await parts.receive(upload_of(circuit()), uuid4())
    heard = await parts.judging.work(event)
    waiting = asyncio.create_task(parts.reception.verdict(event.upload_id, event.user_id, 60))
    await asyncio.sleep(0)  # it takes its seat
    async with parts.database.transaction() as tx:
        await parts.judging.then(event, tx, heard)
        await eventually(lambda: _somebody_waits_for_a_row(parts))  # called before the commit: too early to see it
    async with asyncio.timeout(20):
        assert (await waiting).status == "accepted"


async def test_a_verdict_of_another_replica_is_waited_for_too(settings: TracksSettings, parts: Parts):
    event = await parts.receive(upload_of(circuit()), uuid4())
    async with Parts.open(settings) as replica:
        waiting = asyncio.create_task(parts.reception.verdict(event.upload_id, event.user_id, 10))
        await replica.judge(event)
        assert (await waiting).status == "accepted"


async def test_a_wait_that_is_too_short_ends_with_how_things_stand(parts: Parts):
    event = await parts.receive(upload_of(circuit()), uuid4())
    assert (await parts.reception.verdict(event.upload_id, event.user_id, 0.05)).status == "received"


async def test_a_driver_may_not_pile_up_laps(parts: Parts, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("services.tracks.reception.MAX_WAITING_UPLOADS", 2)
    driver = uuid4()
    events = [await parts.receive(upload_of(circuit()), driver) for _ in range(2)]
    with pytest.raises(TooManyUploadsWaiting):
        await parts.reception.receive(sealed(upload_of(circuit())), driver, None)
    await parts.judge(events[0])
    assert await parts.reception.receive(sealed(upload_of(circuit())), driver, None)


async def test_a_lap_that_cannot_be_stored_is_not_announced(settings: TracksSettings):
    async with Parts.open(structs.replace(settings, s3_endpoint="http://127.0.0.1:1")) as parts:
        with pytest.raises(Unavailable):
            await parts.reception.receive(sealed(upload_of(circuit())), uuid4(), None)
        with pytest.raises(Unavailable):
            await parts.objects.ping()
        assert await parts.recorded(TrackUploaded) == []


async def test_storage_that_refuses_our_keys_is_unavailable_and_not_empty(settings: TracksSettings):
    async with Parts.open(structs.replace(settings, s3_secret_key=Secret("wrong"))) as parts:
        with pytest.raises(Unavailable):
            await parts.objects.get("maps/none")
        with pytest.raises(Unavailable):
            await parts.objects.ping()


async def test_an_erased_driver_leaves_a_map_and_nothing_of_the_person(parts: Parts):
    driver, other = uuid4(), uuid4()
    judged = await parts.receive(upload_of(circuit()), driver, "key")
    await parts.judge(judged)
    waiting = await parts.receive(upload_of(circuit()), driver)
    of_other = await parts.receive(upload_of(circuit()), other)

    await _forget(parts, UserDeleted(user_id=driver))
    assert (await parts.library.find("f1", "testring", None)).version == 1
    for event in (judged, waiting):
        with pytest.raises(ObjectMissing):
            await parts.objects.get(event.storage_path)
        with pytest.raises(UploadUnknown):
            await parts.reception.status(event.upload_id, driver)
    async with parts.database.transaction() as tx:
        dump = await tx.value("SELECT string_agg(u::text, '') FROM (TABLE uploads) u")
        dump += await tx.value("SELECT string_agg(m::text, '') FROM (TABLE track_maps) m")
        dump += await tx.value("SELECT string_agg(s::text, '') FROM (TABLE supporters) s")
        assert await tx.value("SELECT count(*) FROM supporters") == 1
    assert str(driver) not in dump
    assert str(other) in dump

    await _forget(parts, UserDeleted(user_id=driver))  # again: nothing is left to do
    assert await parts.judging.work(waiting) is None
    assert (await parts.judge(of_other)).status == "duplicate"
    newest = await parts.library.find("f1", "testring", None)
    assert (newest.version, newest.status) == (2, "confirmed")  # the first driver still counts, as nobody


async def test_a_lap_whose_driver_is_erased_while_it_is_judged_makes_no_map(parts: Parts):
    event = await parts.receive(upload_of(circuit()), uuid4())
    heard = await parts.judging.work(event)
    await _forget(parts, UserDeleted(user_id=event.user_id))
    async with parts.database.transaction() as tx:
        await parts.judging.then(event, tx, heard)
    with pytest.raises(TrackUnknown):
        await parts.library.find("f1", "testring", None)


async def test_whoever_is_erased_while_their_licence_changes_keeps_nobody_waiting_for_the_other(parts: Parts):
    driver = uuid4()
    told = {"license_id": uuid4(), "plan": "any", "reason": "any", "entitlements": ()}
    async with parts.database.transaction() as tx:
        await entitle(LicenseChanged(user_id=driver, **told), tx)
    async with parts.database.transaction() as tx:
        await UploadStore(tx).is_forgotten(driver)
        forgetting = asyncio.create_task(_forget(parts, UserDeleted(user_id=driver)))
        await eventually(lambda: _somebody_waits_for_a_row(parts))
        await entitle(LicenseChanged(user_id=driver, **told), tx)
    await forgetting


async def test_a_lap_that_comes_while_its_driver_is_erased_is_not_left_behind(parts: Parts):
    erased = UserDeleted(user_id=uuid4())
    await parts.receive(upload_of(circuit()), erased.user_id)
    deleted = await parts.forgetting.work(erased)
    late = await parts.receive(upload_of(circuit()), erased.user_id)
    with pytest.raises(LapsCameMeanwhile):
        async with parts.database.transaction() as tx:
            await parts.forgetting.then(erased, tx, deleted)
    await _forget(parts, erased)
    with pytest.raises(ObjectMissing):
        await parts.objects.get(late.storage_path)


async def test_a_driver_who_was_erased_brings_nothing_more_whatever_their_token_says(parts: Parts):
    erased = UserDeleted(user_id=uuid4())
    await _forget(parts, erased)
    with pytest.raises(Unauthenticated):
        await parts.reception.receive(sealed(upload_of(circuit())), erased.user_id, "key")
    assert await parts.recorded(TrackUploaded) == []


async def test_a_lap_that_is_being_stored_while_its_driver_is_erased_is_taken_away_again(
    parts: Parts, monkeypatch: pytest.MonkeyPatch
):
    erased, stored = UserDeleted(user_id=uuid4()), []
    put = parts.objects.put

    async def put_while_erased(path: str, body: bytes) -> None:
        await put(path, body)
        stored.append(path)
        await _forget(parts, erased)

    monkeypatch.setattr(parts.objects, "put", put_while_erased)
    with pytest.raises(Unauthenticated):
        await parts.reception.receive(sealed(upload_of(circuit())), erased.user_id, None)
    assert await parts.recorded(TrackUploaded) == []
    with pytest.raises(ObjectMissing):
        await parts.objects.get(stored[0])


async def test_the_service_forgets_when_auth_says_so(tracks: Tracks):
    upload = (await tracks.send()).upload
    await tracks.service.bus.ensure_stream("AUTH")
    erased = UserDeleted(user_id=tracks.driver)
    await tracks.service.bus.jetstream.publish("user.deleted", msgspec.json.encode(erased))

    async def is_forgotten() -> bool:
        return (await tracks.get(f"/tracks/uploads/{upload.upload_id}")).status == 404

    await eventually(is_forgotten)
    assert (await tracks.get("/tracks/f1/testring")).status == 200


async def _somebody_waits_for_a_row(parts: Parts) -> bool:
    async with parts.database.transaction() as tx:
        return await tx.value("SELECT EXISTS (SELECT 1 FROM pg_locks WHERE NOT granted)")


async def _forget(parts: Parts, erased: UserDeleted) -> None:
    deleted = await parts.forgetting.work(erased)
    async with parts.database.transaction() as tx:
        await parts.forgetting.then(erased, tx, deleted)
