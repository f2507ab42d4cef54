"""Who answers a request that was let in: memory, a service behind the gateway, or the gateway itself.

What the services answer does not go through the framework: its router and its objects cost as much as the forwarding.
"""

from __future__ import annotations

from typing import Any

from litestar.types import ASGIApp, Receive, Scope, Send

from chassis import problems
from chassis.observability import log
from contracts.problem import InternalError, Problem
from services.gateway.memory_answers import MemoryAnswers
from services.gateway.policy import Rule, Upstream
from services.gateway.proxy import Proxy
from services.gateway.stream import EventStream
from services.gateway.turnstile import Turnstile

EVENTS = "/events"


class Dispatch:
    """Plain ASGI behind the edge. `own` is the framework, with what the gateway answers itself."""

    def __init__(
        self, own: ASGIApp, *, memory: MemoryAnswers, proxy: Proxy, stream: EventStream, turnstile: Turnstile
    ) -> None:
        self._own = own
        self._memory = memory
        self._proxy = proxy
        self._stream = stream
        self._turnstile = turnstile

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        rule: Rule | None = scope["state"].get("rule") if scope["type"] == "http" else None
        if rule is None or (rule.upstream is Upstream.GATEWAY and rule.path != EVENTS):
            await self._own(scope, receive, send)
            return
        try:
            if rule.path == EVENTS:
                await self._stream(scope, receive, send)
            elif rule.kept is None or not await self._memory.answer(rule, scope, send):
                if rule.counted:  # memory had nothing for it, and counted nothing
                    await self._turnstile.pass_through(rule, scope)
                await self._proxy(scope, receive, send)
        except Problem as refusal:
            if scope["state"].get("answered"):
                raise
            await _refuse(refusal, scope, send)
        except Exception as error:
            if scope["state"].get("answered"):
                raise  # what was begun cannot be taken back: the connection ends, and the client sees it
            log.error("request.failed", path=rule.path, exc_info=error)
            await _refuse(InternalError(), scope, send)


async def _refuse(refusal: Problem, scope: Any, send: Send) -> None:
    instance, request_id = scope["raw_path"].decode("ascii", "replace"), scope["state"]["request_id"]
    status, headers, body = problems.answer(refusal, instance=instance, request_id=request_id)
    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    raw.append((b"content-length", b"%d" % len(body)))
    await send({"type": "http.response.start", "status": status, "headers": raw})
    await send({"type": "http.response.body", "body": body, "more_body": False})
