from __future__ import annotations

import asyncio
import base64
import secrets
from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiosmtpd.smtp import SMTP
from auth_service import Auth, MailBox

from chassis.settings import Secret
from devstack.nats import Nats
from services.auth.app import build
from services.auth.settings import AuthSettings


@pytest.fixture
async def mail_box() -> AsyncIterator[MailBox]:
    box = MailBox()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(box, loop=loop), "127.0.0.1", 0)
    box.port = server.sockets[0].getsockname()[1]
    yield box
    server.close()
    await server.wait_closed()


@pytest.fixture
def more_settings() -> dict[str, object]:
    """What a module of tests sets beside the usual; it has a fixture of the same name for that."""
    return {}


@pytest.fixture
async def auth(
    database_of, nats_server: Nats, free_port, serve, mail_box: MailBox, more_settings: dict[str, object]
) -> AsyncIterator[Auth]:
    port = free_port()
    settings = AuthSettings(
        port=port,
        nats_url=Secret(nats_server.url),
        jwks_url=f"http://127.0.0.1:{port}/.well-known/jwks.json",
        token_issuer="https://raceoverlay.test",
        drain_seconds=0,
        database_url=Secret(await database_of("auth")),
        auth_secret=Secret(base64.b64encode(secrets.token_bytes(32)).decode()),
        smtp_url=Secret(f"smtp://127.0.0.1:{mail_box.port}"),
        public_url="https://raceoverlay.test",
        trusted_proxies="127.0.0.1",
        **more_settings,  # type: ignore[arg-type]
    )
    address = await serve(build(settings))
    async with aiohttp.ClientSession() as http:
        yield Auth(address, http, mail_box, settings)
