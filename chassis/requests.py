"""What happens to every request: an id, a trace, one line in the log, one observation in the metrics."""

from __future__ import annotations

import re
import time

import structlog
from litestar.types import ASGIApp, Message, Receive, Scope, Send
from opentelemetry.trace import SpanKind

from chassis.observability import REQUEST_SECONDS, log, traced
from contracts.event import new_id

_QUIET = frozenset({"/healthz", "/readyz", "/metrics"})
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})  # labels: no caller adds to them
_SAFE_ID = re.compile(rb"^[A-Za-z0-9._-]{8,64}$")


class RequestRecord:
    """ASGI middleware, outermost. Answers carry `X-Request-Id`: the caller's own if it has the form of one."""

    def __init__(self, app: ASGIApp, service: str) -> None:
        self._app = app
        self._service = service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        given = headers.get(b"x-request-id", b"")
        request_id = given.decode() if _SAFE_ID.match(given) else new_id().hex
        scope.setdefault("state", {})["request_id"] = request_id
        status = 500
        began = time.perf_counter()

        async def send_recorded(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message.get("headers", ()), (b"x-request-id", request_id.encode())]
            await send(message)

        if scope["path"] in _QUIET:
            await self._app(scope, receive, send_recorded)
            return
        method = scope["method"] if scope["method"] in _METHODS else "OTHER"
        traceparent = headers.get(b"traceparent", b"").decode("latin-1") or None
        with (
            structlog.contextvars.bound_contextvars(request_id=request_id),
            traced(method, traceparent, SpanKind.SERVER, {"http.request.method": method}) as span,
        ):
            try:
                await self._app(scope, receive, send_recorded)
            finally:  # also of an answer that broke off
                route = scope.get("path_template") or "unmatched"
                seconds = time.perf_counter() - began
                span.update_name(f"{method} {route}")
                span.set_attributes({"http.route": route, "http.response.status_code": status})
                REQUEST_SECONDS.labels(self._service, method, route, str(status)).observe(seconds)
                log.info("request", method=method, route=route, status=status, ms=round(seconds * 1000, 2))
