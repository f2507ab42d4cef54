"""A map is given to those who may have it today: counted once by tracks, whoever's memory it comes from."""

from __future__ import annotations

from types import SimpleNamespace
from uuid import UUID, uuid4

import msgspec
import pytest
from aiohttp import web
from gateway_rig import Behind, Running

from contracts.event import now
from contracts.tracks import MapAllowance, MapAllowanceUsedUp
from services.gateway.policy import Policy
from services.gateway.turnstile import DAY_S, UNLIMITED_S, Turnstile

SPA, MONZA = "/tracks/f1/spa", "/tracks/f1/monza"


class Counting:
    """What tracks would say: so many different maps for each account, or as many as it likes."""

    def __init__(self, behind: Behind, left: int | None) -> None:
        self.left = left
        self.tokens: list[str] = []
        behind.allowance = self._answer

    async def _answer(self, request: web.Request) -> web.Response:
        self.tokens.append(request.headers["authorization"])
        if self.left is not None:
            self.left -= 1
            if self.left < 0:
                refusal = MapAllowanceUsedUp("Tomorrow again.", retry_after=3600).body()
                return web.json_response(
                    msgspec.to_builtins(refusal), status=403, content_type="application/problem+json"
                )
        return web.json_response(msgspec.to_builtins(MapAllowance(self.left, now())))


async def test_a_map_is_counted_once_for_each_account_and_day(gateway: Running, behind: Behind) -> None:
    Counting(behind, left=10)
    me, other = gateway.issuer.bearer(uuid4()), gateway.issuer.bearer(uuid4())
    for _ in range(3):
        assert (await gateway.ask("GET", SPA, headers=me)).status == 200
    assert behind.taken == [SPA + "/taken"]
    assert (await gateway.ask("GET", SPA, headers=other)).status == 200
    assert (await gateway.ask("GET", MONZA + "?version=1", headers=me)).status == 200
    assert behind.taken == [SPA + "/taken", SPA + "/taken", MONZA + "/taken"]


async def test_whoever_has_used_them_up_hears_when_there_are_more_and_keeps_what_is_there(
    gateway: Running, behind: Behind
) -> None:
    Counting(behind, left=1)
    me = gateway.issuer.bearer(uuid4())
    first = await gateway.ask("GET", SPA, headers=me)
    refused = await gateway.ask("GET", MONZA, headers=me)
    problem = await refused.json()
    assert (refused.status, problem["code"], problem["detail"]) == (403, "map_allowance_used_up", "Tomorrow again.")
    assert problem["retry_after"] == 3600
    assert (await gateway.ask("GET", SPA, headers=me)).status == 200
    known = await gateway.ask("GET", MONZA, headers={**me, "if-none-match": first.headers["etag"]})
    assert known.status == 304  # both answers are the same two bytes here: it has them
    assert (await gateway.ask("GET", MONZA, headers=me)).status == 403


async def test_a_request_that_memory_does_not_answer_is_counted_too(gateway: Running, behind: Behind) -> None:
    Counting(behind, left=0)
    asked = await gateway.ask("GET", SPA, headers={**gateway.issuer.bearer(), "prefer": "anything"})
    assert (asked.status, (await asked.json())["code"]) == (403, "map_allowance_used_up")
    assert behind.arrived == []


async def test_what_is_no_map_is_not_counted(gateway: Running, behind: Behind) -> None:
    Counting(behind, left=0)

    async def unknown(_request: web.Request) -> web.Response:
        return web.json_response({"code": "track_unknown"}, status=404)

    for path in ("/tracks", SPA + "/versions"):
        assert (await gateway.ask("GET", path, headers=gateway.issuer.bearer())).status == 200
    behind.answer = unknown
    assert (await gateway.ask("GET", SPA, headers=gateway.issuer.bearer())).status == 404
    assert behind.taken == []


@pytest.mark.parametrize("how", ["fails", "says nonsense", "hangs up"])
async def test_where_nobody_counts_the_map_is_given(gateway: Running, behind: Behind, how: str) -> None:
    async def answer(request: web.Request) -> web.Response:
        if how == "hangs up":
            assert request.transport is not None
            request.transport.abort()
        return web.Response(status=500 if how == "fails" else 200, text="nonsense")

    behind.allowance = answer
    assert (await gateway.ask("GET", SPA, headers=gateway.issuer.bearer())).status == 200
    assert behind.taken == [SPA + "/taken"]


async def test_an_account_that_was_erased_gets_nothing_with_its_last_token(gateway: Running, behind: Behind) -> None:
    async def answer(_request: web.Request) -> web.Response:
        body = {"type": "urn:x", "title": "x", "status": 401, "code": "unauthenticated"}
        return web.json_response(body, status=401)

    behind.allowance = answer
    assert (await gateway.ask("GET", SPA, headers=gateway.issuer.bearer())).status == 401


async def test_an_account_without_a_limit_is_believed_for_a_minute_and_a_map_until_midnight(
    gateway: Running, behind: Behind
) -> None:
    time = [20_000 * DAY_S + 100.0]
    counting = Counting(behind, left=None)
    turnstile = Turnstile(gateway.gateway.proxy._upstreams, most=2, clock=lambda: time[0])
    account = uuid4()
    token = gateway.issuer.bearer(account)["authorization"]

    async def take(path: str) -> int:
        await turnstile.pass_through(Policy().at(path)["GET"], scope_of(token, account, path))
        return len(behind.taken)

    assert [await take(SPA), await take(MONZA)] == [1, 1]
    time[0] += UNLIMITED_S + 1
    counting.left = 5
    assert [await take(SPA), await take(SPA), await take(MONZA)] == [2, 2, 3]
    assert len(turnstile._open_until) == 2  # as many as it may remember
    time[0] = 20_001 * DAY_S - 1
    assert await take(MONZA) == 3
    time[0] += 1
    assert await take(MONZA) == 4
    assert set(counting.tokens) == {token}


def scope_of(token: str, account: UUID, path: str) -> dict:
    return {
        "user": SimpleNamespace(user_id=account),
        "raw_path": path.encode(),
        "headers": [(b"authorization", token.encode())],
        "scheme": "https",
        "state": {"client_address": "127.0.0.1", "request_id": "one"},
    }
