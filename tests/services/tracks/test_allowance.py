"""So many new maps a day: different ones, counted from midnight UTC, and none that are one's own."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta, timezone
from uuid import UUID, uuid4

import pytest
from laps import circuit, upload_of
from tracks_service import Parts, Tracks

from chassis.identity import Identity
from contracts.auth import UserDeleted
from contracts.event import now
from contracts.identity import Role
from contracts.license import LicenseChanged
from contracts.problem import Unauthenticated
from contracts.tracks import MapAllowanceUsedUp
from services.tracks.domain.allowance import MAPS_A_DAY, UNLIMITED, Reader
from services.tracks.reactions import entitle

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)


def caller(user_id: UUID, role: Role = Role.DRIVER) -> Identity:
    return Identity(user_id, uuid4(), role, 2**31)


def changed(user_id: UUID, *entitlements: str, at: datetime | None = None) -> LicenseChanged:
    told = {"user_id": user_id, "license_id": uuid4(), "plan": "any", "reason": "any", "entitlements": entitlements}
    return LicenseChanged(**told, **({"at": at} if at else {}))


async def hear(parts: Parts, event: LicenseChanged) -> None:
    async with parts.database.transaction() as tx:
        await entitle(event, tx)


async def take_all(parts: Parts, who: Identity, count: int = MAPS_A_DAY) -> None:
    for number in range(count):
        await parts.library.take(who, "f1", f"track{number}")


def used_up(at: datetime = NOON) -> Reader:
    reader = Reader()
    for number in range(MAPS_A_DAY):
        reader = reader.take(f"f1/{number}", at)
    return reader


def test_the_same_map_is_counted_once_and_one_more_than_the_allowance_is_refused() -> None:
    reader = used_up()
    assert reader.allowance(NOON).left == 0
    assert reader.take("f1/0", NOON) == reader
    with pytest.raises(MapAllowanceUsedUp) as refused:
        reader.take("f1/another", NOON)
    assert refused.value.retry_after == 12 * 3600 + 1


def test_the_day_begins_at_midnight_utc_wherever_the_driver_is() -> None:
    reader = used_up()
    last_moment = datetime(2026, 11, 27, 9, 59, 59, tzinfo=timezone(timedelta(hours=10)))
    with pytest.raises(MapAllowanceUsedUp) as refused:
        reader.take("f1/another", last_moment)
    assert refused.value.retry_after == 2
    fresh = reader.take("f1/another", last_moment + timedelta(seconds=1))
    assert (fresh.day, fresh.taken) == (date(2026, 11, 27), ("f1/another",))
    assert fresh.allowance(last_moment).renews_at == datetime(2026, 11, 27, tzinfo=UTC)


def test_nothing_is_counted_of_whoever_may_take_as_many_as_they_like() -> None:
    reader = Reader(is_unlimited=True)
    assert reader.take("f1/0", NOON) == reader
    assert reader.allowance(NOON).left is None


async def test_a_hundred_at_the_same_moment_get_as_many_as_one_after_the_other(parts: Parts) -> None:
    me = caller(uuid4())
    asked = [parts.library.take(me, "f1", f"track{number}") for number in range(100)]
    outcomes = await asyncio.gather(*asked, return_exceptions=True)
    refused = [one for one in outcomes if isinstance(one, MapAllowanceUsedUp)]
    assert (len(refused), len(outcomes) - len(refused)) == (100 - MAPS_A_DAY, MAPS_A_DAY)
    assert (await parts.library.take(caller(uuid4()), "f1", "track0")).left == MAPS_A_DAY - 1


async def test_a_licence_that_sets_no_limit_lifts_it_at_once_and_its_end_brings_it_back(parts: Parts) -> None:
    driver = uuid4()
    me = caller(driver)
    await take_all(parts, me)
    with pytest.raises(MapAllowanceUsedUp):
        await parts.library.take(me, "f1", "another")
    await hear(parts, changed(driver, "widgets", UNLIMITED))
    assert (await parts.library.take(me, "f1", "another")).left is None
    await hear(parts, changed(driver, "widgets", at=now() - timedelta(hours=1)))  # came late, and is old
    assert (await parts.library.take(me, "f1", "another")).left is None
    await hear(parts, changed(driver, "widgets"))
    with pytest.raises(MapAllowanceUsedUp):
        await parts.library.take(me, "f1", "another")


async def test_a_track_that_one_has_sent_a_good_lap_of_is_not_counted(parts: Parts) -> None:
    driver = uuid4()
    me = caller(driver)
    await take_all(parts, me)
    event = await parts.receive(upload_of(circuit()), driver)
    with pytest.raises(MapAllowanceUsedUp):
        await parts.library.take(me, "f1", "testring")  # nobody has judged it yet
    assert (await parts.judge(event)).status == "accepted"
    assert (await parts.library.take(me, "f1", "testring")).left == 0


async def test_a_lap_of_one_track_under_the_name_of_another_brings_nothing_of_that_one(parts: Parts) -> None:
    driver = uuid4()
    await parts.judge(await parts.receive(upload_of(circuit()), uuid4()))
    await parts.judge(await parts.receive(upload_of(circuit(wobble=150), track_id="monza"), uuid4()))
    lap = await parts.judge(await parts.receive(upload_of(circuit(), track_id="monza"), driver))
    assert lap.status == "duplicate"
    me = caller(driver)
    assert (await parts.library.take(me, "f1", "testring")).left == MAPS_A_DAY
    assert (await parts.library.take(me, "f1", "monza")).left == MAPS_A_DAY - 1


async def test_who_keeps_the_maps_in_order_is_not_counted(parts: Parts) -> None:
    me = uuid4()
    await take_all(parts, caller(me, Role.MODERATOR), MAPS_A_DAY + 1)
    await take_all(parts, caller(me, Role.ADMIN), MAPS_A_DAY + 1)
    assert (await parts.library.take(caller(me), "f1", "another")).left == MAPS_A_DAY - 1


async def test_nothing_is_kept_of_whoever_was_erased_and_nothing_comes_back(parts: Parts) -> None:
    driver = uuid4()
    await hear(parts, changed(driver, UNLIMITED))
    await take_all(parts, caller(driver), 1)
    erased = UserDeleted(user_id=driver)
    deleted = await parts.forgetting.work(erased)
    async with parts.database.transaction() as tx:
        await parts.forgetting.then(erased, tx, deleted)
    await hear(parts, changed(driver, UNLIMITED))
    with pytest.raises(Unauthenticated):
        await parts.library.take(caller(driver), "f1", "spa")
    async with parts.database.transaction() as tx:
        assert await tx.value("SELECT count(*) FROM readers") == 0


async def test_it_is_asked_over_http_with_the_drivers_own_token(tracks: Tracks) -> None:
    asked = await tracks.ask("PUT", "/tracks/f1/spa/taken")
    assert (asked.status, asked.body["left"]) == (200, MAPS_A_DAY - 1)
    machine = tracks.issuer.bearer(scope="license:read")
    assert (await tracks.ask("PUT", "/tracks/f1/spa/taken", headers=machine)).status == 403
