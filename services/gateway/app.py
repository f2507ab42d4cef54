"""How the gateway is put together."""

from __future__ import annotations

import asyncio
import contextlib
import resource
from pathlib import Path

from chassis.client_address import TrustedProxies
from chassis.requests import RequestRecord
from chassis.service import MOST_AT_ONCE, Service
from services.gateway.admission import Admission
from services.gateway.cors import Cors
from services.gateway.dispatch import Dispatch
from services.gateway.ears import Ears
from services.gateway.edge import Edge
from services.gateway.hosts import Hosts
from services.gateway.live import MAX_LISTENERS, Audience
from services.gateway.memory_answers import MemoryAnswers
from services.gateway.policy import Policy, Upstream
from services.gateway.proxy import Proxy
from services.gateway.reactions import SUBJECTS, Reactions
from services.gateway.routes import ROUTES
from services.gateway.settings import GatewaySettings
from services.gateway.stream import EventStream
from services.gateway.tally import OwnTally, Tally
from services.gateway.turnstile import Turnstile
from services.gateway.upstreams import Upstreams


class Gateway(Service):
    """A service without a database: it hears events by itself, and lets its listeners go before it stops.

    It is ready when it can check tokens and has heard which sessions ended. It does not ask whether the services
    behind it answer: with one of them away, the others' drivers still want in. Nor does it ask again for the bus.
    """

    def __init__(self, settings: GatewaySettings, policy: Policy, audience: Audience) -> None:
        self.audience = audience
        upstreams = Upstreams(
            {
                Upstream.AUTH: settings.auth_url,
                Upstream.LICENSE: settings.license_url,
                Upstream.TRACKS: settings.tracks_url,
                Upstream.VERSIONS: settings.versions_url,
            }
        )
        tally = _tally(settings)
        super().__init__(
            "gateway",
            settings,
            routes=ROUTES,
            resources=[upstreams, tally],
            checks={"bus": self._events_heard, "keys": self._keys_had},
            most_at_once=MAX_LISTENERS + MOST_AT_ONCE,
            summary="The one door.",
        )
        self.proxy = Proxy(upstreams)
        self.stream = EventStream(audience)
        turnstile = Turnstile(upstreams)
        self.memory = MemoryAnswers(upstreams, hears_events=lambda: self._ears.is_hearing, count=turnstile.pass_through)
        self._ears = Ears(self.bus, SUBJECTS, Reactions(audience, self.verifier, self.memory.forget).react)
        trusted = TrustedProxies.parse(settings.trusted_proxies)
        admission = Admission(self.verifier, tally, trusted, scale=settings.rate_limit_scale)
        inside = Dispatch(self.app, memory=self.memory, proxy=self.proxy, stream=self.stream, turnstile=turnstile)
        edge = Edge(inside, policy, admission, Hosts(settings.allowed_hosts), Cors(settings.cors_origins))
        self.asgi = RequestRecord(edge, self.name, self.access_log)

    async def open(self) -> None:
        _allow_open_files(2 * (MAX_LISTENERS + MOST_AT_ONCE))
        await super().open()
        await self._ears.open()

    async def close(self) -> None:
        await self._ears.close()
        await super().close()

    async def serve(self, stopping: asyncio.Event, *, tls: tuple[Path, Path] | None = None) -> None:
        farewell = asyncio.create_task(self._let_listeners_go(stopping))
        try:
            await super().serve(stopping, tls=tls)
        finally:
            farewell.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await farewell

    async def _let_listeners_go(self, stopping: asyncio.Event) -> None:
        await stopping.wait()
        self.audience.end_all()  # an open stream would keep the server from stopping

    async def _events_heard(self) -> None:
        await self._ears.ready()

    async def _keys_had(self) -> None:
        await self.verifier.ready()


def _tally(settings: GatewaySettings) -> Tally:
    if not settings.valkey_url:
        return OwnTally()
    # Only here: the client takes half a second to load, which a gateway that counts alone does not pay.
    from services.gateway.shared_tally import SharedTally

    return SharedTally(settings.valkey_url, OwnTally())


def _allow_open_files(wanted: int) -> None:
    """Each listener is an open file, and where nobody said otherwise a process may have 1024 of them."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def build(settings: GatewaySettings) -> Gateway:
    return Gateway(settings, Policy(), Audience())
