"""Requests go in, answers come out, both piece by piece as they arrive."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from typing import Any

import aiohttp
from litestar.types import Receive, Scope, Send

from chassis.observability import log
from contracts.problem import Problem, Unavailable, UpstreamTimeout
from services.gateway.body import RequestBody
from services.gateway.headers import inward, outward
from services.gateway.policy import Rule
from services.gateway.upstreams import Upstreams

UPLOAD_S = 60.0
READ_S = 30.0
AWAITED_BYTES = 64 << 10
CLIENT_LEFT = 499  # never seen by anybody but our logs and metrics, where it must not look like a failure of ours


class RequestTimeout(Problem):
    """The body did not arrive in time."""

    status = 408


class ClientLeft(Exception):
    """The client closed the connection before its answer was complete."""


class BrokenOff(Exception):
    """The upstream failed in the middle of its answer; the client must see that the rest is missing."""


class Proxy:
    """Plain ASGI, because every further layer costs more than the forwarding itself. What comes here was admitted.

    A client has `upload_seconds` for its body, and `read_seconds` for each piece of its answer.
    """

    def __init__(
        self,
        upstreams: Upstreams,
        *,
        upload_seconds: float = UPLOAD_S,
        read_seconds: float = READ_S,
    ) -> None:
        self._upstreams = upstreams
        self._upload_seconds = upload_seconds
        self._read_seconds = read_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        rule: Rule = scope["state"]["rule"]
        scope["path_template"] = rule.path
        body = RequestBody(receive, scope["headers"], rule.body)
        try:
            await self._until_client_leaves(self._forward(rule, scope, body, send), body)
        except ClientLeft:
            if not scope["state"].get("answered"):
                await send({"type": "http.response.start", "status": CLIENT_LEFT, "headers": []})
                await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _until_client_leaves(self, forward: Coroutine[Any, Any, None], body: RequestBody) -> None:
        """ClientLeft as soon as nobody waits for the answer any more: the upstream need not go on with it."""
        forwarding = asyncio.create_task(forward)
        leaving = asyncio.create_task(body.client_left())
        try:
            await asyncio.wait((forwarding, leaving), return_when=asyncio.FIRST_COMPLETED)
            if not forwarding.done():
                raise ClientLeft
            forwarding.result()
        finally:
            for task in (forwarding, leaving):
                task.cancel()
            await asyncio.gather(forwarding, leaving, return_exceptions=True)

    async def _forward(self, rule: Rule, scope: Scope, body: RequestBody, send: Send) -> None:
        answer = await self._ask(rule, scope, body)
        try:
            head = outward(answer.raw_headers)
            scope["state"]["answered"] = True
            await send({"type": "http.response.start", "status": answer.status, "headers": head})
            async for piece in answer.content.iter_any():
                await self._pass_on(piece, send)
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        except (aiohttp.ClientError, TimeoutError) as error:
            log.warning("upstream.broke_off", upstream=rule.upstream.value, error=type(error).__name__)
            raise BrokenOff from error
        finally:
            answer.close()

    async def _pass_on(self, piece: bytes, send: Send) -> None:
        """BrokenOff if the client does not read on: it may not keep a connection of the service for itself."""
        try:
            async with asyncio.timeout(self._read_seconds):
                await send({"type": "http.response.body", "body": piece, "more_body": True})
        except TimeoutError:
            raise BrokenOff from None

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

    async def _ask(self, rule: Rule, scope: Scope, body: RequestBody) -> aiohttp.ClientResponse:
        content = await self._content(rule, body)
        target = scope["raw_path"] + (b"?" + scope["query_string"] if scope["query_string"] else b"")
        name = rule.upstream.value
        try:
            async with asyncio.timeout(self._upload_seconds + rule.seconds):
                return await self._upstreams.ask(
                    rule.upstream,
                    rule.method,
                    target.decode("latin-1"),
                    headers=inward(scope),
                    body=content,
                    seconds=rule.seconds,
                )
        except aiohttp.ConnectionTimeoutError as error:
            log.warning("upstream.unreachable", upstream=name, error=type(error).__name__)
            raise Unavailable(retry_after=2) from error
        except TimeoutError as error:
            if not body.is_finished:
                raise RequestTimeout from error
            log.warning("upstream.timeout", upstream=name, path=rule.path)
            raise UpstreamTimeout from error
        except aiohttp.ClientError as error:
            if body.refusal is not None:
                raise body.refusal from None
            log.warning("upstream.unreachable", upstream=name, error=type(error).__name__)
            raise Unavailable(retry_after=2) from error
