"""A real gateway over TLS, small real services behind it that write down what reached them, and a real bus."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import aiohttp
import msgspec
import nats
import pytest
from aiohttp import web
from gateway_rig import Behind, Running, Start
from issuer import AUDIENCE, ISSUER, Issuer
from waiting import eventually

from chassis.settings import Secret
from contracts.event import Event, stream_of, subject_of
from devstack.authority import certificates
from devstack.nats import Nats
from services.gateway.app import Gateway
from services.gateway.live import Audience
from services.gateway.policy import RULES, Policy, Rule
from services.gateway.settings import GatewaySettings


@pytest.fixture
async def behind() -> AsyncIterator[Behind]:
    """All four services in one."""
    service = Behind()
    app = web.Application(client_max_size=64 << 20)
    app.router.add_route("*", "/{path:.*}", service.handle)
    runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    service.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield service
    await runner.cleanup()


@pytest.fixture
async def start(
    tmp_path: Path, behind: Behind, issuer: Issuer, nats_server: Nats, free_port: Callable[[], int]
) -> AsyncIterator[Start]:
    """`await start()`: a gateway that is ready. `rules` replace rows of the policy, `audience` its bounds."""
    files = certificates(tmp_path)
    trust = ssl.create_default_context(cafile=str(files.authority))
    async with contextlib.AsyncExitStack() as stack:

        async def begin(*, rules: tuple[Rule, ...] = (), audience: Audience | None = None, **settings: str) -> Running:
            replaced = {(rule.method, rule.path): rule for rule in (*RULES, *rules)}
            upstreams = dict.fromkeys(("auth_url", "license_url", "tracks_url", "versions_url"), behind.url)
            port = free_port()
            chosen = GatewaySettings(
                port=port,
                nats_url=Secret(nats_server.url),
                jwks_url=issuer.jwks_url,
                token_issuer=ISSUER,
                token_audience=AUDIENCE,
                **({"drain_seconds": 0} | upstreams | settings),
            )
            gateway = Gateway(chosen, Policy(replaced.values()), audience or Audience())
            stopping = asyncio.Event()
            serving = asyncio.create_task(gateway.serve(stopping, tls=(files.certificate, files.key)))
            client = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(ssl=trust), auto_decompress=False, read_bufsize=1 << 12
            )
            url = f"https://127.0.0.1:{port}"
            running = Running(gateway, url, port, client, trust, issuer, stopping, serving)
            stack.push_async_callback(running.stop)
            await stack.enter_async_context(client)

            async def ready() -> bool:
                if serving.done():
                    serving.result()
                with contextlib.suppress(aiohttp.ClientError):
                    return (await running.ask("GET", "/readyz")).status == 200
                return False

            await eventually(ready)
            return running

        yield begin


@pytest.fixture
async def gateway(start: Start) -> Running:
    return await start()


@pytest.fixture
def publish(nats_server: Nats) -> Callable[[Event], Awaitable[None]]:
    """`await publish(event)`: it is on the bus, as if its service's relay had sent it."""

    async def send(event: Event) -> None:
        client = await nats.connect(nats_server.url)
        try:
            subject = subject_of(event)
            await client.jetstream().publish(subject, msgspec.json.encode(event), stream=stream_of(subject))
        finally:
            await client.close()

    return send
