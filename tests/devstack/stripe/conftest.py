"""A stand-in for each test: in this process by default, with the real SDK at its door, and an endpoint that listens."""

from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from stand_in import Listener, StandIn


@pytest.fixture
async def stripe(tmp_path: Path) -> AsyncIterator[StandIn]:
    async with StandIn.running(tmp_path / "books.sqlite") as stand_in:
        yield stand_in


@pytest.fixture
async def listener(stripe: StandIn) -> AsyncIterator[Listener]:
    """An endpoint of ours, registered for everything."""
    async with Listener.running() as listener:
        made = await stripe.v1.webhook_endpoints.create_async({"url": listener.url, "enabled_events": ["*"]})
        assert made.secret
        listener.secret = made.secret
        yield listener


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session
