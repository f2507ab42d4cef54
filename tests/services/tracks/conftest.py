"""A running tracks service on real servers, and short ways to ask it things."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

import aiohttp
import pytest
from issuer import AUDIENCE, ISSUER, Issuer
from msgspec import structs
from tracks_service import Parts, Tracks

from chassis.service import Service
from chassis.settings import Secret
from devstack.nats import Nats
from devstack.objects import ObjectServer
from services.tracks.app import build
from services.tracks.objects import Objects
from services.tracks.settings import TracksSettings


@pytest.fixture(scope="session")
def object_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ObjectServer]:
    """One object storage for the whole run: paths carry ids and hashes, so that tests do not meet in it."""
    server = ObjectServer(tmp_path_factory.mktemp("objects"))
    asyncio.run(server.start())
    yield server
    asyncio.run(server.stop())


@pytest.fixture
async def settings(
    database_of: Callable[[str], Awaitable[str]], object_server: ObjectServer, free_port: Callable[[], int]
) -> TracksSettings:
    """What a tracks needs that has neither bus nor callers."""
    return TracksSettings(
        port=free_port(),
        nats_url=Secret("nats://127.0.0.1:1"),
        jwks_url="http://127.0.0.1:1",
        token_issuer=ISSUER,
        token_audience=AUDIENCE,
        drain_seconds=0,
        database_url=Secret(await database_of("tracks")),
        s3_endpoint=object_server.endpoint,
        s3_access_key=Secret(object_server.access_key),
        s3_secret_key=Secret(object_server.secret_key),
        s3_bucket=object_server.bucket,
    )


@pytest.fixture
async def tracks(
    settings: TracksSettings, nats_server: Nats, issuer: Issuer, serve: Callable[[Service], Awaitable[str]]
) -> AsyncIterator[Tracks]:
    service = build(structs.replace(settings, nats_url=Secret(nats_server.url), jwks_url=issuer.jwks_url))
    address = await serve(service)
    async with aiohttp.ClientSession(auto_decompress=False) as http:
        yield Tracks(address, http, issuer, service)


@pytest.fixture
async def objects(settings: TracksSettings) -> AsyncIterator[Objects]:
    """The door to storage that a test uses itself."""
    door = Objects(settings)
    await door.open()
    yield door
    await door.close()


@pytest.fixture
async def parts(settings: TracksSettings) -> AsyncIterator[Parts]:
    async with Parts.open(settings) as opened:
        yield opened
