"""What a running service says of itself: JSON logs with trace ids, metrics, and spans when somebody collects them.

Metrics go through prometheus-client alone, and one span covers one request or one event: measured, the stock
instrumentation costs several times what a cached answer does. Without an OTLP endpoint no span is made, but the
trace context that arrives is still carried on, into the logs and onto the bus.
"""

from __future__ import annotations

import contextlib
import contextvars
import logging
import random
import re
import sys
from collections.abc import Generator, Mapping
from typing import Any

import structlog
from opentelemetry import trace
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from prometheus_client import Counter, Gauge, Histogram

REQUEST_SECONDS = Histogram(
    "http_server_request_duration_seconds",
    "From the first byte of a request to the last of its answer.",
    ("service", "method", "route", "status"),
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
EVENTS_HANDLED = Counter("events_handled_total", "Events by what became of them.", ("service", "subject", "outcome"))
EVENT_LATENCY = Histogram(
    "event_latency_seconds",
    "From the moment an event was recorded to the commit of the reaction to it.",
    ("service", "subject"),
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60, 600),
)
EVENTS_PUBLISHED = Counter("events_published_total", "Events that left the outbox.", ("service", "subject"))
OUTBOX_WAITING = Gauge("outbox_waiting", "Events that wait in the outbox.", ("service",))

_traceparent: contextvars.ContextVar[str | None] = contextvars.ContextVar("traceparent", default=None)
current_request_id: contextvars.ContextVar[str | None] = contextvars.ContextVar("request_id", default=None)
"""The id of the request that is being answered; every line of the log carries it."""

_propagator = TraceContextTextMapPropagator()
_TRACEPARENT = re.compile(r"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}\Z")
_tracer: trace.Tracer | None = None

log: structlog.stdlib.BoundLogger = structlog.get_logger()


def set_up(service: str, *, level: str = "info", otlp_endpoint: str = "", sample: float = 0.05) -> None:
    """Configure logging, and tracing if an endpoint is given. Called once, before the service starts."""
    global _tracer
    numeric = logging.getLevelNamesMapping().get(level.upper(), logging.INFO)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            _add_ids,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(numeric),
        logger_factory=structlog.PrintLoggerFactory(sys.stdout),
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.bind_contextvars(service=service)
    logging.basicConfig(level=max(numeric, logging.WARNING), stream=sys.stderr)
    if otlp_endpoint:
        _tracer = _exporting_tracer(service, otlp_endpoint, sample)


def new_request_id() -> str:
    """32 hexadecimal digits. They name things and protect nothing, and asking the system for chance costs more."""
    return f"{random.getrandbits(128) or 1:032x}"


def current_traceparent() -> str | None:
    """The W3C trace context of what is being done now, to be handed on."""
    return _traceparent.get()


def traced(
    name: str, traceparent: str | None, kind: trace.SpanKind, attributes: Mapping[str, Any]
) -> contextlib.AbstractContextManager[trace.Span]:
    """Do something as part of the trace that `traceparent` names, or as the beginning of a new one."""
    if _tracer is None:
        return _Carried(traceparent)
    return _spanned(_tracer, name, traceparent, kind, attributes)


class _Carried:
    """A trace that goes on without a span of ours. A class, because a generator here costs more than what it does."""

    __slots__ = ("_earlier", "_traceparent")

    def __init__(self, traceparent: str | None) -> None:
        self._traceparent = traceparent if _well_formed(traceparent) else _new_traceparent()

    def __enter__(self) -> trace.Span:
        self._earlier = _traceparent.set(self._traceparent)
        return trace.INVALID_SPAN

    def __exit__(self, *_error: object) -> None:
        _traceparent.reset(self._earlier)


@contextlib.contextmanager
def _spanned(
    tracer: trace.Tracer, name: str, traceparent: str | None, kind: trace.SpanKind, attributes: Mapping[str, Any]
) -> Generator[trace.Span]:
    context = _propagator.extract({"traceparent": traceparent} if traceparent else {})
    with tracer.start_as_current_span(name, context=context, kind=kind, attributes=attributes) as span:
        carrier: dict[str, str] = {}
        _propagator.inject(carrier)
        token = _traceparent.set(carrier.get("traceparent"))
        try:
            yield span
        finally:
            _traceparent.reset(token)


def _exporting_tracer(service: str, endpoint: str, sample: float) -> trace.Tracer:
    # Imported only where spans are collected: it is a quarter of the time in which a service starts.
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor
    from opentelemetry.sdk.trace.sampling import ParentBasedTraceIdRatio

    resource = Resource.create({"service.name": service})
    provider = TracerProvider(resource=resource, sampler=ParentBasedTraceIdRatio(sample))
    exporter = OTLPSpanExporter(endpoint=endpoint.rstrip("/") + "/v1/traces")
    provider.add_span_processor(BatchSpanProcessor(exporter))
    return provider.get_tracer("raceoverlay.chassis")


def _well_formed(traceparent: str | None) -> bool:
    """Later versions of the format may be longer, and of any length: such a one is not kept with every event."""
    if traceparent is None or not _TRACEPARENT.match(traceparent):
        return False
    return trace.get_current_span(_propagator.extract({"traceparent": traceparent})).get_span_context().is_valid


def _new_traceparent() -> str:
    return f"00-{new_request_id()}-{random.getrandbits(64) or 1:016x}-00"


def _add_ids(_logger: Any, _method: str, entry: structlog.typing.EventDict) -> structlog.typing.EventDict:
    request_id, traceparent = current_request_id.get(), _traceparent.get()
    if request_id:
        entry["request_id"] = request_id
    if traceparent:
        entry["trace_id"], entry["span_id"] = traceparent.split("-")[1:3]
    return entry
