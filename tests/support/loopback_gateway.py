"""A gateway for the desktop's tests: a real HTTPS server on loopback that can be told to misbehave."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections import defaultdict, deque
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4

import msgspec
import trustme
from aiohttp import web
from loopback_accounts import Accounts
from loopback_answers import (
    EMAIL,
    PASSWORD,
    Handler,
    Trouble,
    answers,
    as_json,
    hangs_up,
    loses_the_answer,
    refusal,
    refuses,
)
from loopback_leases import LoopbackLeases
from loopback_plans import LoopbackPlans

from contracts.auth import Login, RefreshToken, TokenPair, User
from contracts.event import new_id
from contracts.identity import Role
from contracts.license import LicenseStatus
from contracts.tracks import LayoutReference, Line, Quality, Reason, TrackMap, Upload, UploadState, UploadStatus

__all__ = [
    "EMAIL",
    "GIVEN_NAME",
    "PASSWORD",
    "LoopbackGateway",
    "answers",
    "hangs_up",
    "loopback_gateway",
    "loses_the_answer",
    "made_up_map",
    "refusal",
    "refuses",
]


GIVEN_NAME = "layout-0123456789ab"
LAYOUT = UUID(int=7)


def made_up_map(game: str, track_id: str, version: int = 1) -> TrackMap:
    return TrackMap(
        layout_id=LAYOUT,
        version=version,
        game=game,
        track_id=track_id,
        status="provisional",
        length_m=400.0,
        direction="ccw",
        line=Line(step_m=100.0, x=(0.0, 100.0, 100.0, 0.0), y=(0.0, 0.0, 100.0, 100.0)),
        created_at=datetime(2026, 11, 1, tzinfo=UTC),
        quality=Quality(laps=1, users=1, closure_m=0.1),
    )


class LoopbackGateway:
    """What the client asks of a gateway, in memory. `trouble["POST /auth/login"]` is a queue of misbehaviours, one
    for each of the next requests; `asked` counts requests."""

    def __init__(self, folder: Path) -> None:
        self.authority = folder / "ca.pem"
        self._ca = trustme.CA()
        self._ca.cert_pem.write_to_path(str(self.authority))
        self.port = 0
        self.trouble: dict[str, deque[Trouble]] = defaultdict(deque)
        self.asked: dict[str, int] = defaultdict(int)
        self.seen: list[web.Request] = []
        self.user = User(id=uuid4(), email=EMAIL, role=Role.DRIVER, is_verified=True)
        self.counters: dict[int, int] = {}  # of each sign-in
        self.revoked = False
        self.good_access: set[str] = set()
        self.accounts = Accounts(self.counters, self.good_access)
        self.devices: dict[str, str] = {}
        self.plans = LoopbackPlans(self.devices)
        self.leases = LoopbackLeases(self.devices, self.user.id)
        self.maps: dict[tuple[str, str], tuple[str, TrackMap]] = {}
        self.uploads: dict[str, Upload] = {}
        self.verdict: UploadState = "accepted"
        self.reasons: tuple[Reason, ...] = ()
        self.streams: set[web.StreamResponse] = set()
        self.resumed_from: list[str | None] = []
        self._hung = asyncio.Event()
        self._runner: web.AppRunner | None = None

    @property
    def address(self) -> str:
        return f"https://127.0.0.1:{self.port}"

    async def hangs(self, _request: web.Request, _handler: Handler) -> web.StreamResponse:
        await self._hung.wait()
        return web.Response()

    async def start(self) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._ca.issue_cert("127.0.0.1").configure_cert(context)
        app = web.Application(middlewares=[self._middleware], client_max_size=8 << 20)
        app.router.add_post("/auth/login", self._login)
        app.router.add_post("/auth/refresh", self._refresh)
        app.router.add_routes(self.accounts.routes())
        app.router.add_routes(self.plans.routes())
        app.router.add_routes(self.leases.routes())
        app.router.add_get("/license/status", self._status)
        app.router.add_post("/tracks/upload", self._upload)
        app.router.add_get("/tracks/uploads/{id}", self._upload_status)
        app.router.add_get("/tracks/{game}/{track_id}", self._track)
        app.router.add_get("/events", self._events)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port, ssl_context=context, reuse_address=True)
        await site.start()
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        """Go away; `start` comes back on the same port."""
        self._hung.set()
        await self.cut()
        runner, self._runner = self._runner, None
        if runner is not None:
            await runner.cleanup()
        self._hung = asyncio.Event()

    async def cut(self) -> None:
        """Cut every stream of events without a word."""
        for stream in tuple(self.streams):
            assert stream._req is not None
            if stream._req.transport is not None:
                stream._req.transport.abort()

    async def tell(self, event_id: str, subject: str, body: object) -> None:
        text = f"id: {event_id}\nevent: {subject}\ndata: {msgspec.json.encode(body).decode()}\n\n"
        await self.write(text.encode())

    async def write(self, text: bytes) -> None:
        for stream in tuple(self.streams):
            await stream.write(text)

    def publish(self, game: str, track_id: str, version: int = 1) -> dict[str, object]:
        """Have a map; the event that tells of it, as the gateway streams it."""
        self.maps[game, track_id] = (f'"{game}-{track_id}-{version}"', made_up_map(game, track_id, version))
        return {"type": "track.published", "id": str(new_id()), "game": game, "track_id": track_id, "version": version}

    @web.middleware
    async def _middleware(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if self._runner is None:  # a connection whose handshake was under way when we went
            return await hangs_up(request, handler)
        name = f"{request.method} {request.path}"
        self.asked[name] += 1
        self.seen.append(request)
        with contextlib.suppress(IndexError):
            return await self.trouble[name].popleft()(request, handler)
        guarded = not request.path.startswith("/auth/") and request.path != "/license/plans"
        if guarded and request.headers.get("authorization", "").removeprefix("Bearer ") not in self.good_access:
            return refusal(401, "unauthenticated")
        return await handler(request)

    def _pair(self, session: int, device_token: str | None = None) -> web.Response:
        counter = self.counters[session]
        access, refresh = f"access-{session}-{counter}", f"refresh-token-{session}-{counter}"
        self.good_access.add(access)
        return as_json(TokenPair(access, 600, refresh, 86_400, self.user, device_token=device_token))

    async def _login(self, request: web.Request) -> web.StreamResponse:
        login = msgspec.json.decode(await request.read(), type=Login)
        if (wrong := self.accounts.refused(login)) is not None:
            return wrong
        self.revoked = False
        session = len(self.counters)
        self.counters[session] = 0
        return self._pair(session, f"device-token-{session:04}")

    async def _refresh(self, request: web.Request) -> web.StreamResponse:
        token = msgspec.json.decode(await request.read(), type=RefreshToken).refresh_token
        session, presented = map(int, token.split("-")[2:])
        if session in self.accounts.ended:
            return refusal(401, "invalid_refresh_token", title="Sign in again.")
        if not self.revoked and presented == self.counters[session]:
            self.counters[session] += 1
        elif self.revoked or presented != self.counters[session] - 1:
            self.revoked = True
            return refusal(401, "refresh_token_reused", title="Sign in again.")
        return self._pair(session)

    async def _status(self, request: web.Request) -> web.StreamResponse:
        valid = request.query.get("device_id") in self.devices
        code = "valid" if valid else "device_not_activated"
        status = LicenseStatus(valid, code, "free", ("overlay",), self.leases.seats, len(self.devices))
        return as_json(self.plans.told(status) if valid else status)

    async def _track(self, request: web.Request) -> web.StreamResponse:
        known = self.maps.get((request.match_info["game"], request.match_info["track_id"]))
        if known is None:
            return refusal(404, "track_unknown")
        etag, track_map = known
        if request.headers.get("if-none-match") == etag:
            return web.Response(status=304, headers={"etag": etag})
        return as_json(track_map, headers={"etag": etag})

    async def _upload(self, request: web.Request) -> web.StreamResponse:
        upload = msgspec.json.decode(await request.read(), type=Upload)
        self.uploads[request.headers["idempotency-key"]] = upload
        track_id = upload.track_id or GIVEN_NAME
        if self.verdict == "accepted":
            self.publish(upload.game, track_id)
        return as_json(self._judged(request.headers["idempotency-key"], upload.game, track_id), status=202)

    async def _upload_status(self, request: web.Request) -> web.StreamResponse:
        upload = self.uploads[request.match_info["id"]]
        return as_json(self._judged(request.match_info["id"], upload.game, upload.track_id or GIVEN_NAME))

    def _judged(self, upload_id: str, game: str, track_id: str) -> UploadStatus:
        """By its id, which is the key that the lap came with."""
        is_known = self.verdict in ("accepted", "duplicate")
        return UploadStatus(
            UUID(upload_id),
            self.verdict,
            self.reasons,
            layout_id=LAYOUT if is_known else None,
            track=LayoutReference(game, track_id) if is_known else None,
        )

    async def _events(self, request: web.Request) -> web.StreamResponse:
        self.resumed_from.append(request.headers.get("last-event-id"))
        stream = web.StreamResponse(headers={"content-type": "text/event-stream"})
        await stream.prepare(request)
        await stream.write(b"retry: 10\n\n")
        self.streams.add(stream)
        try:
            await self._hung.wait()
        finally:
            self.streams.discard(stream)
        return stream


@contextlib.asynccontextmanager
async def loopback_gateway(folder: Path) -> AsyncIterator[LoopbackGateway]:
    gateway = LoopbackGateway(folder)
    await gateway.start()
    try:
        yield gateway
    finally:
        await gateway.stop()
