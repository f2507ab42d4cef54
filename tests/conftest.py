"""Real servers for the tests of everything behind the gateway: PostgreSQL and NATS out of wheels, on free ports."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import aiohttp
import pytest
from issuer import Issuer
from waiting import eventually

from chassis.migrations import migrate
from chassis.service import Service
from devstack.nats import Nats
from devstack.ports import any_free
from devstack.postgres import Postgres

_numbers = itertools.count()

try:
    from PyQt6 import QtWidgets  # noqa: F401 - only whether it can be loaded
except ImportError as missing:
    _without_qt = f"Qt cannot be loaded ({missing}): the tests that draw are left out"
    collect_ignore = ["desktop_client/overlay", "desktop_client/windows", "desktop_client/test_app.py"]
else:
    _without_qt = None


def pytest_report_header() -> str | None:
    return _without_qt


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    """One PostgreSQL for the whole run (of one xdist worker)."""
    server = Postgres(tmp_path_factory.mktemp("postgres"), durable=False)
    asyncio.run(server.start())
    yield server
    asyncio.run(server.stop())


@pytest.fixture
def database_of(postgres: Postgres) -> Callable[[str], Awaitable[str]]:
    """`await database_of("license")`: the address of a fresh database with that service's tables."""

    async def make(service: str) -> str:
        url = await postgres.create(f"test_{service}_{next(_numbers)}")
        await asyncio.to_thread(migrate, url, service)
        return url

    return make


@pytest.fixture
async def nats_server(tmp_path: Path) -> AsyncIterator[Nats]:
    """A NATS of this test's own: no other test's events are in its streams."""
    async with Nats(tmp_path / "nats") as server:
        yield server


@pytest.fixture
async def issuer() -> AsyncIterator[Issuer]:
    """Stands where auth stands: publishes a key, and signs tokens of every sort for the tests."""
    async with Issuer.open() as opened:
        yield opened


@pytest.fixture
def free_port() -> Callable[[], int]:
    """A port below those that outgoing connections take, so that none sits on it before the server does."""
    return any_free


@pytest.fixture
async def serve() -> AsyncIterator[Callable[[Service], Awaitable[str]]]:
    """`await serve(service)`: run it in this process, over real HTTP; returns its address once it is ready."""
    async with contextlib.AsyncExitStack() as stack:

        async def start(service: Service) -> str:
            stopping = asyncio.Event()
            running = asyncio.create_task(service.serve(stopping))

            async def stop() -> None:
                stopping.set()
                await running

            stack.push_async_callback(stop)
            address = f"http://127.0.0.1:{service.settings.port}"
            client = await stack.enter_async_context(aiohttp.ClientSession())

            async def ready() -> bool:
                if running.done():
                    running.result()
                with contextlib.suppress(aiohttp.ClientError):
                    async with client.get(f"{address}/readyz") as answer:
                        return answer.status == 200
                return False

            await eventually(ready)
            return address

        yield start
