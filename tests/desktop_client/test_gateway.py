from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest
from aiohttp import web
from loopback_answers import Handler
from loopback_gateway import (
    EMAIL,
    PASSWORD,
    LoopbackGateway,
    answers,
    hangs_up,
    loopback_gateway,
    refuses,
)

from contracts.auth import Login, TokenPair
from desktop_client.answers import LONGEST_SENTENCE, LONGEST_WISH_S
from desktop_client.gateway import BadAddress, Gateway, GatewayRefused, GatewayUnreachable
from desktop_client.patience import Breaker


class Answer(msgspec.Struct):
    value: int


PATH = "/tracks/f1/melbourne"
ASK = f"GET {PATH}"


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[LoopbackGateway]:
    async with loopback_gateway(tmp_path) as opened:
        yield opened


@pytest.fixture
async def door(server: LoopbackGateway) -> AsyncIterator[Gateway]:
    gateway = Gateway(server.address, server.authority, version="9.8.7", first_pause_s=0.001)
    yield gateway
    await gateway.close()


@pytest.mark.parametrize("address", ["http://127.0.0.1:8443", "127.0.0.1", "https://", "https://me:pw@host", ""])
def test_an_address_that_is_not_plain_https_is_refused_in_a_sentence(address: str) -> None:
    with pytest.raises(BadAddress, match="gateway's address must"):
        Gateway(address)


def test_an_authority_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("nonsense")
    with pytest.raises(BadAddress, match=r"ca\.pem cannot be read"):
        Gateway("https://127.0.0.1", tmp_path / "ca.pem")
    with pytest.raises(BadAddress, match=r"gone\.pem cannot be read"):
        Gateway("https://127.0.0.1", tmp_path / "gone.pem")


async def test_a_server_with_another_certificate_is_not_the_gateway(server: LoopbackGateway) -> None:
    stranger = Gateway(server.address, first_pause_s=0.001)
    with pytest.raises(GatewayUnreachable, match="certificate cannot be trusted"):
        await stranger.call("GET", PATH, Answer)
    await stranger.close()
    assert server.asked == {}


async def test_an_answer_is_read_as_what_was_asked_for(server: LoopbackGateway, door: Gateway) -> None:
    pair = await door.call("POST", "/auth/login", TokenPair, body=Login(EMAIL, PASSWORD))
    assert pair.user == server.user
    assert server.seen[-1].headers["user-agent"].startswith("RaceOverlay/9.8.7 (")


async def test_a_refusal_carries_the_gateways_code_and_words(server: LoopbackGateway, door: Gateway) -> None:
    with pytest.raises(GatewayRefused) as refused:
        await door.call("POST", "/auth/login", TokenPair, body=Login(EMAIL, "wrong"))
    assert (refused.value.code, refused.value.status) == ("invalid_credentials", 401)
    assert refused.value.sentence == "The address or the password is not right."


async def test_whatever_a_gateway_says_fits_on_a_page_and_lets_the_client_ask_again_one_day(
    server: LoopbackGateway, door: Gateway
) -> None:
    server.trouble[ASK] += [refuses(429, "too_many_requests", retry_after=10**400, title="long " * 9000)]
    with pytest.raises(GatewayRefused) as caught:
        await door.call("GET", PATH, Answer)
    assert len(caught.value.sentence) == LONGEST_SENTENCE
    assert caught.value.retry_after == LONGEST_WISH_S
    body = b'{"type": "x", "title": "No.", "status": 429, "code": "too_many_requests"}'

    async def wishes(_request: web.Request, _handler: Handler) -> web.StreamResponse:
        headers = {"retry-after": "9" * 5000}
        return web.Response(body=body, status=429, content_type="application/problem+json", headers=headers)

    server.trouble[ASK] += [wishes] * 3
    with pytest.raises(GatewayRefused) as caught:
        await door.call("GET", PATH, Answer)
    assert caught.value.retry_after is None


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
async def test_a_question_is_asked_again_when_the_gateway_has_a_bad_moment(
    server: LoopbackGateway, door: Gateway, status: int
) -> None:
    server.trouble[ASK] += [refuses(status, "x"), hangs_up, answers(b'{"value": 3}')]
    assert (await door.call("GET", PATH, Answer)).value == 3
    assert server.asked[ASK] == 3


async def test_what_could_happen_twice_is_asked_once(server: LoopbackGateway, door: Gateway) -> None:
    server.trouble["POST /auth/login"] += [refuses(503, "unavailable")]
    with pytest.raises(GatewayRefused):
        await door.call("POST", "/auth/login", TokenPair, body=Login(EMAIL, PASSWORD))
    assert server.asked["POST /auth/login"] == 1


async def test_a_long_retry_after_is_the_callers_to_plan_with(server: LoopbackGateway, door: Gateway) -> None:
    server.trouble[ASK] += [refuses(429, "too_many_requests", retry_after=600)]
    with pytest.raises(GatewayRefused) as refused:
        await door.call("GET", PATH, Answer)
    assert refused.value.retry_after == 600
    assert server.asked[ASK] == 1


@pytest.mark.parametrize(
    "body",
    [
        answers(b"<html>Sign in to the hotel's network</html>", "text/html"),
        answers(b"not allowed here", "text/plain", 403),
        answers(b'{"status": 401}', "application/problem+json", 401),
        answers(b"", "application/json"),
        answers(b'{"value": "three"}'),
        answers(b"", status=307),
    ],
)
async def test_what_makes_no_sense_is_silence_and_not_a_refusal(
    server: LoopbackGateway, door: Gateway, body: object
) -> None:
    server.trouble[ASK] += [body, body, body]  # type: ignore[list-item]
    with pytest.raises(GatewayUnreachable):
        await door.call("GET", PATH, Answer)


async def test_an_answer_without_end_is_not_read_to_its_end(server: LoopbackGateway, door: Gateway) -> None:
    server.trouble[ASK] += [answers(b" " * (17 << 20))] * 3
    with pytest.raises(GatewayUnreachable, match="too large"):
        await door.call("GET", PATH, Answer)


async def test_a_server_that_does_not_answer_is_given_up(server: LoopbackGateway) -> None:
    door = Gateway(server.address, server.authority, timeout_s=0.15, first_pause_s=0.001)
    server.trouble["POST /auth/login"] += [server.hangs]
    with pytest.raises(GatewayUnreachable, match="in time"):
        await door.call("POST", "/auth/login", TokenPair, body=Login(EMAIL, PASSWORD))
    await door.close()


async def test_an_unchanged_body_is_not_sent_again(server: LoopbackGateway, door: Gateway) -> None:
    server.publish("f1", "melbourne")
    token = "good"
    server.good_access.add(token)
    first = await door.fetch(PATH, token=token)
    assert first is not None
    assert await door.fetch(PATH, etag=first.etag, token=token) is None


async def test_after_many_failures_nobody_is_asked_until_a_pause_is_over(server: LoopbackGateway) -> None:
    now = [0.0]
    breaker = Breaker(failures=3, first_s=4.0, clock=lambda: now[0])
    door = Gateway(server.address, server.authority, first_pause_s=0.001, breaker=breaker)
    server.trouble[ASK] += [hangs_up] * 40
    with pytest.raises(GatewayUnreachable):
        await door.call("GET", PATH, Answer)
    asked = server.asked[ASK]
    with pytest.raises(GatewayUnreachable, match="asked again in"):
        await door.call("GET", PATH, Answer)
    assert server.asked[ASK] == asked

    now[0] += 4.0
    server.trouble[ASK].clear()
    server.trouble[ASK] += [answers(b'{"value": 4}')]
    assert (await door.call("GET", PATH, Answer)).value == 4
    assert breaker.waits_s() == 0
    await door.close()


def test_while_one_tries_a_gateway_that_failed_the_others_wait_for_its_answer() -> None:
    breaker = Breaker(failures=1, first_s=4.0, longest_s=30.0, clock=lambda: 0.0)
    breaker.take_turn()
    assert breaker.waits_s() == 0
    breaker.failed()
    assert 2.0 <= breaker.waits_s() <= 4.0
    breaker.take_turn()
    assert breaker.waits_s() == 30.0
    breaker.failed()
    assert 4.0 <= breaker.waits_s() <= 8.0
    breaker.answered()
    assert breaker.waits_s() == 0
