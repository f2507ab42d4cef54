from __future__ import annotations

import base64
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import aiohttp
import pytest
from issuer import AUDIENCE, ISSUER, Issuer
from license_service import WEBHOOKS, LicenseWithStripe, clock_of
from running_license import SEED, License, asked_over
from stand_in import KEY, StandIn

from chassis.bus import Bus
from chassis.settings import Secret
from devstack.nats import Nats
from devstack.stripe import seed
from services.license.app import build
from services.license.settings import LicenseSettings

WEBHOOK_SECRET = "whsec_of_the_tests"


@pytest.fixture
async def stripe(tmp_path: Path) -> AsyncIterator[StandIn]:
    """A Stripe of this test's own, in which the plans are on sale."""
    async with StandIn.running(tmp_path / "books.sqlite") as stand_in:
        seed.plans(stand_in.engine.account)
        yield stand_in


@pytest.fixture
async def license_settings(
    database_of: Callable[[str], Awaitable[str]], nats_server: Nats, issuer: Issuer, free_port, stripe: StandIn
) -> LicenseSettings:
    return LicenseSettings(
        port=free_port(),
        nats_url=Secret(nats_server.url),
        jwks_url=issuer.jwks_url,
        token_issuer=ISSUER,
        token_audience=AUDIENCE,
        drain_seconds=0,
        database_url=Secret(await database_of("license")),
        lease_signing_key=Secret(base64.b64encode(secrets.token_bytes(32)).decode()),
        stripe_secret_key=Secret(KEY),
        stripe_webhook_secret=Secret(f"whsec_the_one_before, {WEBHOOK_SECRET}"),
        stripe_api_base=stripe.url,
        public_url="https://raceoverlay.test",
    )


@pytest.fixture
async def shop(license_settings: LicenseSettings, issuer: Issuer, serve, stripe: StandIn):
    """License with Stripe, whose webhooks it hears and by whose clock it judges."""
    address = await serve(build(license_settings, clock_of(stripe)))
    stripe.hear(f"{address}{WEBHOOKS}", WEBHOOK_SECRET)
    bus = Bus(license_settings.nats_url, name="test")
    await bus.open()
    await bus.connected()
    await bus.ensure_stream("AUTH")
    await bus.ensure_stream("LICENSE")
    async with aiohttp.ClientSession() as http:
        yield LicenseWithStripe(address, http, issuer, bus, license_settings, stripe, WEBHOOK_SECRET)
    await bus.close()


@pytest.fixture(autouse=True)
def logs_as_the_runner_has_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """A command sets up logging for a process that ends with it; this one goes on when its output is long closed."""
    monkeypatch.setattr("chassis.commands.set_up", lambda *_names, **_more: None)


@pytest.fixture
def more_settings() -> dict[str, object]:
    """What a module of tests sets beside the usual; it has a fixture of the same name for that."""
    return {}


@pytest.fixture
async def license(
    database_of: Callable[[str], Awaitable[str]],
    nats_server: Nats,
    issuer: Issuer,
    free_port,
    serve,
    more_settings: dict[str, object],
) -> AsyncIterator[License]:
    """License without a Stripe, where nothing is bought."""
    settings = LicenseSettings(
        port=free_port(),
        nats_url=Secret(nats_server.url),
        jwks_url=issuer.jwks_url,
        token_issuer=ISSUER,
        token_audience=AUDIENCE,
        drain_seconds=0,
        database_url=Secret(await database_of("license")),
        lease_signing_key=Secret(base64.b64encode(SEED).decode()),
        **more_settings,  # type: ignore[arg-type]
    )
    async with asked_over(await serve(build(settings)), issuer, settings) as opened:
        yield opened
