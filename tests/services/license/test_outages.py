"""Processes that are killed and servers that go away, between a webhook and what is done about it."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from issuer import Issuer
from license_service import WEBHOOKS, LicenseWithStripe
from stand_in import StandIn
from waiting import eventually

from chassis.bus import Bus
from chassis.migrations import migrate
from chassis.settings import Secret
from devstack.child import Child
from devstack.environment import clean
from devstack.nats import Nats
from devstack.postgres import Postgres
from services.license.settings import LicenseSettings

WEBHOOK_SECRET = "whsec_of_the_tests"


@pytest.fixture
async def own_postgres(tmp_path: Path) -> AsyncIterator[Postgres]:
    """One that may be killed: what it has said to have committed, it still has afterwards."""
    async with Postgres(tmp_path / "postgres") as server:
        yield server


@pytest.fixture
async def license_settings(
    license_settings: LicenseSettings, own_postgres: Postgres, nats_server: Nats
) -> LicenseSettings:
    url = await own_postgres.create("license")
    migrate(url, "license")
    return LicenseSettings(
        port=license_settings.port,
        nats_url=Secret(nats_server.url),
        jwks_url=license_settings.jwks_url,
        token_issuer=license_settings.token_issuer,
        drain_seconds=0,
        database_url=Secret(url),
        lease_signing_key=license_settings.lease_signing_key,
        stripe_secret_key=license_settings.stripe_secret_key,
        stripe_webhook_secret=license_settings.stripe_webhook_secret,
        stripe_api_base=license_settings.stripe_api_base,
        public_url=license_settings.public_url,
    )


@pytest.fixture
async def replicas(license_settings: LicenseSettings, free_port, tmp_path: Path) -> AsyncIterator[list[Child]]:
    """Two processes of license that share everything; the first has the port of the settings."""
    names = LicenseSettings.__struct_fields__
    told = {name.upper(): str(getattr(license_settings, name)) for name in names if getattr(license_settings, name)}
    told["DRAIN_SECONDS"] = "0"
    children = []
    for number, port in enumerate((license_settings.port, free_port())):
        environment = clean(**{**told, "PORT": str(port)})
        child = Child(f"license-{number}", tmp_path, [sys.executable, "-m", "services.license"], environment)
        child.spawn()
        children.append(child)
    yield children
    for child in children:
        child.kill()


@pytest.fixture
async def shop(
    license_settings: LicenseSettings, replicas: list[Child], issuer: Issuer, stripe: StandIn
) -> AsyncIterator[LicenseWithStripe]:
    address = f"http://127.0.0.1:{license_settings.port}"
    async with aiohttp.ClientSession() as http:
        await eventually(lambda: _ready(http, address), within=60)
        stripe.hear(f"{address}{WEBHOOKS}", WEBHOOK_SECRET)
        bus = Bus(license_settings.nats_url, name="test")
        await bus.open()
        await bus.connected()
        await bus.ensure_stream("AUTH")
        await bus.ensure_stream("LICENSE")
        yield LicenseWithStripe(address, http, issuer, bus, license_settings, stripe, WEBHOOK_SECRET)
        await bus.close()


async def _ready(http: aiohttp.ClientSession, address: str) -> bool:
    try:
        async with http.get(f"{address}/readyz") as answer:
            return answer.status == 200
    except aiohttp.ClientError:
        return False


@pytest.mark.timeout(180)
async def test_whatever_is_killed_no_payment_is_lost_and_none_counts_twice(
    shop: LicenseWithStripe, replicas: list[Child], own_postgres: Postgres, nats_server: Nats
):
    user = await shop.subscriber()
    subscription = await shop.subscription_of(user)

    async def paid(times: int) -> None:
        async def so_often() -> bool:
            rows = await shop.rows("SELECT 1 FROM ledger WHERE kind = 'payment' AND user_id = $1", user)
            return len(rows) == times

        await eventually(so_often, within=60)

    # Both processes die after they have taken the webhooks, and before Stripe would answer what they are about.
    await shop.stripe.control("faults", errors=100_000)
    await shop.stripe.advance(15)  # the trial is over
    await eventually(lambda: shop.rows("SELECT 1 FROM errands WHERE done_at IS NULL"))
    for child in replicas:
        child.kill()
    await shop.stripe.control("faults")
    for child in replicas:
        child.spawn()
    await paid(1)

    # The database is killed while a month is paid: Stripe rings again, or what was written down is there.
    own_postgres.kill()
    await shop.stripe.advance_past(subscription)
    await own_postgres.start()
    await paid(2)

    # The bus is killed while a month is paid: what happened waits in the outbox.
    nats_server.kill()
    await shop.stripe.advance_past(subscription)
    await paid(3)
    await nats_server.start()
    await eventually(lambda: shop.bus.is_connected, within=60)
    told = await shop.published("payment.succeeded", user, 3)
    assert len({event["invoice_id"] for event in told}) == 3
    invoices = [each for each in shop.stripe.engine.account.books.all("invoice") if each["amount_paid"]]
    assert {event["invoice_id"] for event in told} == {each["id"] for each in invoices}
    assert (await shop.status(user))["plan"] == "pro"
