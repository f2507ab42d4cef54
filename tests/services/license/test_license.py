"""A licence over real HTTP, PostgreSQL and NATS."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import asyncpg
import msgspec
import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from running_license import SEED, License, device
from waiting import eventually

from contracts.auth import UserDeleted, UserRegistered
from contracts.license import LEASE_DOMAIN, LeasePayload


async def test_the_free_plan_opens_when_an_account_begins(license: License):
    user = uuid4()
    status, body = await license.ask("GET", "status", user)
    assert (status, body["valid"], body["code"]) == (200, False, "no_license")
    event = UserRegistered(user_id=user)
    await license.tell(event)
    await license.tell(event)  # once more, to no effect
    (change,) = await license.changes(user, 1)
    assert (change.plan, change.reason) == ("free", "opened")
    status, body = await license.ask("GET", "status", user)
    assert (status, body["valid"], body["code"], body["plan"]) == (200, True, "valid", "free")
    assert body["entitlements"] == ["widgets"]


async def test_a_device_gets_a_seat_and_keeps_it(license: License):
    user = await license.driver()
    for _ in range(3):
        status, activation = await license.ask("POST", "activate", user, {"device": device()})
        assert status == 200
        assert (activation["active_devices"], activation["max_devices"]) == (1, 2)
    status, body = await license.ask("GET", "status?device_id=device-001", user)
    assert (body["valid"], body["active_devices"]) == (True, 1)
    status, body = await license.ask("GET", "status?device_id=device-002", user)
    assert (status, body["valid"], body["code"]) == (200, False, "device_not_activated")
    reasons = [change.reason for change in await license.changes(user, 2)]
    assert reasons == ["opened", "device_activated"], "activating again changes nothing"


async def test_an_activated_device_is_welcome_also_when_all_seats_are_taken(license: License):
    user = await license.driver()
    for number in (1, 2):
        await license.ask("POST", "activate", user, {"device": device(number)})
    assert (await license.ask("POST", "activate", user, {"device": device(1)}))[0] == 200
    assert (await license.ask("POST", "activate", user, {"device": device(3)}))[0] == 409


async def test_a_freed_seat_can_be_taken(license: License):
    user = await license.driver()
    for number in (1, 2):
        await license.ask("POST", "activate", user, {"device": device(number)})
    assert (await license.ask("POST", "deactivate", user, {"device_id": "device-001"}))[0] == 204
    assert (await license.ask("POST", "activate", user, {"device": device(3)}))[0] == 200
    status, body = await license.ask("POST", "deactivate", user, {"device_id": "device-001"})
    assert (status, body["code"]) == (404, "device_unknown")


async def test_a_copied_device_id_with_another_key_is_refused(license: License):
    user = await license.driver()
    await license.ask("POST", "activate", user, {"device": device(1)})
    clone = {**device(1), "public_key": device(9)["public_key"]}
    status, body = await license.ask("POST", "activate", user, {"device": clone})
    assert (status, body["code"]) == (409, "device_key_mismatch")


async def test_the_lease_is_signed_and_bound_to_the_device(license: License):
    user = await license.driver()
    _, activation = await license.ask("POST", "activate", user, {"device": device(1)})
    _, renewed = await license.ask("POST", "lease", user, {"device_id": "device-001"})
    public = Ed25519PrivateKey.from_private_bytes(SEED).public_key()
    for lease in (activation["lease"], renewed):
        body, signature = (base64.urlsafe_b64decode(part + "==") for part in lease["token"].split("."))
        public.verify(signature, LEASE_DOMAIN + b"\0" + body)
        with pytest.raises(InvalidSignature):
            public.verify(signature, body)
        payload = msgspec.json.decode(body, type=LeasePayload)
        assert (payload.user_id, payload.device_id) == (user, "device-001")
        assert payload.device_key == device(1)["public_key"]
        assert payload.expires_at - payload.issued_at == timedelta(days=7)
        assert abs(payload.issued_at - datetime.now(UTC)) < timedelta(minutes=1)
    assert (await license.ask("POST", "lease", user, {"device_id": "device-777"}))[0] == 404


async def test_one_account_cannot_touch_another_s_devices(license: License):
    mine, yours = await license.driver(), await license.driver()
    await license.ask("POST", "activate", mine, {"device": device(1)})
    assert (await license.ask("POST", "deactivate", yours, {"device_id": "device-001"}))[0] == 404
    assert (await license.ask("GET", "devices", yours))[1]["devices"] == []
    assert len((await license.ask("GET", "devices", mine))[1]["devices"]) == 1


async def test_an_erased_account_leaves_nothing(license: License):
    user = await license.driver()
    await license.ask("POST", "activate", user, {"device": device(1)})
    await license.tell(UserDeleted(user_id=user))

    async def forgotten() -> bool:
        return (await license.ask("GET", "status", user))[1]["code"] == "no_license"

    await eventually(forgotten)
    connection = await asyncpg.connect(license.settings.database_url)
    assert await connection.fetchval("SELECT count(*) FROM devices") == 0
    await connection.close()


async def test_an_account_that_was_erased_before_its_beginning_was_heard_of_does_not_begin(license: License):
    erased, other = uuid4(), uuid4()
    await license.tell(UserDeleted(user_id=erased))
    await license.tell(UserRegistered(user_id=erased))
    await license.tell(UserDeleted(user_id=erased))  # told twice, as by a replay
    await license.tell(UserRegistered(user_id=other))

    async def heard_it_all() -> bool:
        return (await license.ask("GET", "status", other))[1]["valid"]

    await eventually(heard_it_all)
    assert (await license.ask("GET", "status", erased))[1]["code"] == "no_license"
    assert (await license.ask("POST", "activate", erased, {"device": device(1)}))[0] == 503
    connection = await asyncpg.connect(license.settings.database_url)
    assert await connection.fetchval("SELECT count(*) FROM licenses WHERE user_id = $1", erased) == 0
    await connection.close()


async def test_that_a_licence_was_asked_for_is_written_down_once_a_minute(license: License):
    user = await license.driver()
    connection = await asyncpg.connect(license.settings.database_url)

    async def asked_at() -> datetime:
        await license.ask("GET", "status", user)
        return await connection.fetchval("SELECT last_validation FROM licenses WHERE user_id = $1", user)

    first = await asked_at()
    assert await asked_at() == first
    await connection.execute("UPDATE licenses SET last_validation = $1", first - timedelta(minutes=2))
    assert await asked_at() >= first
    await connection.close()


async def test_the_plans_are_public(license: License):
    async with license.http.get(f"{license.address}/license/plans") as answer:
        plans = (await answer.json())["plans"]
    assert [(plan["id"], plan["max_devices"]) for plan in plans] == [("free", 2), ("pro", 5), ("team", 15)]
    costs = {plan["id"]: [(price["interval"], price["amount"]) for price in plan["prices"]] for plan in plans}
    assert costs == {"free": [], "pro": [("month", 599), ("year", 5900)], "team": [("month", 1999), ("year", 19900)]}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"id": "short"}, "device.id"),
        ({"id": "'; DROP TABLE devices; --"}, "device.id"),
        ({"public_key": "not a key"}, "device.public_key"),
        ({"name": ""}, "device.name"),
        ({"name": "zero\0byte"}, "device.name"),
        ({"id": "device-001\n"}, "device.id"),
        ({"platform": "li\0nux"}, "device.platform"),
        ({"components": ["a\0b"]}, "device.components[0]"),
        ({"components": ["x"] * 17}, "device.components"),
        ({"seat": 1}, "device.seat"),
    ],
)
async def test_a_malformed_device_is_named(license: License, change: dict[str, object], field: str):
    status, body = await license.ask("POST", "activate", uuid4(), {"device": {**device(1), **change}})
    assert status == 422
    assert [error["field"] for error in body["errors"]] == [field]


async def test_a_malformed_device_in_the_address_is_named(license: License):
    for device_id in ("%00%00%00%00%00%00%00%00", "short", "x" * 129):
        status, body = await license.ask("GET", f"status?device_id={device_id}", uuid4())
        assert (status, body["errors"][0]["field"]) == (422, "query.device_id")


async def test_without_a_licence_yet_activation_says_try_again(license: License):
    status, body = await license.ask("POST", "activate", uuid4(), {"device": device(1)})
    assert (status, body["code"], body["retry_after"]) == (503, "no_license", 1)
