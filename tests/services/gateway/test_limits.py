"""Who asks too often is told so, and by when it may again; who does not never notices."""

from __future__ import annotations

import asyncio
import contextlib
import re
import time
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from gateway_rig import Behind, Running, Start
from structlog.testing import capture_logs
from waiting import eventually

from devstack.valkey import Valkey
from services.gateway import pacing, shared_tally
from services.gateway.limits import LIMITS, Limit, Limits
from services.gateway.policy import Pace

PRIVATE = "/auth/me"
PUBLIC = "/versions"
SLOW = Limits(account=Limit(5, 3600), address=Limit(20, 3600), everyone=Limit(1000, 1))


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Five reads an hour for an account, twenty for an address, three of its tokens may be none."""
    monkeypatch.setattr(pacing, "LIMITS", {**LIMITS, Pace.READ: SLOW})
    monkeypatch.setattr(pacing, "BAD_TOKENS_EACH", Limit(3, 3600))


async def _statuses(gateway: Running, path: str, times: int, **headers: str) -> Counter[int]:
    asked = [gateway.ask("GET", path, headers=headers) for _ in range(times)]
    return Counter(answer.status for answer in await asyncio.gather(*asked))


async def test_an_answer_says_how_often_one_may_still_ask(gateway: Running) -> None:
    got = await gateway.ask("GET", PRIVATE, headers=gateway.issuer.bearer())
    assert got.headers["ratelimit-policy"] == '"account";q=240;w=60, "address";q=1200;w=60'
    assert got.headers["ratelimit"] == '"account";r=239;t=1'
    got = await gateway.ask("GET", PUBLIC)
    assert got.headers["ratelimit-policy"] == '"address";q=1200;w=60'
    assert re.fullmatch(r'"address";r=119[0-9];t=1', got.headers["ratelimit"])


@pytest.mark.usefixtures("few")
async def test_an_account_that_asks_too_often_is_told_when_it_may_again(start: Start, behind: Behind) -> None:
    gateway = await start()
    driver = gateway.issuer.bearer()
    assert await _statuses(gateway, PRIVATE, 5, **driver) == {200: 5}
    refused = await gateway.ask("GET", PRIVATE, headers=driver)
    assert (refused.status, refused.content_type) == (429, "application/problem+json")
    wait = int(refused.headers["retry-after"])
    assert 700 <= wait <= 720
    problem = await refused.json(content_type=None)
    assert (problem["code"], problem["retry_after"]) == ("too_many_requests", wait)
    assert refused.headers["ratelimit"].startswith('"account";r=0;t=')
    assert len(behind.arrived) == 5
    # Another account at the same connection, and what is of another pace, are not touched.
    assert (await gateway.ask("GET", PRIVATE, headers=gateway.issuer.bearer())).status == 200
    assert (await gateway.ask("DELETE", "/auth/me", headers=driver)).status == 200


@pytest.mark.usefixtures("few")
async def test_another_token_of_the_same_account_does_not_help_and_a_machine_counts_by_itself(start: Start) -> None:
    gateway = await start()
    user, machine = uuid4(), uuid4()
    for _ in range(5):
        assert (await gateway.ask("GET", "/tracks", headers=gateway.issuer.bearer(user))).status == 200
    assert (await gateway.ask("GET", "/tracks", headers=gateway.issuer.bearer(user))).status == 429
    of_machine = {"session_id": machine, "scope": "tracks:read"}
    assert (await gateway.ask("GET", "/tracks", headers=gateway.issuer.bearer(user, **of_machine))).status == 200


@pytest.mark.usefixtures("few")
async def test_an_address_is_counted_whoever_asks_from_it_and_a_proxy_of_ours_says_which(start: Start) -> None:
    gateway = await start(trusted_proxies="127.0.0.1")
    network = {"x-forwarded-for": "2001:db8:1:2::1"}
    assert await _statuses(gateway, PUBLIC, 21, **network) == {200: 20, 429: 1}
    assert (await gateway.ask("GET", PUBLIC, headers={"x-forwarded-for": "2001:db8:1:2:ffff::9"})).status == 429
    assert (await gateway.ask("GET", PUBLIC, headers={"x-forwarded-for": "2001:db8:1:3::1"})).status == 200


@pytest.mark.usefixtures("few")
async def test_an_address_that_no_proxy_of_ours_names_is_not_believed(start: Start) -> None:
    gateway = await start()
    asked = [gateway.ask("GET", PUBLIC, headers={"x-forwarded-for": f"203.0.113.{at}"}) for at in range(21)]
    assert Counter(answer.status for answer in await asyncio.gather(*asked)) == {200: 20, 429: 1}


@pytest.mark.usefixtures("few")
async def test_an_address_that_guesses_tokens_is_stopped_and_its_neighbours_with_good_ones_are_not(
    start: Start, behind: Behind
) -> None:
    gateway = await start()
    good = gateway.issuer.bearer()
    assert (await gateway.ask("GET", PRIVATE, headers=good)).status == 200
    thief = ec.generate_private_key(ec.SECP256R1())
    guesses = [await gateway.ask("GET", PRIVATE, headers=gateway.issuer.bearer(key=thief)) for _ in range(4)]
    assert [guess.status for guess in guesses] == [401, 401, 401, 429]
    assert int(guesses[-1].headers["retry-after"]) >= 1
    assert (await gateway.ask("GET", PRIVATE)).status == 429  # no token at all is no good one, either
    assert (await gateway.ask("GET", PRIVATE, headers=good)).status == 200
    assert len(behind.arrived) == 2


async def test_all_together_are_limited_too(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    together = Limits(Limit(9, 3600), Limit(9, 3600), everyone=Limit(3, 3600))
    monkeypatch.setattr(pacing, "LIMITS", {**LIMITS, Pace.READ: together})
    gateway = await start(trusted_proxies="127.0.0.1")
    asked = [await gateway.ask("GET", PUBLIC, headers={"x-forwarded-for": f"203.0.113.{at}"}) for at in range(4)]
    assert [answer.status for answer in asked] == [200, 200, 200, 429]
    assert asked[-1].headers["ratelimit"].startswith('"address";r=')


@pytest.mark.usefixtures("few")
async def test_health_is_asked_as_often_as_one_likes_and_without_limits_so_is_everything(start: Start) -> None:
    gateway = await start(rate_limit_scale=0)
    for path in ("/healthz", PUBLIC):
        answers = [await gateway.ask("GET", path) for _ in range(30)]
        assert {answer.status for answer in answers} == {200}, path
        assert not [answer for answer in answers if "ratelimit" in answer.headers]


@pytest.fixture
async def valkey(tmp_path: Path) -> AsyncIterator[Valkey]:
    async with Valkey(tmp_path / "valkey") as server:
        yield server


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that is busy with other tests may take its time."""
    monkeypatch.setattr(
        shared_tally.SharedTally.__init__, "__kwdefaults__", {"patience_seconds": 5, "retry_seconds": 0.1}
    )


@pytest.mark.usefixtures("few", "patient")
async def test_two_gateways_on_one_valkey_allow_the_number_once_and_not_twice(start: Start, valkey: Valkey) -> None:
    gateways = [await start(valkey_url=valkey.url) for _ in range(2)]
    driver = gateways[0].issuer.bearer()
    counted = await asyncio.gather(*(_statuses(gateway, PRIVATE, 30, **driver) for gateway in gateways))
    # Thirty at once from each: five in total may, fifteen more of the address would have been allowed.
    assert counted[0] + counted[1] == {200: 5, 429: 55}
    for gateway in gateways:
        assert ";r=0;" in (await gateway.ask("GET", PRIVATE, headers=driver)).headers["ratelimit"]


@pytest.mark.usefixtures("few", "patient")
async def test_when_valkey_goes_each_counts_alone_at_once_and_together_again_when_it_is_back(
    start: Start, valkey: Valkey
) -> None:
    gateways = [await start(valkey_url=valkey.url) for _ in range(2)]
    driver = gateways[0].issuer.bearer()
    with capture_logs() as logs:
        for gateway in gateways:
            assert (await gateway.ask("GET", PRIVATE, headers=driver)).status == 200
        valkey.kill()
        began = time.monotonic()
        counted = [await _statuses(gateway, PRIVATE, 6, **driver) for gateway in gateways]
        assert time.monotonic() - began < 2
        # No error, and each allows the number by itself.
        assert counted == [{200: 5, 429: 1}] * 2
        await valkey.start()
        await eventually(lambda: [entry["event"] for entry in logs].count("limits.shared") == 2)
    assert [entry["event"] for entry in logs].count("limits.alone") == 2
    counted = [await _statuses(gateway, PRIVATE, 6, **driver) for gateway in gateways]
    assert counted[0] + counted[1] == {200: 5, 429: 7}


@pytest.mark.usefixtures("few")
async def test_a_valkey_that_accepts_and_then_says_nothing_costs_a_moment_once(start: Start) -> None:
    silent = await asyncio.start_server(lambda _reader, _writer: asyncio.Event().wait(), "127.0.0.1", 0)
    port = silent.sockets[0].getsockname()[1]
    gateway = await start(valkey_url=f"redis://127.0.0.1:{port}")
    driver = gateway.issuer.bearer()
    assert await _statuses(gateway, PRIVATE, 6, **driver) == {200: 5, 429: 1}
    silent.close()
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(silent.wait_closed(), 0.1)


async def test_it_starts_without_its_valkey(start: Start, free_port) -> None:
    gateway = await start(valkey_url=f"redis://127.0.0.1:{free_port()}")
    assert (await gateway.ask("GET", PUBLIC)).status == 200
