"""Requests go in and answers come out, over TLS, unchanged but for what must not pass."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import json
import socket
from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web
from gateway_rig import Behind, Running, Start
from prometheus_client import generate_latest
from waiting import eventually

from services.gateway.policy import ANYONE, TRACKS, VERSIONS, Rule


async def test_a_request_reaches_its_service_with_target_and_body_as_sent(gateway: Running, behind: Behind) -> None:
    target = "/auth/login?a=%20b&c=%2Fd&e=1+2"
    answer = await gateway.ask("POST", target, json={"email": "a@b.example", "password": "secret"})
    assert answer.status == 200
    [arrived] = behind.arrived
    assert (arrived.method, arrived.target) == ("POST", target)
    assert json.loads(arrived.body) == {"email": "a@b.example", "password": "secret"}


async def test_the_answer_keeps_its_status_headers_and_encoded_body(gateway: Running, behind: Behind) -> None:
    packed = gzip.compress(b"lap" * 1000)

    async def answer(_request: web.Request) -> web.Response:
        headers = {"content-encoding": "gzip", "etag": '"abc"', "cache-control": "public, max-age=60", "x-own": "1"}
        return web.Response(status=203, body=packed, headers=headers)

    behind.answer = answer
    got = await gateway.ask("GET", "/versions")
    assert got.status == 203
    assert await got.read() == packed
    assert (got.headers["etag"], got.headers["cache-control"], got.headers["x-own"]) == (
        '"abc"',
        "public, max-age=60",
        "1",
    )
    assert len(got.headers.getall("date")) == 1


async def test_not_modified_has_no_body_and_the_validator_went_in(gateway: Running, behind: Behind) -> None:
    async def answer(_request: web.Request) -> web.Response:
        return web.Response(status=304, headers={"etag": '"abc"'})

    behind.answer = answer
    got = await gateway.ask("GET", "/versions", headers={"if-none-match": '"abc"'})
    assert got.status == 304
    assert behind.arrived[0].values("if-none-match") == ['"abc"']


async def test_a_refusal_by_the_service_passes_with_its_own_body(gateway: Running, behind: Behind) -> None:
    problem = b'{"type":"urn:x","title":"No seat","status":409,"code":"device_limit_reached"}'

    async def answer(_request: web.Request) -> web.Response:
        return web.Response(status=409, body=problem, content_type="application/problem+json")

    behind.answer = answer
    got = await gateway.ask("POST", "/license/lease", json={}, headers=gateway.issuer.bearer())
    assert (got.status, got.content_type, await got.read()) == (409, "application/problem+json", problem)


async def test_the_first_piece_of_an_answer_arrives_before_the_last_is_made(gateway: Running, behind: Behind) -> None:
    first_was_read = asyncio.Event()

    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(b"first")
        await first_was_read.wait()
        await response.write(b"last")
        return response

    behind.answer = answer
    async with gateway.client.get(gateway.url + "/versions") as got:
        assert await got.content.readany() == b"first"
        first_was_read.set()
        assert await got.read() == b"last"


async def test_the_first_piece_of_a_body_reaches_the_service_before_the_last_is_sent(
    gateway: Running, behind: Behind
) -> None:
    first_arrived = asyncio.Event()
    behind.reads_body = False

    async def answer(request: web.Request) -> web.Response:
        first = await request.content.readany()
        first_arrived.set()
        return web.Response(body=first + await request.read())

    async def pieces() -> AsyncIterator[bytes]:
        yield b"first"
        await first_arrived.wait()
        yield b"last"

    behind.answer = answer
    got = await gateway.ask("POST", "/tracks/upload", data=pieces(), headers=gateway.issuer.bearer())
    assert (got.status, await got.read()) == (200, b"firstlast")


@pytest.mark.parametrize("size", [(5 << 20) + 1, 20 << 20])
async def test_a_body_that_says_it_is_too_large_is_refused_before_it_reaches_the_service(
    gateway: Running, behind: Behind, size: int
) -> None:
    got = await gateway.ask("POST", "/tracks/upload", data=b"x" * size, headers=gateway.issuer.bearer())
    assert (got.status, (await got.json(content_type=None))["code"]) == (413, "body_too_large")
    assert behind.arrived == []


async def test_a_body_without_a_length_is_cut_off_at_its_limit(gateway: Running) -> None:
    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield b"x" * 65536

    got = await gateway.ask("POST", "/tracks/upload", data=endless(), headers=gateway.issuer.bearer())
    assert (got.status, (await got.json(content_type=None))["code"]) == (413, "body_too_large")


async def test_a_body_of_exactly_the_limit_passes(gateway: Running, behind: Behind) -> None:
    body = b"x" * (5 << 20)
    got = await gateway.ask("POST", "/tracks/upload", data=body, headers=gateway.issuer.bearer())
    assert got.status == 200
    assert len(behind.arrived[0].body) == len(body)


async def test_a_call_that_takes_no_body_refuses_one(gateway: Running, behind: Behind) -> None:
    got = await gateway.ask("GET", "/versions", data=b"x")
    assert got.status == 413
    assert behind.arrived == []


async def test_a_service_that_is_down_is_unavailable_and_the_others_are_not(
    start: Start, behind: Behind, unused_tcp_port: int
) -> None:
    gateway = await start(license_url=f"http://127.0.0.1:{unused_tcp_port}")
    got = await gateway.ask("GET", "/license/plans")
    assert (got.status, got.headers["retry-after"]) == (503, "2")
    assert (await got.json(content_type=None))["code"] == "unavailable"
    assert (await gateway.ask("GET", "/versions")).status == 200
    assert (await gateway.ask("GET", "/readyz")).status == 200


async def test_a_service_that_thinks_too_long_is_a_timeout(start: Start, behind: Behind) -> None:
    gateway = await start(rules=(Rule("GET", "/versions", VERSIONS, ANYONE, seconds=0.05),))
    never = asyncio.Event()

    async def answer(_request: web.Request) -> web.Response:
        await never.wait()
        raise AssertionError

    behind.answer = answer
    got = await gateway.ask("GET", "/versions")
    assert (got.status, (await got.json(content_type=None))["code"]) == (504, "upstream_timeout")


async def test_a_body_that_does_not_arrive_is_the_clients_timeout(start: Start, behind: Behind) -> None:
    gateway = await start(rules=(Rule("POST", "/tracks/upload", TRACKS, ANYONE, 1000, seconds=0.05),))
    gateway.gateway.proxy._upload_seconds = 0.05
    never = asyncio.Event()

    async def stuck() -> AsyncIterator[bytes]:
        yield b"x"
        await never.wait()

    got = await gateway.ask("POST", "/tracks/upload", data=stuck())
    assert (got.status, (await got.json(content_type=None))["code"]) == (408, "request_timeout")


async def test_large_bodies_that_come_slowly_leave_connections_for_everybody_else(
    gateway: Running, behind: Behind
) -> None:
    gateway.gateway.proxy._most_arriving = 2
    arriving, go_on = 0, asyncio.Event()
    behind.reads_body = False

    async def answer(request: web.Request) -> web.Response:
        nonlocal arriving
        arriving += request.method == "POST"
        await request.read()
        return web.json_response({})

    async def slow() -> AsyncIterator[bytes]:
        yield b"x"
        await go_on.wait()

    async def webhook() -> int:
        return (await gateway.ask("POST", "/license/webhooks/stripe", data=slow())).status

    behind.answer = answer
    asking = [asyncio.create_task(webhook()) for _ in range(2)]
    await eventually(lambda: arriving == 2)
    refused = await gateway.ask("POST", "/license/webhooks/stripe", data=b"{}")
    assert (refused.status, refused.headers["retry-after"]) == (503, "2")
    assert (await gateway.ask("GET", "/license/devices", headers=gateway.issuer.bearer())).status == 200
    upload = await gateway.ask("POST", "/tracks/upload", data=b"{}", headers=gateway.issuer.bearer())
    assert upload.status == 200  # of another service
    go_on.set()
    assert await asyncio.gather(*asking) == [200, 200]
    assert (await gateway.ask("POST", "/license/webhooks/stripe", data=b"{}")).status == 200


async def test_a_service_that_breaks_off_is_not_taken_for_a_complete_answer(gateway: Running, behind: Behind) -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(b"half")
        assert request.transport is not None
        request.transport.abort()
        return response

    behind.answer = answer
    with pytest.raises(aiohttp.ClientPayloadError):
        await gateway.ask("GET", "/versions")


async def test_a_client_that_does_not_read_on_cannot_keep_the_service_busy(gateway: Running, behind: Behind) -> None:
    gateway.gateway.proxy._read_seconds = 0.1
    cut_off = asyncio.Event()

    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        try:
            await response.prepare(request)
            while True:
                await response.write(b"x" * 65536)
        except (ConnectionError, asyncio.CancelledError):
            cut_off.set()
            raise

    behind.answer = answer
    async with gateway.client.get(gateway.url + "/versions") as got:
        await got.content.readany()
        async with asyncio.timeout(10):
            await cut_off.wait()


async def test_a_service_that_cannot_be_connected_to_is_not_the_clients_timeout(start: Start) -> None:
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        address = full.getsockname()
        with socket.create_connection(address), contextlib.ExitStack() as stack:
            for _ in range(4):  # beyond its backlog: the next one is neither taken nor refused
                waiting = stack.enter_context(socket.socket())
                waiting.setblocking(False)
                waiting.connect_ex(address)
            gateway = await start(auth_url=f"http://127.0.0.1:{address[1]}")
            got = await gateway.ask("POST", "/auth/login", json={})
    assert (got.status, got.headers["retry-after"]) == (503, "2")


@pytest.mark.parametrize("begun", [False, True])
async def test_when_the_client_leaves_the_service_need_not_go_on(gateway: Running, behind: Behind, begun: bool) -> None:
    reached, cancelled, never = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        if begun:
            await response.prepare(request)
            await response.write(b"half")
        reached.set()
        try:
            await never.wait()
        except asyncio.CancelledError:
            cancelled.set()
            raise
        return response

    behind.answer = answer
    asking = asyncio.create_task(gateway.ask("GET", "/versions"))
    await reached.wait()
    asking.cancel()
    async with asyncio.timeout(5):
        await cancelled.wait()


async def test_a_connection_to_a_service_is_used_again(gateway: Running, behind: Behind) -> None:
    peers: set[object] = set()

    async def answer(request: web.Request) -> web.Response:
        assert request.transport is not None
        peers.add(request.transport.get_extra_info("peername"))
        return web.Response(body=b"x" * 100_000)

    behind.answer = answer
    for _ in range(5):
        await gateway.ask("GET", "/versions")
    assert len(peers) == 1


async def test_the_policy_row_is_what_logs_and_metrics_call_the_route(gateway: Running) -> None:
    await gateway.ask("GET", "/tracks/f1/monza", headers=gateway.issuer.bearer())
    metrics = generate_latest().decode()
    assert 'route="/tracks/{game}/{track_id}"' in metrics
    assert "monza" not in metrics
