"""One process of a service: built from a table of what it does, started and stopped in order."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import signal
import sys
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol, TypeVar
from wsgiref.simple_server import WSGIServer

import aiohttp
import uvloop
from granian.constants import Interfaces
from granian.http import HTTP1Settings, HTTP2Settings
from granian.log import LogLevels
from granian.server.embed import Server
from litestar import Litestar, Request
from litestar.config.app import AppConfig
from litestar.datastructures import State
from litestar.di import NamedDependency, Provide
from litestar.exceptions import HTTPException
from litestar.openapi import OpenAPIConfig
from litestar.openapi.spec import Components, SecurityScheme
from litestar.types import ControllerRouterHandler
from prometheus_client import start_http_server

from chassis import health, problems
from chassis.access_log import AccessLog
from chassis.bus import Bus
from chassis.database import Database, Transaction
from chassis.identity import JwksCache, Verifier, fetch_from
from chassis.inbox import Inbox, Reactions
from chassis.observability import log, set_up
from chassis.outbox import Relay
from chassis.requests import RequestRecord
from chassis.settings import MissingSettings, ServiceSettings, load
from contracts.identity import Identity
from contracts.problem import Problem

MAX_BODY_BYTES = 1 << 20
MOST_AT_ONCE = 1024  # requests; further connections are not taken until one is answered
MAX_HEADER_BYTES = 64 << 10  # the server's own bounds are 400 kB, and for HTTP/2 16 MB
HEADERS_WITHIN_S = 20  # of an idle connection, too: longer than clients keep one (15 s), or they would ask into its end
FINISH_WITHIN_S = 15.0


class Resource(Protocol):
    """Something that is opened before the service takes requests and closed after it stopped to."""

    async def open(self) -> None: ...

    async def close(self) -> None: ...


class Service:
    """What a service is: its name, its routes, its reactions, and the resources they use.

    With a `database`, the outbox relay and the inbox run too. `dependencies` are what routes may ask for by name,
    beside `tx` (the request's transaction), `identity` (who is calling) and `state`.
    """

    def __init__(
        self,
        name: str,
        settings: ServiceSettings,
        *,
        routes: Sequence[ControllerRouterHandler],
        database: Database | None = None,
        reactions: Reactions | None = None,
        resources: Sequence[Resource] = (),
        checks: Mapping[str, health.Check] | None = None,
        dependencies: Mapping[str, Provide] | None = None,
        max_body_bytes: int = MAX_BODY_BYTES,
        most_at_once: int = MOST_AT_ONCE,
        summary: str = "",
    ) -> None:
        self.name = name
        self.settings = settings
        self.bus = Bus(settings.nats_url, name=name)
        self._own_resources = list(resources)
        self._http: aiohttp.ClientSession | None = None
        self._metrics: WSGIServer | None = None
        self._most_at_once = most_at_once
        all_checks: dict[str, health.Check] = {"bus": self.bus.ping}
        provided: dict[str, Provide] = {"identity": Provide(_identity, sync_to_thread=False)}
        self._flow: list[Resource] = []
        self.database = database
        if database is not None:
            relay = Relay(name, database, self.bus)
            database.on_recorded = relay.wake
            self._flow = [relay, Inbox(name, database, self.bus, reactions or {})]
            all_checks["database"] = database.ping
            provided["tx"] = Provide(self._transaction)
        self.readiness = health.Readiness({**all_checks, **(checks or {})})
        self.verifier = Verifier(
            JwksCache(self._fetch_keys), issuer=settings.token_issuer, audience=settings.token_audience
        )
        self.app = Litestar(
            route_handlers=[
                health.healthz,
                health.readyz,
                *([] if settings.metrics_port else [health.metrics]),
                *routes,
            ],
            dependencies={**provided, **(dependencies or {})},
            exception_handlers={
                Problem: problems.on_problem,
                HTTPException: problems.on_framework_refusal,
                Exception: problems.on_surprise,
            },
            state=State({"readiness": self.readiness, "verifier": self.verifier, "settings": settings}),
            request_max_body_size=max_body_bytes,
            openapi_config=_openapi(name, summary),
            on_app_init=[_no_framework_logging],
        )
        is_quiet = settings.log_level.lower() not in ("debug", "info")
        self.access_log = AccessLog(name, "none" if is_quiet else settings.access_log)
        self.asgi = RequestRecord(self.app, name, self.access_log)

    async def open(self) -> None:
        self._http = aiohttp.ClientSession()
        if self.database is not None:
            await self.database.open()
        await self.bus.open()
        if self.settings.metrics_port:
            self._metrics, _ = start_http_server(self.settings.metrics_port, addr=self.settings.host)
        for resource in (*self._own_resources, *self._flow):
            await resource.open()

    async def close(self) -> None:
        for resource in reversed((*self._own_resources, *self._flow)):
            await resource.close()
        await self.bus.close()
        if self.database is not None:
            await self.database.close()
        if self._http is not None:
            await self._http.close()
        if self._metrics is not None:
            self._metrics.shutdown()
            self._metrics.server_close()
        self.access_log.flush()

    async def serve(self, stopping: asyncio.Event, *, tls: tuple[Path, Path] | None = None) -> None:
        """Run until `stopping` is set: then readiness falls, the drain time passes, sockets close, then the rest."""
        await self.open()
        server = Server(
            self.asgi,
            address=self.settings.host,
            port=self.settings.port,
            interface=Interfaces.ASGINL,
            log_level=LogLevels.error,  # "Embedded server is experimental!" at every start tells nobody anything
            websockets=False,
            backpressure=self._most_at_once,
            http1_settings=HTTP1Settings(header_read_timeout=HEADERS_WITHIN_S * 1000, max_buffer_size=MAX_HEADER_BYTES),
            http2_settings=HTTP2Settings(max_headers_size=MAX_HEADER_BYTES),
            ssl_cert=tls[0] if tls else None,
            ssl_key=tls[1] if tls else None,
        )
        serving = asyncio.create_task(server.serve(), name="http")
        waiting = asyncio.create_task(stopping.wait())
        log.info("service.started", port=self.settings.port)
        try:
            await asyncio.wait((serving, waiting), return_when=asyncio.FIRST_COMPLETED)
            if not serving.done():
                self.readiness.draining = self.asgi.is_draining = True
                log.info("service.draining", seconds=self.settings.drain_seconds)
                await asyncio.sleep(self.settings.drain_seconds)
                server.stop()
            # Requests under way are finished; a stream without an end is cut off, or the stop would wait for ever.
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(serving, FINISH_WITHIN_S)
        finally:
            waiting.cancel()
            await self.close()
            log.info("service.stopped")

    async def _transaction(self) -> AsyncIterator[Transaction]:
        assert self.database is not None
        async with self.database.transaction() as tx:
            yield tx

    async def _fetch_keys(self) -> Any:
        assert self._http is not None
        return await fetch_from(self._http, self.settings.jwks_url)()


S = TypeVar("S", bound=ServiceSettings)


def run(build: Callable[[S], Service], kind: type[S]) -> int:
    """The whole `main` of a service: settings, logs, serve. Exit code 2 and one sentence if a setting is missing."""
    try:
        settings = load(kind)
        service = build(settings)
    except MissingSettings as error:
        print(f"Cannot start: {error}", file=sys.stderr)
        return 2
    set_up(
        service.name,
        level=settings.log_level,
        otlp_endpoint=settings.otel_exporter_otlp_endpoint,
        sample=settings.otel_traces_sampler_arg,
    )
    gc.collect()
    gc.freeze()  # what was loaded stays: a collection that looks through it again stops every request for that long
    uvloop.run(_until_signalled(service))
    return 0


async def _until_signalled(service: Service) -> None:
    stopping = asyncio.Event()
    for sign in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(sign, stopping.set)
    settings = service.settings
    tls = (Path(settings.tls_cert), Path(settings.tls_key)) if settings.tls_cert and settings.tls_key else None
    await service.serve(stopping, tls=tls)


def on_transaction(store: Callable[[Transaction], Any]) -> Provide:
    """Provide a store, built on the request's transaction."""

    def build(tx: NamedDependency[Transaction]) -> Any:
        return store(tx)

    return Provide(build, sync_to_thread=False)


def _identity(request: Request[Any, Any, Any]) -> Identity:
    return request.scope["user"]  # put there by the guard


def _openapi(name: str, summary: str) -> OpenAPIConfig:
    return OpenAPIConfig(
        title=f"RaceOverlay {name}",
        version="1",
        summary=summary,
        path="/schema",
        components=Components(
            security_schemes={"bearer": SecurityScheme(type="http", scheme="bearer", bearer_format="JWT")}
        ),
        use_handler_docstrings=True,
    )


def _no_framework_logging(config: AppConfig) -> AppConfig:
    config.logging_config = None
    return config
