from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator

import aiohttp
import msgspec
import pytest
from issuer import ISSUER, Issuer
from waiting import eventually

from chassis.bus import Bus
from chassis.settings import Secret
from contracts.versions import ReleasePublished
from devstack.nats import Nats
from services.versions.app import build
from services.versions.domain import Version
from services.versions.publish import publish
from services.versions.settings import VersionsSettings


@pytest.fixture
async def settings(database_of, nats_server: Nats, issuer: Issuer, free_port) -> VersionsSettings:
    return VersionsSettings(
        port=free_port(),
        nats_url=Secret(nats_server.url),
        jwks_url=issuer.jwks_url,
        token_issuer=ISSUER,
        drain_seconds=0,
        database_url=Secret(await database_of("versions")),
    )


@pytest.fixture
async def address(settings: VersionsSettings, serve) -> str:
    return await serve(build(settings))


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


async def _latest(http: aiohttp.ClientSession, address: str, query: str = "") -> str | None:
    async with http.get(f"{address}/versions/latest{query}") as answer:
        assert answer.status == 200
        body = await answer.json()
        assert body["up_to_date"] == ("release" not in body)
        return body.get("release", {}).get("version")


async def test_the_newest_release_of_the_channel_is_offered(
    http: aiohttp.ClientSession, address: str, settings: VersionsSettings
):
    assert await _latest(http, address) is None
    for version, channel in (
        ("0.9.0", "stable"),
        ("0.10.0", "stable"),
        ("0.11.0-beta.2", "beta"),
        ("0.11.0-beta.10", "beta"),
    ):
        assert await publish(settings.database_url, version, channel, "")  # type: ignore[arg-type]
    assert await _latest(http, address) == "0.10.0", "ten is more than nine"
    assert await _latest(http, address, "?channel=beta&platform=linux") == "0.11.0-beta.10"
    await publish(settings.database_url, "0.11.0", "stable", "")
    assert await _latest(http, address, "?channel=beta") == "0.11.0", "beta also sees what is stable"


async def test_a_version_never_goes_down(http: aiohttp.ClientSession, address: str, settings: VersionsSettings):
    await publish(settings.database_url, "1.2.0", "stable", "")
    assert await _latest(http, address, "?current=1.1.9") == "1.2.0"
    assert await _latest(http, address, "?current=1.2.0-rc.1") == "1.2.0"
    for current in ("1.2.0", "1.2.1", "2.0.0-alpha.1"):
        assert await _latest(http, address, f"?current={current}") is None


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("?current=one", "query.current"),
        ("?channel=nightly", "query.channel"),
        ("?platform=amiga", "query.platform"),
        (f"?install_id={'x' * 65}", "query.install_id"),
    ],
)
async def test_a_wrong_question_is_named(http: aiohttp.ClientSession, address: str, query: str, field: str):
    async with http.get(f"{address}/versions/latest{query}") as answer:
        assert answer.status == 422
        assert [error["field"] for error in (await answer.json(content_type=None))["errors"]] == [field]


async def test_publishing_is_a_command_that_may_be_repeated_and_tells_the_world_once(
    http: aiohttp.ClientSession, address: str, settings: VersionsSettings, nats_server: Nats
):
    environment = {
        "PATH": os.environ["PATH"],
        "PORT": "0",
        "NATS_URL": settings.nats_url,
        "JWKS_URL": settings.jwks_url,
        "TOKEN_ISSUER": ISSUER,
        "DATABASE_URL": settings.database_url,
    }
    command = [sys.executable, "-m", "services.versions", "publish", "0.1.0", "--notes", "The first."]
    runs = [
        await asyncio.to_thread(subprocess.run, command, env=environment, capture_output=True, text=True)
        for _ in range(2)
    ]
    assert [run.stdout.strip() for run in runs] == [
        "0.1.0 on stable: published",
        "0.1.0 on stable: was published before",
    ]
    async with http.get(f"{address}/versions") as answer:
        (release,) = (await answer.json())["releases"]
    assert (release["version"], release["notes"]) == ("0.1.0", "The first.")
    bus = Bus(nats_server.url, name="test")
    await bus.open()
    await bus.connected()

    async def published() -> bool:
        return (await bus.jetstream.stream_info("VERSIONS")).state.messages == 1

    await eventually(published)
    message = await bus.jetstream.get_last_msg("VERSIONS", "release.published")
    assert msgspec.json.decode(message.data or b"", type=ReleasePublished).version == "0.1.0"
    await bus.close()


def test_versions_are_ordered_as_people_expect():
    ordered = ["0.9.9", "0.10.0-alpha.1", "0.10.0-beta.2", "0.10.0-beta.10", "0.10.0-rc.1", "0.10.0", "1.0.0"]
    assert sorted(set(ordered), key=Version.parse) == ordered
