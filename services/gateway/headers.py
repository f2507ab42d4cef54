"""What of a request's headers goes inward, and what of an answer's goes out again."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from chassis.observability import current_traceparent

RawHeaders = Iterable[tuple[bytes, bytes]]

# What a client may say to a service. A list of what is let in cannot forget a header that some service believes.
_LET_IN = frozenset(
    {
        b"accept",
        b"accept-encoding",
        b"accept-language",
        b"authorization",
        b"content-encoding",
        b"content-length",
        b"content-type",
        b"idempotency-key",
        b"if-match",
        b"if-modified-since",
        b"if-none-match",
        b"if-unmodified-since",
        b"prefer",
        b"range",
        b"if-range",
        b"stripe-signature",
        b"user-agent",
    }
)
_HOP_BY_HOP = frozenset(
    {
        b"connection",
        b"keep-alive",
        b"proxy-authenticate",
        b"proxy-authorization",
        b"proxy-connection",
        b"te",
        b"trailer",
        b"transfer-encoding",
        b"upgrade",
    }
)
FOR_US = b"gateway-cache-control"
"""What a service says to the gateway's memory, and to nobody behind it."""
_OURS_TO_SAY = frozenset({b"x-request-id", b"server"})
_NEVER_OUT = _HOP_BY_HOP | _OURS_TO_SAY | {FOR_US}
_NOTHING: frozenset[bytes] = frozenset()


def inward(scope: Any) -> list[tuple[bytes, bytes]]:
    """The headers that the upstream gets. Who asks is said by the token alone, and where from by admission."""
    sent: list[tuple[bytes, bytes]] = scope["headers"]
    hidden = _named_in_connection(sent)
    headers = [pair for pair in sent if pair[0] in _LET_IN and pair[0] not in hidden]
    headers += (
        (b"x-forwarded-for", (scope["state"]["client_address"] or "unknown").encode("latin-1")),
        (b"x-forwarded-proto", scope["scheme"].encode()),
        (b"x-request-id", scope["state"]["request_id"].encode()),
    )
    if traceparent := current_traceparent():
        headers.append((b"traceparent", traceparent.encode()))
    return headers


def outward(answered: RawHeaders) -> list[tuple[bytes, bytes]]:
    """The headers of an upstream's answer that the client gets. The request id is added by the chassis, once."""
    lowered = [(name.lower(), value) for name, value in answered]
    hidden = _NEVER_OUT | _named_in_connection(lowered)
    return [(name, value) for name, value in lowered if name not in hidden]


def _named_in_connection(headers: RawHeaders) -> frozenset[bytes]:
    said = [value for name, value in headers if name == b"connection"]
    return frozenset(word.strip().lower() for value in said for word in value.split(b",")) if said else _NOTHING
