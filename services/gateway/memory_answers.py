"""Answers from memory: asked of the service once, however many ask, and again when an event says that it has changed.

Memory is asked behind admission: who may not make a call does not hear its answer from here either. An answer that was
under way when an event came may be older than the event, so it is given to those who waited, and not kept. While events
cannot be heard, nothing stays fresh for longer than a few seconds. While the service is away, what was last known is
given, and says so (RFC 9211).
"""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any, TypeGuard

import msgspec
from litestar.types import Send
from prometheus_client import Counter

from chassis.problems import MEDIA_TYPE
from contracts.problem import Problem, ProblemDetails
from services.gateway.headers import inward, outward
from services.gateway.memory import Key, Memory, Remembered
from services.gateway.memory_rules import MOST_BODY_BYTES, Wish, key_of, may_be_kept, strong_tag, tags_of
from services.gateway.policy import ANYONE, Kept, Rule
from services.gateway.upstream_answer import Answer, UpstreamError
from services.gateway.upstreams import Upstreams

FRESH_S = 60.0
FRESH_UNHEARD_S = 5.0
FRESH_REFUSAL_S = 5.0
STALE_S = 24 * 3600.0
_NOT_SAID_AGAIN = frozenset({b"content-length", b"etag", b"age", b"cache-status"})
_NOT_MODIFIED_SAYS = frozenset({b"cache-control", b"content-location", b"date", b"expires", b"vary"})
_ASKED_FOR_ALL = frozenset({b"x-forwarded-for", b"x-forwarded-proto", b"x-request-id", b"traceparent"})

ANSWERS = Counter("kept_answers_total", "Answers of calls that are kept in memory, by where they came from.", ("from",))
_FROM = {name: ANSWERS.labels(name) for name in ("memory", "service", "stale")}


@dataclass(frozen=True, slots=True)
class _Fetched:
    answer: Remembered
    is_kept: bool


class _Flight:
    """A question under way, for all who ask it. Spoiled: what it brings back may be out of date already."""

    def __init__(self, tags: tuple[str, ...]) -> None:
        self.tags = tags
        self.is_spoiled = False
        self.waiting = 0
        self.task: asyncio.Task[_Fetched | None] | None = None


class MemoryAnswers:
    """`hears_events` says whether invalidation can reach us just now; `clock` is monotonic seconds.

    `count` is asked before something that is counted is given to whoever has it not yet; it may refuse.
    """

    def __init__(
        self,
        upstreams: Upstreams,
        *,
        hears_events: Callable[[], bool],
        count: Callable[[Rule, Any], Awaitable[None]],
        memory: Memory | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._upstreams = upstreams
        self._hears_events = hears_events
        self._count = count
        self._memory = memory or Memory()
        self._clock = clock
        self._flights: dict[Key, _Flight] = {}

    async def answer(self, rule: Rule, scope: Any, send: Send) -> bool:
        """Whether it was answered; if not, the request is to be forwarded.

        Raises:
            Problem: the service does not answer, and nothing is known; or the account may have no more of it.
        """
        assert rule.kept is not None
        wish = Wish.of(scope["headers"])
        account = scope["user"].user_id if rule.kept is Kept.FOR_EACH else None
        key = key_of(rule, scope["raw_path"], scope["query_string"], account, gzip=wish.takes_gzip)
        if key is None or not wish.is_plain:
            return False
        known = self._memory.get(key)
        if known is not None and (left := self._fresh_for(known)) > 0:
            _FROM["memory"].inc()
            await self._give(known, wish, rule, scope, send, age=self._age(known), said=b"hit; ttl=%d" % left)
            return True
        flight, is_first = self._flight(key, rule, scope, known)
        assert flight.task is not None
        flight.waiting += 1
        fetched, failure = None, None
        try:
            fetched = await asyncio.shield(flight.task)  # whoever asked first may leave; the others still wait
        except Problem as problem:
            failure = problem
        has_failed = failure is not None or (fetched is not None and fetched.answer.status >= 500)
        if has_failed and not flight.is_spoiled and self._is_better_than_nothing(known):
            _FROM["stale"].inc()
            said = b"hit; ttl=%d; detail=stale" % self._fresh_for(known)
            await self._give(known, wish, rule, scope, send, age=self._age(known), said=said)
            return True
        if failure is not None:
            raise failure
        if fetched is None or not (is_first or fetched.is_kept or has_failed):
            return False
        _FROM["service"].inc()
        said = b"fwd=miss" if known is None else b"fwd=stale"
        said += (b"; stored" if fetched.is_kept else b"") + (b"" if is_first else b"; collapsed")
        await self._give(fetched.answer, wish, rule, scope, send, age=0, said=said)
        return True

    def forget(self, tag: str) -> None:
        """Something happened to `tag`: what is kept of it goes, and what is under way will not be kept."""
        self._memory.forget(tag)
        for key, flight in tuple(self._flights.items()):
            if tag in flight.tags:
                flight.is_spoiled = True
                del self._flights[key]

    async def _give(
        self, answer: Remembered, wish: Wish, rule: Rule, scope: Any, send: Send, *, age: float, said: bytes
    ) -> None:
        if rule.counted and answer.status == 200 and not wish.is_met_by(answer.etag):
            await self._count(rule, scope)
        await _give(answer, wish, scope, send, age=age, said=said)

    def _age(self, answer: Remembered) -> float:
        return self._clock() - answer.fetched_at

    def _is_better_than_nothing(self, known: Remembered | None) -> TypeGuard[Remembered]:
        return known is not None and known.status == 200 and self._age(known) < STALE_S

    def _fresh_for(self, answer: Remembered) -> float:
        if answer.status != 200:
            seconds = FRESH_REFUSAL_S
        else:
            seconds = FRESH_S if self._hears_events() else FRESH_UNHEARD_S
        return seconds - self._age(answer)

    def _flight(self, key: Key, rule: Rule, scope: Any, known: Remembered | None) -> tuple[_Flight, bool]:
        under_way = self._flights.get(key)
        if under_way is not None:
            return under_way, False
        flight = _Flight(tags_of(rule, scope["raw_path"].decode("ascii"), key.account))
        flight.task = asyncio.create_task(self._fetch(flight, key, rule, scope, known))
        flight.task.add_done_callback(lambda task: task.cancelled() or task.exception())  # nobody may wait any more
        self._flights[key] = flight
        return flight, True

    async def _fetch(
        self, flight: _Flight, key: Key, rule: Rule, scope: Any, known: Remembered | None
    ) -> _Fetched | None:
        try:
            fetched = await self._ask(flight, key, rule, scope, known)
            if fetched is not None and fetched.is_kept:
                self._memory.put(key, fetched.answer)
            return fetched
        finally:
            if self._flights.get(key) is flight:
                del self._flights[key]

    async def _ask(
        self, flight: _Flight, key: Key, rule: Rule, scope: Any, known: Remembered | None
    ) -> _Fetched | None:
        headers = [pair for pair in inward(scope) if pair[0] in _ASKED_FOR_ALL]
        headers.append((b"accept-encoding", b"gzip" if key.gzip else b"identity"))
        if rule.access is not ANYONE:
            headers += [pair for pair in scope["headers"] if pair[0] == b"authorization"]
        if known is not None and known.asked_with is not None:
            headers.append((b"if-none-match", known.asked_with))
        began = self._clock()
        target = scope["raw_path"] + (b"?" + scope["query_string"] if scope["query_string"] else b"")
        answer = await self._upstreams.ask(
            rule.upstream, "GET", target, headers=headers, body=None, seconds=rule.seconds
        )
        body = await _body(answer)
        if answer.status == 304 and known is not None and known.asked_with is not None:
            return _Fetched(replace(known, fetched_at=began), is_kept=not flight.is_spoiled)
        if body is None:
            return None
        assert rule.kept is not None
        is_kept = may_be_kept(rule.kept, answer.status, answer.headers) and not flight.is_spoiled
        return _Fetched(_remembered(answer, body, flight.tags, began), is_kept)


async def _body(answer: Answer) -> bytes | None:
    """None if it is too much to keep, or does not come."""
    if answer.whole is not None:
        return answer.whole
    pieces, size = [], 0
    try:
        async for piece in answer.pieces():
            pieces.append(piece)
            size += len(piece)
            if size > MOST_BODY_BYTES:
                return None
    except UpstreamError:
        return None
    finally:
        answer.close()
    return b"".join(pieces)


def _remembered(answer: Answer, body: bytes, tags: tuple[str, ...], fetched_at: float) -> Remembered:
    asked_with = strong_tag(answer.headers)
    etag, refusal = None, None
    if answer.status == 200:
        etag = asked_with or b'"%b"' % hashlib.sha256(body).hexdigest()[:32].encode()
    elif (b"content-type", MEDIA_TYPE.encode()) in answer.headers:
        try:
            refusal = msgspec.json.decode(body, type=ProblemDetails)
        except msgspec.MsgspecError:
            refusal = None
    headers = [pair for pair in outward(answer.headers) if pair[0] not in _NOT_SAID_AGAIN]
    headers += [(b"etag", etag)] if etag is not None else []
    return Remembered(answer.status, tuple(headers), body, tags, fetched_at, etag, asked_with, refusal)


async def _give(answer: Remembered, wish: Wish, scope: Any, send: Send, *, age: float, said: bytes) -> None:
    status, body = answer.status, answer.body
    if wish.is_met_by(answer.etag):
        status, body = 304, b""
        headers = [pair for pair in answer.headers if pair[0] in _NOT_MODIFIED_SAYS]
        headers.append((b"etag", answer.etag or b""))
    else:
        if answer.refusal is not None:
            own = msgspec.structs.replace(answer.refusal, request_id=scope["state"]["request_id"])
            body = msgspec.json.encode(own)
        headers = [*answer.headers, (b"content-length", b"%d" % len(body))]
    headers += ((b"age", b"%d" % age), (b"cache-status", b"raceoverlay; " + said))
    scope["state"]["answered"] = True
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})
