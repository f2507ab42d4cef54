"""Requests go in, answers come out, both piece by piece as they arrive."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from functools import partial

from litestar.types import Receive, Scope, Send

from chassis.observability import log
from contracts.problem import Problem, Unavailable
from services.gateway.body import RequestBody
from services.gateway.headers import inward, outward
from services.gateway.policy import Rule, Upstream
from services.gateway.upstream_answer import Answer, UpstreamError
from services.gateway.upstreams import RETRY_AFTER_S, Upstreams

UPLOAD_S = 60.0
READ_S = 30.0
AWAITED_BYTES = 64 << 10
MOST_ARRIVING = 64  # larger bodies on their way to one service: half of its connections are for everybody else
LOOK_AFTER_S = 0.05  # most answers are back before it is worth asking whether anybody still waits for them
CLIENT_LEFT = 499  # never seen by anybody but our logs and metrics, where it must not look like a failure of ours


class RequestTimeout(Problem):
    """The body did not arrive in time."""

    status = 408


class BrokenAnswer(Exception):
    """The answer ends in its middle, and the client must see that the rest is missing."""


class Proxy:
    """Plain ASGI, because every further layer costs more than the forwarding itself. What comes here was admitted.

    A client has `upload_seconds` for its body, and `read_seconds` for each piece of its answer. Of large bodies
    `most_arriving` may be on their way to one service.
    """

    def __init__(
        self,
        upstreams: Upstreams,
        *,
        upload_seconds: float = UPLOAD_S,
        read_seconds: float = READ_S,
        most_arriving: int = MOST_ARRIVING,
    ) -> None:
        self._upstreams = upstreams
        self._most_arriving = most_arriving
        self._arriving: Counter[Upstream] = Counter()
        self._upload_seconds = upload_seconds
        self._read_seconds = read_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        rule: Rule = scope["state"]["rule"]
        body = RequestBody(receive, scope["headers"], rule.body)
        watch = _Watch(body)
        try:
            await self._forward(rule, scope, body, send)
        except asyncio.CancelledError:
            if not watch.is_why_cancelled():
                raise
            if not scope["state"].get("answered"):
                await send({"type": "http.response.start", "status": CLIENT_LEFT, "headers": []})
                await send({"type": "http.response.body", "body": b"", "more_body": False})
        finally:
            watch.end()

    async def _forward(self, rule: Rule, scope: Scope, body: RequestBody, send: Send) -> None:
        answer = await self._ask(rule, scope, body)
        try:
            head = outward(answer.headers)
            whole = answer.whole
            scope["state"]["answered"] = True
            await send({"type": "http.response.start", "status": answer.status, "headers": head})
            if whole is None:
                await self._pass_on(answer, send)
            await send({"type": "http.response.body", "body": whole or b"", "more_body": False})
        except UpstreamError as error:
            log.warning("upstream.broke_off", upstream=rule.upstream.value, error=type(error).__name__)
            raise BrokenAnswer from error
        finally:
            answer.close()

    async def _pass_on(self, answer: Answer, send: Send) -> None:
        """BrokenAnswer if the client does not read on: it may not keep a connection of the service for itself."""
        async for piece in answer.pieces():
            try:
                async with asyncio.timeout(self._read_seconds):
                    await send({"type": "http.response.body", "body": piece, "more_body": True})
            except TimeoutError:
                raise BrokenAnswer from None

    async def _content(self, rule: Rule, body: RequestBody) -> bytes | AsyncIterator[bytes] | None:
        """A small body is awaited first: however slowly it is sent, it keeps no connection of the service meanwhile."""
        if not body.is_expected:
            return None
        if rule.body > AWAITED_BYTES:
            return body.pieces()
        try:
            async with asyncio.timeout(self._upload_seconds):
                return b"".join([piece async for piece in body.pieces()])
        except TimeoutError:
            raise RequestTimeout from None

    async def _ask(self, rule: Rule, scope: Scope, body: RequestBody) -> Answer:
        content = await self._content(rule, body)
        headers = inward(scope)
        if isinstance(content, bytes):
            headers = [pair for pair in headers if pair[0] != b"content-length"]
        query = scope["query_string"]
        target = scope["raw_path"] + b"?" + query if query else scope["raw_path"]
        ask = partial(self._upstreams.ask, rule.upstream, rule.method, target, headers=headers, seconds=rule.seconds)
        if content is None or isinstance(content, bytes):
            return await ask(body=content)
        with self._one_more_arriving(rule.upstream):
            try:
                async with asyncio.timeout(self._upload_seconds + rule.seconds):
                    return await ask(body=content)
            except TimeoutError:
                raise RequestTimeout from None

    @contextlib.contextmanager
    def _one_more_arriving(self, upstream: Upstream) -> Iterator[None]:
        """Unavailable if so many bodies already arrive: sent slowly on purpose, they would keep every connection."""
        if self._arriving[upstream] >= self._most_arriving:
            raise Unavailable(retry_after=RETRY_AFTER_S)
        self._arriving[upstream] += 1
        try:
            yield
        finally:
            self._arriving[upstream] -= 1


class _Watch:
    """Cancels the task that made it when the client is gone: the service need not go on then."""

    def __init__(self, body: RequestBody) -> None:
        self._body = body
        self._working = asyncio.current_task()
        self._leaving: asyncio.Task[None] | None = None
        self._timer = asyncio.get_running_loop().call_later(LOOK_AFTER_S, self._begin)
        self._has_left = False

    def is_why_cancelled(self) -> bool:
        """Asked once, by whoever caught the cancellation; it is then over."""
        if not self._has_left or self._working is None:
            return False
        return self._working.uncancel() == 0

    def end(self) -> None:
        self._timer.cancel()
        if self._leaving is not None:
            self._leaving.cancel()

    def _begin(self) -> None:
        self._leaving = asyncio.create_task(self._look())

    async def _look(self) -> None:
        await self._body.client_left()
        self._has_left = True
        if self._working is not None:
            self._working.cancel()
