"""May this account have one more map today? Asked of tracks before a map is given out, once for each map and day.

Maps are given from memory, so tracks does not see who takes them; it does know what each licence brings, and keeps the
count that all replicas share. An account whose licence sets no limit is believed for a minute. Where tracks does not
answer, the map is given: nobody is kept from one because we cannot count.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Any
from uuid import UUID

import msgspec
from prometheus_client import Counter

from chassis.observability import log
from contracts.problem import Problem, ProblemDetails, Unauthenticated
from contracts.tracks import MapAllowance, MapAllowanceUsedUp
from services.gateway.headers import inward
from services.gateway.policy import Rule
from services.gateway.upstream_answer import Answer, UpstreamError
from services.gateway.upstreams import Upstreams

MOST_REMEMBERED = 100_000
UNLIMITED_S = 60.0
NOT_COUNTED_S = 5.0
DAY_S = 86_400
ASK_S = 0.5
_SAID = frozenset({b"authorization", b"x-forwarded-for", b"x-forwarded-proto", b"x-request-id", b"traceparent"})

TURNS = Counter(
    "map_turnstile_total", "Times that an account was about to be given a map, by what came of it.", ("as",)
)
_AS = {name: TURNS.labels(name) for name in ("known", "let_through", "refused", "not_counted")}


class Turnstile:
    """`clock` is seconds since the epoch: a day begins at midnight UTC, for tracks and here."""

    def __init__(
        self, upstreams: Upstreams, *, most: int = MOST_REMEMBERED, clock: Callable[[], float] = time.time
    ) -> None:
        self._upstreams = upstreams
        self._most = most
        self._clock = clock
        self._open_until: OrderedDict[tuple[UUID, bytes], float] = OrderedDict()

    async def pass_through(self, rule: Rule, scope: Any) -> None:
        """
        Raises:
            MapAllowanceUsedUp: says when the account may have the next one.
            Unauthenticated: it was erased.
        """
        account: UUID = scope["user"].user_id
        now = self._clock()
        known = self._open_until
        if known.get((account, scope["raw_path"]), 0.0) > now or known.get((account, b""), 0.0) > now:
            _AS["known"].inc()
            return
        allowance = await self._allowance(rule, scope)
        if allowance is None:
            _AS["not_counted"].inc()
            self._remember((account, scope["raw_path"]), now + NOT_COUNTED_S)
            return
        _AS["let_through"].inc()
        if allowance.left is None:
            self._remember((account, b""), now + UNLIMITED_S)
        else:
            self._remember((account, scope["raw_path"]), (now // DAY_S + 1) * DAY_S)

    async def _allowance(self, rule: Rule, scope: Any) -> MapAllowance | None:
        headers = [pair for pair in inward(scope) if pair[0] in _SAID]
        target = scope["raw_path"] + b"/taken"
        try:
            answer = await self._upstreams.ask(rule.upstream, "PUT", target, headers=headers, body=b"", seconds=ASK_S)
            return _read(answer.status, await _body(answer))
        except (MapAllowanceUsedUp, Unauthenticated):
            _AS["refused"].inc()
            raise
        except (Problem, UpstreamError, msgspec.MsgspecError) as error:
            log.warning("map.not_counted", error=type(error).__name__)
            return None

    def _remember(self, key: tuple[UUID, bytes], until: float) -> None:
        self._open_until[key] = until
        self._open_until.move_to_end(key)
        if len(self._open_until) > self._most:
            self._open_until.popitem(last=False)


async def _body(answer: Answer) -> bytes:
    try:
        return b"".join([piece async for piece in answer.pieces()]) if answer.whole is None else answer.whole
    finally:
        answer.close()


def _read(status: int, body: bytes) -> MapAllowance | None:
    if status == 200:
        return msgspec.json.decode(body, type=MapAllowance)
    refusal = msgspec.json.decode(body, type=ProblemDetails)
    if refusal.code == MapAllowanceUsedUp.code():
        raise MapAllowanceUsedUp(refusal.detail, retry_after=refusal.retry_after)
    if refusal.code == Unauthenticated.code():
        raise Unauthenticated
    return None
