"""What happens to every request: an id, a trace, one line in the log, one observation in the metrics.

This is done for every answer there is, also for one from memory, and so it costs as little as we can make it cost: the
metric of each route is looked up once, and a span is made only where somebody collects them.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable
from typing import cast

from litestar.types import ASGIApp, Message, Receive, Scope, Send
from opentelemetry.trace import SpanKind
from prometheus_client import Histogram

from chassis.access_log import AccessLog
from chassis.observability import REQUEST_SECONDS, current_request_id, current_traceparent, new_request_id, traced

_QUIET = frozenset({"/healthz", "/readyz", "/metrics"})
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})  # labels: no caller adds to them
_SAFE_ID = re.compile(rb"^[A-Za-z0-9._-]{8,64}$")


class RequestRecord:
    """ASGI middleware, outermost. Answers carry `X-Request-Id`: the caller's own if it has the form of one.

    While it is draining, each answer is the last on its connection: whoever asks again is to ask another of us.
    """

    def __init__(self, app: ASGIApp, service: str, access_log: AccessLog) -> None:
        self._app = app
        self._service = service
        self._access_log = access_log
        self.is_draining = False
        self._seconds: dict[tuple[str, str, int], Histogram] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given, traceparent = b"", None
        sent = cast("Iterable[tuple[bytes, bytes]]", scope["headers"])
        for name, value in sent:
            if name == b"x-request-id":
                given = value
            elif name == b"traceparent":
                traceparent = value.decode("latin-1")
        request_id = given.decode() if _SAFE_ID.match(given) else new_request_id()
        header = (b"x-request-id", request_id.encode())
        scope.setdefault("state", {})["request_id"] = request_id
        status = 500
        began = time.perf_counter()

        async def send_recorded(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message.get("headers", ()), header]
                if self.is_draining and scope["http_version"] == "1.1":
                    message["headers"].append((b"connection", b"close"))
            await send(message)

        if scope["path"] in _QUIET:
            await self._app(scope, receive, send_recorded)
            return
        method = scope["method"] if scope["method"] in _METHODS else "OTHER"
        earlier = current_request_id.set(request_id)
        try:
            with traced(method, traceparent, SpanKind.SERVER, {"http.request.method": method}) as span:
                try:
                    await self._app(scope, receive, send_recorded)
                finally:  # also of an answer that broke off
                    route = scope.get("path_template") or "unmatched"
                    seconds = time.perf_counter() - began
                    if span.is_recording():
                        span.update_name(f"{method} {route}")
                        span.set_attributes({"http.route": route, "http.response.status_code": status})
                    self._histogram(method, route, status).observe(seconds)
                    self._access_log.write(request_id, current_traceparent(), method, route, status, seconds)
        finally:
            current_request_id.reset(earlier)

    def _histogram(self, method: str, route: str, status: int) -> Histogram:
        found = self._seconds.get((method, route, status))
        if found is None:
            found = REQUEST_SECONDS.labels(self._service, method, route, str(status))
            self._seconds[method, route, status] = found
        return found
