"""A gateway on loopback, and clients that run against it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from loopback_gateway import EMAIL, PASSWORD, LoopbackGateway, loopback_gateway
from running_client import Client

from desktop_client.settings import ClientSettings
from desktop_client.telemetry.frame import Frame


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[LoopbackGateway]:
    async with loopback_gateway(tmp_path) as opened:
        yield opened


@pytest.fixture
async def start(server: LoopbackGateway, tmp_path: Path) -> AsyncIterator[Callable[..., Client]]:
    clients: list[Client] = []

    def begin(folder: str = "client", **changes: object) -> Client:
        settings = ClientSettings(state=tmp_path / folder, gateway=server.address, ca=server.authority)
        told = {name: getattr(settings, name) for name in settings.__struct_fields__}
        clients.append(Client(ClientSettings(**{**told, "email": EMAIL, "password": PASSWORD, **changes})))
        return clients[-1]

    yield begin
    for client in clients:
        await client.cloud.stop()


@pytest.fixture
def seen(frame_at: Callable[..., Frame]) -> Callable[..., Frame]:
    """A frame of a session on the track of these tests."""
    return lambda at=0.0, uid="one", track_id="26", **more: frame_at(at, uid=uid, track_id=track_id, **more)
