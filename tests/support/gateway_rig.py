"""What the tests of the gateway hold in their hands: a service behind it, and the gateway itself."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import aiohttp
from aiohttp import web
from issuer import Issuer
from yarl import URL

from services.gateway.app import Gateway


@dataclass
class Arrived:
    """A request as a service behind the gateway saw it."""

    method: str
    target: str
    headers: list[tuple[str, str]]
    body: bytes

    def values(self, name: str) -> list[str]:
        return [value for header, value in self.headers if header.lower() == name]


@dataclass
class Behind:
    """A service behind the gateway. It answers 200 `{}` unless `answer` is set to do something else.

    `allowance` answers whether a map may be taken, and `taken` are those questions: they are not among `arrived`.
    """

    url: str = ""
    arrived: list[Arrived] = field(default_factory=list)
    answer: Callable[[web.Request], Awaitable[web.StreamResponse]] | None = None
    reads_body: bool = True
    allowance: Callable[[web.Request], Awaitable[web.StreamResponse]] | None = None
    taken: list[str] = field(default_factory=list)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        if request.path == "/healthz":  # the gateway's probe
            return web.json_response({})
        if request.method == "PUT" and request.path.endswith("/taken"):
            self.taken.append(request.path)
            return await self.allowance(request) if self.allowance else web.json_response({}, status=500)
        headers = [(name.decode(), value.decode("latin-1")) for name, value in request.raw_headers]
        body = await request.read() if self.reads_body else b""
        self.arrived.append(Arrived(request.method, request.raw_path, headers, body))
        if self.answer is not None:
            return await self.answer(request)
        return web.json_response({})


@dataclass
class Running:
    """A gateway that serves, and a client that trusts its certificate."""

    gateway: Gateway
    url: str
    port: int
    client: aiohttp.ClientSession
    trust: ssl.SSLContext
    issuer: Issuer
    stopping: asyncio.Event
    serving: asyncio.Task[None]

    async def ask(self, method: str, path: str, **more: object) -> aiohttp.ClientResponse:
        """The answer with its body read."""
        answer = await self.client.request(method, URL(self.url + path, encoded=True), **more)  # type: ignore[arg-type]
        await answer.read()
        return answer

    async def stop(self) -> None:
        self.stopping.set()
        await self.serving


Start = Callable[..., Awaitable[Running]]
