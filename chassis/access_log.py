"""One line of JSON for each request that was answered: who, where, how, how long.

The lines of a moment are written together, for one write costs as much as encoding ten of them. What a process that is
killed had not yet written is lost: a twentieth of a second.
"""

from __future__ import annotations

import asyncio
import atexit
import sys
from datetime import UTC, datetime
from typing import Literal

import msgspec

WRITE_EVERY_S = 0.05
SLOW_S = 1.0

AccessLogging = Literal["all", "slow", "none"]


class Line(msgspec.Struct, frozen=True):
    """It has the names that all other lines of the log have."""

    service: str
    request_id: str
    trace_id: str
    span_id: str
    method: str
    route: str
    status: int
    ms: float
    timestamp: datetime
    event: str = "request"
    level: str = "info"


class AccessLog:
    """`which`: all requests, those that were slow or that we failed, or none."""

    def __init__(self, service: str, which: AccessLogging = "all") -> None:
        self._service = service
        self._which = which
        self._encoder = msgspec.json.Encoder()
        self._lines: list[bytes] = []
        atexit.register(self.flush)

    def write(
        self, request_id: str, traceparent: str | None, method: str, route: str, status: int, seconds: float
    ) -> None:
        if self._which != "all" and (self._which == "none" or (seconds < SLOW_S and status < 500)):
            return
        _, trace_id, span_id, _ = (traceparent or "---").split("-")
        line = Line(
            service=self._service,
            request_id=request_id,
            trace_id=trace_id,
            span_id=span_id,
            method=method,
            route=route,
            status=status,
            ms=round(seconds * 1000, 2),
            timestamp=datetime.now(UTC),
        )
        if not self._lines:
            asyncio.get_running_loop().call_later(WRITE_EVERY_S, self.flush)
        self._lines.append(self._encoder.encode(line))

    def flush(self) -> None:
        if self._lines:
            lines, self._lines = self._lines, []
            sys.stdout.write(b"\n".join(lines).decode() + "\n")
            sys.stdout.flush()
