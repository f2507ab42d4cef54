"""Whose pages may ask us from a browser? Without a list nobody's, and then no answer speaks of it.

Cookies are none of it: who asks says so in the Authorization header, which a page must have been given.
"""

from __future__ import annotations

import re

from services.gateway.head import Head

_ORIGIN = re.compile(r"https?://[a-z0-9.-]+(:[0-9]{1,5})?|https?://\[[0-9a-f:.]+\](:[0-9]{1,5})?")
_MAY_SEND = b", ".join(
    (
        *(b"Accept", b"Authorization", b"Content-Type", b"Idempotency-Key", b"If-Match", b"If-None-Match"),
        *(b"Last-Event-ID", b"Prefer", b"Range", b"Traceparent", b"X-Request-Id"),
    )
)
_MAY_READ = b"ETag, Location, RateLimit, RateLimit-Policy, Retry-After, X-Request-Id"
_DEPENDS = (b"vary", b"Origin")
Headers = tuple[tuple[bytes, bytes], ...]


class Cors:
    """`text` is a list of origins, https://host:port, with commas between."""

    def __init__(self, text: str) -> None:
        """
        Raises:
            ValueError: one of them is no origin; the message names it.
        """
        origins = [origin.strip().lower() for origin in text.split(",") if origin.strip()]
        for origin in origins:
            if not _ORIGIN.fullmatch(origin):
                raise ValueError(f"{origin!r} is no origin like https://pages.example")
        self._for_page: dict[bytes, Headers] = {
            origin.encode(): (
                _DEPENDS,
                (b"access-control-allow-origin", origin.encode()),
                (b"access-control-expose-headers", _MAY_READ),
            )
            for origin in origins
        }
        self._for_others: Headers = (_DEPENDS,) if origins else ()

    def headers(self, head: Head) -> Headers:
        """What an answer to this request says."""
        return self._for_page.get(head.get(b"origin", b""), self._for_others)

    def preflight(self, head: Head, methods: str) -> Headers:
        """What a page is told that asks whether it may ask; `methods` is what the path takes."""
        if head.get(b"origin") not in self._for_page or b"access-control-request-method" not in head:
            return ()
        return (
            (b"access-control-allow-methods", methods.encode()),
            (b"access-control-allow-headers", _MAY_SEND),
            (b"access-control-max-age", b"600"),
        )
