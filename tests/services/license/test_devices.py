"""Devices and their leases over real HTTP and PostgreSQL."""

from __future__ import annotations

import asyncio
import base64
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from running_license import SEED, License, Rig, device
from signed_leases import LeaseMaker

from chassis.database import Database
from contracts.license import Lease, LeasePayload
from desktop_client.lease import signed
from services.license.domain.devices import SILENT_AFTER
from services.license.silent_seats import SilentSeats

BEFORE = b"the key of before, 32 bytes long"


@pytest.fixture
def more_settings() -> dict[str, object]:
    return {"lease_previous_keys": base64.b64encode(BEFORE).decode()}


def said(lease: dict[str, Any], seed: bytes = SEED) -> LeasePayload:
    """What a lease says, its signature checked as the client does."""
    keys = LeaseMaker(Ed25519PrivateKey.from_private_bytes(seed)).keys
    return signed(msgspec.convert(lease, Lease), keys)


async def ages(license: License, user: UUID, days: float) -> None:
    """Let every device of the account have been silent for so long."""
    await license.sql(
        "UPDATE devices SET last_seen_at = now() - $2::interval WHERE license_id ="
        " (SELECT id FROM licenses WHERE user_id = $1)",
        user,
        timedelta(days=days),
    )


async def remove(license: License, user: UUID, device_id: str) -> tuple[int, dict[str, Any]]:
    return await license.ask("POST", "deactivate", user, {"device_id": device_id})


async def test_of_a_hundred_devices_at_once_only_as_many_as_there_are_seats_get_one(license: License) -> None:
    user = await license.driver()
    rigs = [Rig(license, number) for number in range(1, 101)]
    answers = await asyncio.gather(*(rig.activate(user) for rig in rigs))
    assert sorted(status for status, _ in answers) == [200, 200] + [409] * 98
    assert {body["code"] for status, body in answers if status == 409} == {"device_limit_reached"}
    _, listed = await license.ask("GET", "devices", user)
    assert len(listed["devices"]) == listed["max_devices"] == 2
    ((active,),) = await license.sql("SELECT active_devices FROM licenses WHERE user_id = $1", user)
    assert active == 2
    winners = [rig for rig, (status, _) in zip(rigs, answers, strict=True) if status == 200]
    again = await asyncio.gather(*(rig.activate(user) for rig in winners * 10))
    assert {status for status, _ in again} == {200}, "asking again is free, also at the limit"


async def test_a_computer_that_was_set_up_anew_has_its_seat_again_and_uses_no_transfer(license: License) -> None:
    user = await license.driver()
    rig, other = Rig(license, 1), Rig(license, 2)
    await rig.activate(user)
    await other.activate(user)
    before = rig.id
    rig.set_up_anew()
    status, activation = await rig.activate(user)
    assert (status, activation["device"]["id"], activation["active_devices"]) == (200, rig.id, 2)
    _, listed = await license.ask("GET", "devices", user)
    assert {each["id"] for each in listed["devices"]} == {rig.id, other.id}
    assert (listed["transfers_left"], listed.get("next_transfer_at")) == (3, None)
    assert (await license.ask("POST", "lease", user, {"device_id": before}))[1]["code"] == "device_unknown"
    reasons = [change.reason for change in await license.changes(user, 4)]
    assert reasons == ["opened", "device_activated", "device_activated", "device_replaced"]


async def test_a_hundred_reinstalls_at_once_leave_one_seat(license: License) -> None:
    user = await license.driver()
    await Rig(license, 1).activate(user)
    rigs = [Rig(license, 1) for _ in range(100)]
    answers = await asyncio.gather(*(rig.activate(user) for rig in rigs))
    assert {status for status, _ in answers} == {200}
    _, listed = await license.ask("GET", "devices", user)
    assert len(listed["devices"]) == 1


async def test_a_copied_disk_is_refused_with_the_way_out(license: License) -> None:
    user = await license.driver()
    rig = Rig(license, 1)
    await rig.activate(user)
    copy = Rig(license, 1, product="9", model="9", disk="9", network="9")
    copy.key = rig.key
    status, body = await copy.activate(user)
    assert (status, body["code"]) == (409, "device_cloned")
    assert "new device" in body["title"]
    copy.set_up_anew()
    assert (await copy.activate(user))[0] == 200
    assert (await rig.renew(user))[0] == 200, "the first one is as it was"


async def test_a_changed_part_costs_nothing_at_the_limit(license: License) -> None:
    user = await license.driver()
    rig = Rig(license, 1)
    await rig.activate(user)
    await Rig(license, 2).activate(user)
    for kind in ("network", "disk", "model", "machine", "product"):
        rig.parts[kind] = "new"
        assert (await rig.activate(user))[0] == 200


async def test_a_key_that_was_proved_once_must_be_proved_again(license: License) -> None:
    user = await license.driver()
    rig = Rig(license, 1)
    assert (await rig.activate(user, proof=None))[0] == 200, "as a client of before"
    assert (await rig.renew(user, proof=None))[0] == 200
    assert (await rig.activate(user))[0] == 200
    for answer in (await rig.activate(user, proof=None), await rig.renew(user, proof=None)):
        assert (answer[0], answer[1]["code"]) == (403, "device_unproven")
    assert (await rig.renew(user))[0] == 200


async def test_a_proof_of_another_key_token_or_account_is_none(license: License) -> None:
    user, stranger = await license.driver(), await license.driver()
    rig, thief = Rig(license, 1), Rig(license, 2)
    await rig.activate(user)
    token = license.issuer.token(user)
    earlier = rig.proof(user, license.issuer.token(user, jti="another"))
    for proof in (thief.proof(user, token), rig.proof(stranger, token), earlier, "A" * 86):
        body = {"device_id": rig.id, "proof": proof}
        status, refusal = await license.ask("POST", "lease", user, body, token=token)
        assert (status, refusal["code"]) == (403, "device_unproven")
    status, refusal = await thief.activate(user, proof="A" * 86)
    assert (status, refusal["code"]) == (403, "device_unproven")


async def test_three_seats_a_month_may_move_and_the_fourth_is_told_when(license: License) -> None:
    user = await license.driver()
    for number in range(1, 4):
        await Rig(license, number).activate(user)
        _, listed = await license.ask("GET", "devices", user)
        assert listed["transfers_left"] == 4 - number
        assert (await remove(license, user, listed["devices"][0]["id"]))[0] == 204
    last = Rig(license, 4)
    await last.activate(user)
    status, refusal = await remove(license, user, last.id)
    assert (status, refusal["code"]) == (409, "transfers_used_up")
    assert 29 * 86_400 < refusal["retry_after"] <= 30 * 86_400
    _, listed = await license.ask("GET", "devices", user)
    assert listed["transfers_left"] == 0
    next_at = datetime.fromisoformat(listed["next_transfer_at"])
    assert timedelta(days=29) < next_at - datetime.now(UTC) < timedelta(days=30)
    await license.sql("UPDATE device_removals SET removed_at = removed_at - interval '30 days'")
    assert (await remove(license, user, last.id))[0] == 204


async def test_of_many_removals_at_once_no_more_than_three_succeed(license: License) -> None:
    user = await license.driver()
    await license.sql("UPDATE plans SET max_devices = 10 WHERE id = 'free'")
    rigs = [Rig(license, number) for number in range(1, 9)]
    for rig in rigs:
        assert (await rig.activate(user))[0] == 200
    answers = await asyncio.gather(*(remove(license, user, rig.id) for rig in rigs))
    assert sorted(status for status, _ in answers) == [204] * 3 + [409] * 5


async def test_a_device_that_comes_back_gives_the_transfer_back(license: License) -> None:
    user = await license.driver()
    rig = Rig(license, 1)
    for again in range(5):
        assert (await rig.activate(user))[0] == 200
        assert (await license.ask("GET", "devices", user))[1]["transfers_left"] == 3
        assert (await remove(license, user, rig.id))[0] == 204, f"time {again}"
        assert (await license.ask("GET", "devices", user))[1]["transfers_left"] == 2
        rig.set_up_anew()


async def test_a_name_that_the_driver_gives_stays(license: License) -> None:
    user, stranger = await license.driver(), await license.driver()
    rig = Rig(license, 1)
    await rig.activate(user)
    status, renamed = await license.ask("PUT", f"devices/{rig.id}", user, {"name": "Rig in the attic"})
    assert (status, renamed["name"], renamed["id"]) == (200, "Rig in the attic", rig.id)
    assert (await rig.activate(user))[1]["device"]["name"] == "Rig in the attic"
    rig.set_up_anew()
    assert (await rig.activate(user))[1]["device"]["name"] == "Rig in the attic"
    assert (await license.ask("PUT", f"devices/{rig.id}", stranger, {"name": "Mine"}))[0] == 404
    assert (await license.ask("PUT", "devices/device-777", user, {"name": "None"}))[1]["code"] == "device_unknown"
    for wrong in ({"name": ""}, {"name": "a\nb"}, {"name": "x" * 65}, {"title": "x"}, {}):
        assert (await license.ask("PUT", f"devices/{rig.id}", user, wrong))[0] == 422
    assert (await license.ask("PUT", "devices/short", user, {"name": "x"}))[0] == 422


async def test_a_seat_that_was_silent_for_sixty_days_goes_to_who_needs_it(license: License) -> None:
    user = await license.driver()
    first, second, third = (Rig(license, number) for number in (1, 2, 3))
    await first.activate(user)
    await second.activate(user)
    await ages(license, user, 59)
    assert (await third.activate(user))[0] == 409
    await ages(license, user, 61)
    await second.renew(user)
    assert (await third.activate(user))[0] == 200
    _, listed = await license.ask("GET", "devices", user)
    assert {each["id"] for each in listed["devices"]} == {second.id, third.id}
    assert listed["transfers_left"] == 3


async def test_silent_seats_are_swept_once_however_many_sweep(license: License) -> None:
    user, busy = await license.driver(), await license.driver()
    await Rig(license, 1).activate(user)
    await Rig(license, 2).activate(user)
    await Rig(license, 3).activate(busy)
    database = Database(license.settings.database_url, pool_size=5)
    await database.open()
    soon = datetime.now(UTC) + SILENT_AFTER - timedelta(hours=1)
    assert not await SilentSeats(database).sweep(soon)
    assert len((await license.ask("GET", "devices", user))[1]["devices"]) == 2
    await ages(license, user, 60)
    await asyncio.gather(*(SilentSeats(database).sweep(datetime.now(UTC)) for _ in range(4)))
    await database.close()
    assert (await license.ask("GET", "devices", user))[1]["devices"] == []
    assert len((await license.ask("GET", "devices", busy))[1]["devices"]) == 1
    reasons = [change.reason for change in await license.changes(user, 4)]
    assert reasons == ["opened", "device_activated", "device_activated", "device_silent"]


async def test_asking_how_the_licence_stands_is_no_sign_of_life(license: License) -> None:
    user = await license.driver()
    rig = Rig(license, 1)
    await rig.activate(user)
    await ages(license, user, 10)
    await license.ask("GET", f"status?device_id={rig.id}", user)
    ((seen,),) = await license.sql("SELECT last_seen_at FROM devices WHERE id = $1", rig.id)
    assert datetime.now(UTC) - seen > timedelta(days=9)
    await rig.renew(user)
    ((seen,),) = await license.sql("SELECT last_seen_at FROM devices WHERE id = $1", rig.id)
    assert datetime.now(UTC) - seen < timedelta(minutes=5)


async def test_a_smaller_plan_throws_nobody_out_and_lets_nobody_in(license: License) -> None:
    user = await license.driver()
    await license.sql("UPDATE licenses SET plan_type = 'pro', max_devices = 5 WHERE user_id = $1", user)
    rigs = [Rig(license, number) for number in range(1, 6)]
    for rig in rigs:
        assert (await rig.activate(user))[0] == 200
    await license.sql("UPDATE licenses SET plan_type = 'free', max_devices = 2 WHERE user_id = $1", user)
    for rig in rigs:
        assert (await rig.activate(user))[0] == 200
        assert (await rig.renew(user))[0] == 200
    newcomer = Rig(license, 6)
    for rig in rigs[:3]:
        assert (await newcomer.activate(user))[1]["code"] == "device_limit_reached"
        assert (await remove(license, user, rig.id))[0] == 204
    assert (await license.ask("GET", "devices", user))[1]["transfers_left"] == 3, "none of these could move a seat"
    assert (await newcomer.activate(user))[1]["code"] == "device_limit_reached"
    assert (await remove(license, user, rigs[3].id))[0] == 204
    assert (await newcomer.activate(user))[0] == 200


async def test_a_lease_says_what_may_be_used_why_and_when_to_ask_again(license: License) -> None:
    user = await license.driver()
    rig = Rig(license, 1)
    _, activation = await rig.activate(user)
    lease = said(activation["lease"])
    assert (lease.plan, lease.entitlements, lease.code) == ("free", ("widgets",), "valid")
    assert lease.renew_after is not None
    assert lease.grace_until is not None
    assert lease.renew_after - lease.issued_at == timedelta(days=7) / 3
    assert lease.grace_until - lease.expires_at == timedelta(days=1)
    assert list(lease.components) == rig.described()["components"]
    await license.sql(
        "UPDATE licenses SET plan_type = 'pro', is_valid = false, code = 'suspended_unpaid',"
        " entitlements = '{widgets}', reconsider_at = now() + interval '2 days' WHERE user_id = $1",
        user,
    )
    lease = said((await rig.renew(user))[1])
    assert (lease.plan, lease.entitlements, lease.code) == ("pro", ("widgets",), "suspended_unpaid")
    assert timedelta(days=1, hours=23) < lease.expires_at - lease.issued_at <= timedelta(days=2)


async def test_a_client_that_knows_only_the_key_of_before_gets_a_lease_by_it(license: License) -> None:
    user = await license.driver()
    rig = Rig(license, 1)
    current = LeaseMaker(Ed25519PrivateKey.from_private_bytes(SEED)).key_id
    before = LeaseMaker(Ed25519PrivateKey.from_private_bytes(BEFORE)).key_id
    for accepts, expected, seed in (
        ([], current, SEED),
        ([current, before], current, SEED),
        ([before], before, BEFORE),
        (["0" * 16], current, SEED),
    ):
        for lease in (
            (await rig.activate(user, accepts=accepts))[1]["lease"],
            (await rig.renew(user, accepts=accepts))[1],
        ):
            assert lease["key_id"] == expected
            assert said(lease, seed).device_id == rig.id
    assert (await rig.renew(user, accepts=["not a key"]))[0] == 422


async def test_two_renewals_at_once_are_both_good(license: License) -> None:
    user = await license.driver()
    rig = Rig(license, 1)
    await rig.activate(user)
    answers = await asyncio.gather(*(rig.renew(user) for _ in range(20)))
    assert {status for status, _ in answers} == {200}
    assert {said(lease).device_id for _, lease in answers} == {rig.id}


async def test_a_client_of_before_goes_on_working(license: License) -> None:
    user = await license.driver()
    old = {**device(1), "components": ["machine:a", "processor:b"]}
    for _ in range(2):
        assert (await license.ask("POST", "activate", user, {"device": old}))[0] == 200
    assert (await license.ask("POST", "lease", user, {"device_id": old["id"]}))[0] == 200


async def test_an_erased_account_leaves_no_removal(license: License) -> None:
    user = await license.driver()
    rig = Rig(license, 1)
    await rig.activate(user)
    await remove(license, user, rig.id)
    assert await license.sql("SELECT 1 FROM device_removals")
    await license.sql("DELETE FROM licenses WHERE user_id = $1", user)
    assert not await license.sql("SELECT 1 FROM device_removals")
