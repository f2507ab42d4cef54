"""What a reader has already and what it can read: the request headers around a map (RFC 9110)."""

from __future__ import annotations

import re
from typing import Final

_ENTITY_TAG: Final = re.compile(r'(?:W/)?"([^"]*)"')
_LATEST: Final = "private, no-cache"  # may be kept, and is asked about each time: a 304 costs one row
_PINNED: Final = "private, max-age=86400"  # a day, because a moderator may withdraw a version, or merge its track
_FOR_THE_GATEWAY: Final = "max-age=60"  # it forgets by events before that, and is asked nothing without a token


def has_already(if_none_match: str | None, etag: str) -> bool:
    """Whether an `If-None-Match` header names this content."""
    if if_none_match is None:
        return False
    return if_none_match.strip() == "*" or etag in _ENTITY_TAG.findall(if_none_match)


def takes_gzip(accept_encoding: str | None) -> bool:
    """Whether an `Accept-Encoding` header allows gzip; one that is absent promises nothing."""
    weights: dict[str, float] = {}
    for part in (accept_encoding or "").lower().split(","):
        coding, _, parameter = part.strip().partition(";")
        weight = re.fullmatch(r"\s*q\s*=\s*([01](?:\.\d{0,3})?)\s*", parameter)
        weights[coding.strip()] = float(weight[1]) if weight else 1.0
    return weights.get("gzip", weights.get("x-gzip", weights.get("*", 0.0))) > 0


def headers(etag: str, *, pinned: bool) -> dict[str, str]:
    """The validators of a map. `pinned`: the address names a version, whose content never changes.

    Both codings have one strong tag: it is the content's own name, in events and version lists too, and no ranges are
    served, where a shared tag could do harm.
    """
    return {
        "etag": f'"{etag}"',
        "cache-control": _PINNED if pinned else _LATEST,
        "gateway-cache-control": _FOR_THE_GATEWAY,
        "vary": "Accept-Encoding",
    }
