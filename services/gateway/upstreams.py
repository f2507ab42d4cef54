"""The services behind the gateway: each with connections, a breaker and a probe of its own."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Mapping

from prometheus_client import Counter, Gauge

from chassis.observability import log
from contracts.problem import Unavailable, UpstreamTimeout
from services.gateway.breaker import Breaker
from services.gateway.policy import Upstream
from services.gateway.upstream_answer import Answer, BrokenOff, TooSlow, Unreachable, UpstreamError
from services.gateway.upstream_pool import Overloaded, Pool

PROBE = b"/healthz"  # that its loop runs: what it needs itself may be away, and half of its calls work all the same
PROBE_EVERY_S = 0.5
PROBE_AGAIN_S = 0.1
PROBE_S = 0.5
RETRY_AFTER_S = 2
RETRY_PAUSE_S = (0.005, 0.05)
RETRY_SHARE = 0.1
RETRIES_AT_ONCE = 10.0
_ASKED_TWICE = frozenset({"GET", "HEAD"})

BREAKER_OPEN = Gauge("upstream_breaker_open", "1 while a service does not answer and is not asked.", ("upstream",))
RETRIES = Counter("upstream_retries_total", "Requests that were sent a second time.", ("upstream",))
REFUSED = Counter("upstream_refusals_total", "Requests that were not sent, by why not.", ("upstream", "reason"))

Headers = list[tuple[bytes, bytes]]
Body = bytes | AsyncIterator[bytes] | None


class Service:
    """One service as the gateway sees it."""

    def __init__(self, upstream: Upstream, pool: Pool) -> None:
        self.name = upstream.value
        self.pool = pool
        self.breaker = Breaker()
        self._retries_left = RETRIES_AT_ONCE
        self._is_open = BREAKER_OPEN.labels(self.name)
        self._is_open.set(0)

    async def watch(self) -> None:
        """Probe it for ever, and open and close its breaker."""
        while True:
            try:
                await self.pool.probe(PROBE, seconds=PROBE_S)
            except Exception as error:
                if not isinstance(error, UpstreamError):  # a probe that gave up would leave the breaker as it is
                    log.error("upstream.probe_failed", upstream=self.name, exc_info=error)
                self.failed()
                await asyncio.sleep(PROBE_EVERY_S if self.breaker.is_open else PROBE_AGAIN_S)
            else:
                if self.breaker.probe_answered():
                    self._is_open.set(0)
                    log.info("upstream.answers_again", upstream=self.name)
                await asyncio.sleep(PROBE_EVERY_S)

    async def exchange(
        self, method: str, head: bytes, body: AsyncIterator[bytes] | None, *, is_chunked: bool, seconds: float
    ) -> Answer:
        """Ask, and where that changes nothing and nothing came back, ask once more.

        Raises:
            UpstreamError: there is no answer. Whatever `body` raises is raised here too.
        """
        self._retries_left = min(RETRIES_AT_ONCE, self._retries_left + RETRY_SHARE)
        until = asyncio.get_running_loop().time() + seconds
        was_used = False
        try:
            connection = await self.pool.take()
            was_used = connection.has_served
            if self.breaker.is_open:  # since we queued
                self.pool.give_back(connection)
                raise Unreachable("The service stopped answering.")
            connection.may_be_asked_again = method in _ASKED_TWICE
            answer = await connection.exchange(head, body, is_chunked=is_chunked, seconds=seconds)
        except (Unreachable, BrokenOff):
            # A connection that was idle may have been closed just as it was used; only a new one tells something.
            if not was_used:
                self.failed()
            if method not in _ASKED_TWICE or not self._may_retry():
                raise
            RETRIES.labels(self.name).inc()
            await asyncio.sleep(random.uniform(*RETRY_PAUSE_S))
            answer = await self._again(head, max(0.05, until - asyncio.get_running_loop().time()))
        self.breaker.answered()
        return answer

    def failed(self) -> None:
        if self.breaker.failed():
            self._is_open.set(1)
            log.warning("upstream.stopped_answering", upstream=self.name)
            self.pool.abandon()

    async def _again(self, head: bytes, seconds: float) -> Answer:
        try:
            connection = await self.pool.take(fresh=True)
            connection.may_be_asked_again = True
            return await connection.exchange(head, None, is_chunked=False, seconds=seconds)
        except (Unreachable, BrokenOff):
            self.failed()
            raise

    def _may_retry(self) -> bool:
        if self.breaker.is_open or self._retries_left < 1:
            return False
        self._retries_left -= 1
        return True


class Upstreams:
    """`addresses` are `http://host:port`. Answers are handed on as they come: not decoded, not followed, not kept."""

    def __init__(self, addresses: Mapping[Upstream, str]) -> None:
        self._services = {upstream: Service(upstream, Pool(address)) for upstream, address in addresses.items()}
        self._watches: list[asyncio.Task[None]] = []

    async def open(self) -> None:
        self._watches = [
            asyncio.create_task(service.watch(), name=f"probe-{service.name}") for service in self._services.values()
        ]

    async def close(self) -> None:
        for watch in self._watches:
            watch.cancel()
        await asyncio.gather(*self._watches, return_exceptions=True)
        for service in self._services.values():
            service.pool.close()

    async def ask(
        self, upstream: Upstream, method: str, target: bytes, *, headers: Headers, body: Body, seconds: float
    ) -> Answer:
        """Send a request and return its answer as soon as its head is there; the caller closes it.

        `seconds` count from the end of the body until the head is there, and again between the pieces of the answer.
        The service is told of them, in milliseconds, in the header x-request-deadline-ms.

        Raises:
            Unavailable: it cannot be reached, is known not to answer, or has more to do than it can.
            UpstreamTimeout: it thinks for too long.
        """
        service = self._services[upstream]
        if service.breaker.is_open:
            REFUSED.labels(service.name, "open").inc()
            raise Unavailable(retry_after=RETRY_AFTER_S)
        is_chunked = False
        if isinstance(body, bytes):
            headers = [*headers, (b"content-length", b"%d" % len(body))]
        elif body is not None and not any(name == b"content-length" for name, _ in headers):
            is_chunked = True
            headers = [*headers, (b"transfer-encoding", b"chunked")]
        lines = [b"%b: %b\r\n" % header for header in headers]
        deadline = b"x-request-deadline-ms: %d\r\n\r\n" % (seconds * 1000)
        head = b"%b %b HTTP/1.1\r\nhost: %b\r\n%b%b" % (
            method.encode(),
            target,
            service.pool.host,
            b"".join(lines),
            deadline,
        )
        try:
            if isinstance(body, bytes):
                return await service.exchange(method, head + body, None, is_chunked=False, seconds=seconds)
            return await service.exchange(method, head, body, is_chunked=is_chunked, seconds=seconds)
        except TooSlow as error:
            log.warning("upstream.timeout", upstream=service.name, seconds=seconds)
            raise UpstreamTimeout from error
        except Overloaded as error:
            REFUSED.labels(service.name, "overloaded").inc()
            raise Unavailable(retry_after=RETRY_AFTER_S) from error
        except UpstreamError as error:
            log.warning("upstream.unreachable", upstream=service.name, error=type(error).__name__)
            raise Unavailable(retry_after=RETRY_AFTER_S) from error
