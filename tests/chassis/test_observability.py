"""One trace from a request through the outbox and the bus into the reaction, with and without a collector."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from pathlib import Path

import pytest
from aiohttp import web
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from waiting import eventually

_SPEAK = """
import sys
from opentelemetry.trace import SpanKind
from chassis.observability import current_traceparent, log, set_up, traced
set_up("garage", otlp_endpoint=sys.argv[1], sample=1.0)
with traced("GET /laps", sys.argv[2] or None, SpanKind.SERVER, {"http.request.method": "GET"}):
    log.info("inside", handed_on=current_traceparent())
log.info("outside")
"""
_PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def _speak(endpoint: str, parent: str) -> list[dict[str, str]]:
    process = subprocess.run(
        [sys.executable, "-c", _SPEAK, endpoint, parent],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
    )
    return [json.loads(line) for line in process.stdout.splitlines()]


def test_without_a_collector_the_trace_that_arrived_is_carried_on():
    inside, outside = _speak("", _PARENT)
    assert inside["handed_on"] == _PARENT
    assert inside["trace_id"] == "0af7651916cd43dd8448eb211c80319c"
    assert "trace_id" not in outside
    assert inside["service"] == "garage"


@pytest.mark.parametrize("malformed", ["00-zzz", _PARENT + "-and-more" * 50])
def test_a_malformed_trace_is_replaced_by_a_new_one(malformed: str):
    inside, _ = _speak("", malformed)
    assert inside["handed_on"] != malformed
    assert len(inside["trace_id"]) == 32


async def test_with_a_collector_spans_are_exported():
    import asyncio

    received: list[ExportTraceServiceRequest] = []

    async def collect(request: web.Request) -> web.Response:
        body = await request.read()
        if request.headers.get("content-encoding") == "gzip" and body[:2] == b"\x1f\x8b":
            body = gzip.decompress(body)
        received.append(ExportTraceServiceRequest.FromString(body))
        return web.Response(content_type="application/x-protobuf")

    app = web.Application()
    app.router.add_post("/v1/traces", collect)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = site._server.sockets[0].getsockname()[1]  # type: ignore[union-attr]
    try:
        inside, _ = await asyncio.to_thread(_speak, f"http://127.0.0.1:{port}", _PARENT)
        await eventually(lambda: received)
    finally:
        await runner.cleanup()
    (span,) = received[0].resource_spans[0].scope_spans[0].spans
    assert span.name == "GET /laps"
    assert span.trace_id.hex() == inside["trace_id"] == "0af7651916cd43dd8448eb211c80319c"
    assert span.parent_span_id.hex() == "b7ad6b7169203331"
