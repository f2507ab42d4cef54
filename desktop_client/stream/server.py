"""The browser source: a page and a WebSocket, on this computer alone, for as long as the driver wants them."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

from aiohttp import WSCloseCode, web

from desktop_client.overlay.profiles import Profile
from desktop_client.overlay.settings import OverlaySettings
from desktop_client.overlay.streaming import StreamSettings
from desktop_client.stream import guard
from desktop_client.stream.seen import StreamSeen
from desktop_client.stream.stage import Scene
from desktop_client.stream.theatre import Seat, SoldOut, Theatre
from desktop_client.stream.viewer import Viewer

log = logging.getLogger(__name__)

HOST: Final = "127.0.0.1"
PAGE: Final = (Path(__file__).parent / "page.html").read_text("utf-8")
SMALLEST, BIGGEST, USUAL = 320, 3840, (1920, 1080)
HEARTBEAT_S: Final = 20.0
GOODBYE_WITHIN_S: Final = 1.0


class StreamServer:
    """Follows the settings: off, on, on another port."""

    def __init__(self, directory: Path, scene: Callable[[], Scene]) -> None:
        """`directory` keeps the secret part of the address; `scene` is asked only while somebody watches."""
        self._directory = directory
        self._settings = OverlaySettings()
        self._theatre = Theatre(scene, self._profile)
        self._wanted = asyncio.Event()
        self._used = StreamSettings()
        self._runner: web.AppRunner | None = None
        self._port = 0
        self._token = self._problem = ""
        self._sockets: set[web.WebSocketResponse] = set()
        self._keeping: asyncio.Task[None] | None = None

    def follow(self, settings: OverlaySettings) -> None:
        """Take other settings; opening and closing happens soon after. Needs a running loop."""
        self._settings = settings
        self._theatre.follow()
        self._wanted.set()
        if self._keeping is None:
            self._keeping = asyncio.create_task(self._keep())

    def seen(self) -> StreamSeen | None:
        """How things stand; None while it is switched off."""
        if not self._used.enabled:
            return None
        address = f"http://{HOST}:{self._port}/overlay?{urlencode({'token': self._token})}" if self._runner else ""
        return StreamSeen(address, self._theatre.viewers, self._problem)

    async def stop(self) -> None:
        if self._keeping is not None:
            self._keeping.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._keeping
        await self._close()

    async def _keep(self) -> None:
        while True:
            await self._wanted.wait()
            self._wanted.clear()
            wanted = self._settings.stream
            if (wanted.enabled, wanted.port) != (self._used.enabled, self._used.port):
                await self._close()
                if wanted.enabled:
                    await self._open(wanted.port)
            self._used = wanted

    async def _open(self, port: int) -> None:
        app = web.Application()
        app.router.add_get("/overlay", self._page)
        app.router.add_get("/overlay/live", self._live)
        # No log of the requests: their addresses hold the token.
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=GOODBYE_WITHIN_S)
        try:
            self._token = guard.token_of(self._directory)
            await runner.setup()
            await web.TCPSite(runner, HOST, port).start()
        except OSError as error:
            await runner.cleanup()
            log.warning("the browser source is not there: %s", error)
            self._problem = f"Port {port} cannot be used ({error.strerror or error}). Choose another one."
            return
        self._runner, self._port, self._problem = runner, port, ""

    async def _close(self) -> None:
        self._problem = ""
        for socket in tuple(self._sockets):
            with contextlib.suppress(TimeoutError, ConnectionError):
                await asyncio.wait_for(socket.close(code=WSCloseCode.GOING_AWAY), GOODBYE_WITHIN_S)
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    def _profile(self, name: str | None) -> Profile:
        settings = self._settings
        chosen = name if name is not None else settings.stream.profile
        return settings.profile if chosen is None else settings.profiles.get(chosen, settings.profile)

    async def _page(self, request: web.Request) -> web.Response:
        self._admit(request)
        nonce = secrets.token_urlsafe(16)
        sockets = f"ws://{HOST}:{self._port} ws://localhost:{self._port}"
        rules = f"default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; connect-src {sockets}"
        return web.Response(
            text=PAGE.replace("$NONCE", nonce),
            content_type="text/html",
            headers={
                "Content-Security-Policy": f"{rules}; frame-ancestors 'none'; base-uri 'none'",
                "Referrer-Policy": "no-referrer",
                "Cache-Control": "no-store",
                "X-Content-Type-Options": "nosniff",
            },
        )

    async def _live(self, request: web.Request) -> web.StreamResponse:
        self._admit(request)
        socket = web.WebSocketResponse(heartbeat=HEARTBEAT_S, compress=False, max_msg_size=1024)
        viewer = Viewer(socket)
        if not socket.can_prepare(request):
            raise web.HTTPBadRequest(text="This is the address of a WebSocket.")
        try:
            self._theatre.come(viewer, _seat(request))
        except SoldOut as problem:
            raise web.HTTPServiceUnavailable(text=str(problem)) from None
        delivering = None
        try:
            await socket.prepare(request)
            self._sockets.add(socket)
            delivering = asyncio.create_task(viewer.deliver())
            async for _ in socket:  # a page says nothing; listening is how its end is noticed
                pass
        finally:
            self._theatre.go(viewer)
            self._sockets.discard(socket)
            if delivering is not None:
                delivering.cancel()
        return socket

    def _admit(self, request: web.Request) -> None:
        """Raises HTTPForbidden, or HTTPNotFound for a profile that there is not."""
        host, origin = request.headers.get("Host"), request.headers.get("Origin")
        given = request.query.get("token")
        reason = guard.refusal(self._port, self._token, host=host, origin=origin, given=given)
        if reason is not None:
            raise web.HTTPForbidden(text=reason)
        name = request.query.get("profile")
        if name is not None and name not in self._settings.profiles:
            raise web.HTTPNotFound(text=f"There is no such profile; there are {', '.join(self._settings.profiles)}.")


def _seat(request: web.Request) -> Seat:
    """What the page shows. A size that makes no sense becomes one that does."""
    width, height = (
        _within(request.query.get(name, ""), usual) for name, usual in zip(("width", "height"), USUAL, strict=True)
    )
    return request.query.get("profile"), width, height


def _within(text: str, usual: int) -> int:
    return min(BIGGEST, max(SMALLEST, int(text))) if text.isascii() and text.isdigit() and len(text) < 6 else usual
