"""What may be answered from memory, and what an answer tells of. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from services.gateway.headers import FOR_US
from services.gateway.memory import Key
from services.gateway.policy import Kept, Rule, Upstream

MOST_TARGET_BYTES = 512
MOST_BODY_BYTES = 2 << 20

Headers = Iterable[tuple[bytes, bytes]]

# Whoever says one of these wants something else than the answer as it is.
_OTHERWISE = frozenset({b"range", b"if-range", b"if-match", b"if-unmodified-since", b"prefer", b"transfer-encoding"})
_NOT_TO_KEEP = frozenset({b"no-store", b"no-cache"})
_NOT_FOR_ALL = _NOT_TO_KEEP | {b"private"}
_REFUSES_GZIP = re.compile(rb"(?:^|,)\s*(?:x-)?gzip\s*;\s*q\s*=\s*0(?:\.0*)?\s*(?:,|$)")
_ENTITY_TAG = re.compile(rb'(?:W/)?("[^"]*")')


@dataclass(frozen=True, slots=True)
class Wish:
    """What a request's headers ask of an answer from memory."""

    is_plain: bool = True
    takes_gzip: bool = False
    if_none_match: bytes | None = None

    @classmethod
    def of(cls, headers: Headers) -> Wish:
        is_plain, takes_gzip, if_none_match = True, False, None
        for name, value in headers:
            if name == b"accept-encoding":
                takes_gzip = b"gzip" in value and not _REFUSES_GZIP.search(value)
            elif name == b"if-none-match":
                if_none_match = value if if_none_match is None else if_none_match + b"," + value
            elif name in _OTHERWISE or (name == b"content-length" and value != b"0"):
                is_plain = False
        return cls(is_plain, takes_gzip, if_none_match)

    def is_met_by(self, etag: bytes | None) -> bool:
        """Whether the client has that answer already."""
        if self.if_none_match is None or etag is None:
            return False
        return self.if_none_match.strip() == b"*" or etag in _ENTITY_TAG.findall(self.if_none_match)


def key_of(rule: Rule, target: bytes, query: bytes, account: UUID | None, *, gzip: bool) -> Key | None:
    """None where the address is too long to be kept. The order of a query's names makes no other question of it."""
    if len(target) + len(query) > MOST_TARGET_BYTES:
        return None
    if query:
        pairs = [pair for pair in query.split(b"&") if pair]
        pairs.sort(key=lambda pair: pair.partition(b"=")[0])
        target = target + b"?" + b"&".join(pairs)
    return Key(target, account if rule.kept is Kept.FOR_EACH else None, gzip)


def may_be_kept(kept: Kept, status: int, headers: Headers) -> bool:
    """Whether the service lets its answer be given to others who ask the same.

    What `Gateway-Cache-Control` says is for this memory alone, and counts before `Cache-Control` (RFC 9213): a map is
    nothing that caches on the way to a driver should keep, and here it is kept behind admission.
    """
    if status not in (200, 404):
        return False
    told = {FOR_US: b"", b"cache-control": b""}
    for name, value in headers:
        lowered = value.lower()
        if name == b"set-cookie":
            return False
        if name == b"vary" and any(word.strip() != b"accept-encoding" for word in lowered.split(b",")):
            return False
        if name in told:
            told[name] += b"," + lowered
    said = {word.strip().partition(b"=")[0] for word in (told[FOR_US] or told[b"cache-control"]).split(b",")}
    return status != 200 or not said & (_NOT_FOR_ALL if kept is Kept.FOR_ALL else _NOT_TO_KEEP)


def strong_tag(headers: Headers) -> bytes | None:
    """The service's own validator, if it promises that the bytes are the same."""
    etag = next((value for name, value in headers if name == b"etag"), None)
    return etag if etag is not None and etag.startswith(b'"') else None


def tags_of(rule: Rule, path: str, account: UUID | None) -> tuple[str, ...]:
    """What an answer at `path` tells of, in the words of tags_of_*."""
    if rule.upstream is Upstream.LICENSE and rule.kept is Kept.FOR_EACH:
        return (license_tag(account),)
    if rule.upstream is Upstream.TRACKS and rule.path != "/tracks":
        _, _, game, track_id, *_ = path.split("/")
        return (track_tag(game, track_id),)
    return (f"{rule.upstream.value}",)


TRACK_LISTS = Upstream.TRACKS.value
RELEASES = Upstream.VERSIONS.value


def track_tag(game: str, track_id: str) -> str:
    return f"track {game}/{track_id}"


def license_tag(account: UUID | None) -> str:
    return f"license {account}"
