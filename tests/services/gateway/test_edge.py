"""What is not in the table does not exist, whatever way it is spelt; every answer leaves with the safe headers."""

from __future__ import annotations

import asyncio
import re

import aiohttp
import pytest
from aiohttp import web
from gateway_rig import Behind, Running, Start
from yarl import URL

NOWHERE = (
    "/",
    "/nothing",
    "/auth",
    "/auth/login/",
    "//auth/login",
    "/auth//login",
    "/auth/./login",
    "/auth/../license/plans",
    "/auth/%2e%2e/license/plans",
    "/license%2Fplans",
    "/license/plans%00",
    "/license/plans%0d%0a",
    "/license/plans;x=1",
    "/tracks/f1/..",
    "/tracks/f1/%2e%2e",
    "/tracks/f1/a%2Fb",
    "/tracks/f1/" + "a" * 65,
    "/License/Plans",
    "/schema",
    "/metrics",
)


async def test_a_path_that_is_not_in_the_table_is_not_found(gateway: Running, behind: Behind) -> None:
    for path in NOWHERE:
        for headers in ({}, gateway.issuer.bearer()):
            got = await gateway.ask("GET", path, headers=headers)
            assert (got.status, got.content_type) == (404, "application/problem+json"), path
            problem = await got.json(content_type=None)
            assert (problem["code"], problem["request_id"]) == ("not_found", got.headers["x-request-id"])
    assert behind.arrived == []


WRONG_METHODS = (
    ("GET", "/auth/login", "OPTIONS, POST"),
    ("HEAD", "/auth/login", "OPTIONS, POST"),
    ("DELETE", "/auth/verify", "GET, HEAD, OPTIONS, POST"),
    ("POST", "/tracks/f1/monza", "GET, HEAD, OPTIONS"),
    ("TRACE", "/license/plans", "GET, HEAD, OPTIONS"),
    ("CONNECTED", "/license/plans", "GET, HEAD, OPTIONS"),
    ("POST", "/events", "GET, HEAD, OPTIONS"),
    ("POST", "/healthz", "GET, HEAD, OPTIONS"),
)


async def test_a_wrong_method_is_told_the_right_ones(gateway: Running, behind: Behind) -> None:
    for method, path, allow in WRONG_METHODS:
        got = await gateway.ask(method, path)
        assert (got.status, got.headers.get("allow")) == (405, allow), (method, path)
        if method != "HEAD":
            assert (await got.json(content_type=None))["code"] == "method_not_allowed"
        options = await gateway.ask("OPTIONS", path)
        assert (options.status, options.headers.get("allow"), await options.read()) == (204, allow, b"")
    assert behind.arrived == []


async def test_whatever_can_be_got_has_a_head_of_its_own_without_a_body(gateway: Running, behind: Behind) -> None:
    for path in ("/versions", "/license/plans", "/auth/me", "/docs", "/openapi.json", "/healthz", "/events"):
        headers = gateway.issuer.bearer()
        got = await gateway.ask("HEAD", path, headers=headers)
        assert (got.status, await got.read()) == (200, b""), path
        if path != "/events":
            whole = await gateway.ask("GET", path, headers=headers)
            assert got.headers.get("content-length") == whole.headers.get("content-length"), path
            assert got.headers["content-type"] == whole.headers["content-type"]
    assert {arrived.method for arrived in behind.arrived} == {"GET"}
    assert (await gateway.ask("HEAD", "/auth/me")).status == 401


async def test_a_host_that_is_not_ours_is_refused_and_health_is_told_to_whoever_asks(
    start: Start, behind: Behind
) -> None:
    gateway = await start(allowed_hosts="127.0.0.1, Drivers.Example, [::1]")
    ours = ("127.0.0.1", "127.0.0.1:8443", "drivers.example", "DRIVERS.example:443", "[::1]", "[::1]:8443")
    for host in ours:
        assert (await gateway.ask("GET", "/versions", headers={"host": host})).status == 200, host
    behind.arrived.clear()
    foreign = (
        "evil.example",
        "drivers.example.evil.example",
        "evil.example:127.0.0.1",
        "127.0.0.1@evil.example",
        "::1",
    )
    for host in (*foreign, "drivers.example:x", "", "x" * 5000):
        got = await gateway.ask("GET", "/versions", headers={"host": host})
        assert got.status == 421, host
        assert (await got.json(content_type=None))["code"] == "misdirected_request"
    assert behind.arrived == []
    assert (await gateway.ask("GET", "/healthz", headers={"host": "10.0.0.7:8080"})).status == 200


async def test_an_address_that_is_too_long_is_refused(gateway: Running) -> None:
    assert (await gateway.ask("GET", "/license/plans?" + "x" * 9000)).status == 400


SAFE = (
    "server",
    "x-content-type-options",
    "x-frame-options",
    "strict-transport-security",
    "referrer-policy",
    "permissions-policy",
    "cross-origin-opener-policy",
    "cross-origin-resource-policy",
    "content-security-policy",
    "x-request-id",
)


async def test_every_answer_has_the_safe_headers_once(gateway: Running) -> None:
    for path in ("/license/plans", "/nothing", "/healthz", "/docs", "/openapi.json", "/events"):
        got = await gateway.ask("GET", path)
        assert [len(got.headers.getall(name, ())) for name in SAFE] == [1] * len(SAFE), path
        assert got.headers["x-content-type-options"] == "nosniff"
        assert got.headers["server"] == "raceoverlay"  # what it is made of is nobody's business
        assert "default-src 'none'" in got.headers["content-security-policy"]


async def test_what_a_driver_alone_may_see_is_not_stored_unless_the_service_says_so(
    gateway: Running, behind: Behind
) -> None:
    bearer = gateway.issuer.bearer()
    assert (await gateway.ask("GET", "/license/status", headers=bearer)).headers["cache-control"] == "no-store"
    assert "cache-control" not in (await gateway.ask("GET", "/versions")).headers

    async def answer(_request: web.Request) -> web.Response:
        return web.Response(headers={"cache-control": "private, max-age=60"})

    behind.answer = answer
    got = await gateway.ask("GET", "/tracks/f1/monza", headers=bearer)
    assert got.headers.getall("cache-control") == ["private, max-age=60"]


async def test_the_documentation_loads_nothing_from_elsewhere(gateway: Running) -> None:
    page = await (await gateway.ask("GET", "/docs")).text()
    linked = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert linked
    for path in (*linked, "/openapi.json"):
        assert (await gateway.ask("GET", path)).status == 200, path
    for path in ("/docs", *linked):
        text = await (await gateway.ask("GET", path)).text()
        assert "://" not in text.replace("http://www.w3.org", ""), path


async def test_health_is_the_gateways_own(gateway: Running, behind: Behind) -> None:
    assert (await gateway.ask("GET", "/healthz")).status == 200
    ready = await (await gateway.ask("GET", "/readyz")).json()
    assert ready == {"ready": True, "checks": {"bus": "ok", "keys": "ok"}}
    assert behind.arrived == []


AMBIGUOUS = (
    (b"Content-Length: 3\r\nContent-Length: 5", b"abcde"),
    (b"Content-Length: 5, 5", b"abcde"),
    (b"Content-Length: +5", b"abcde"),
    (b"Content-Length: 5\r\n Folded: x", b"abcde"),
    (b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", b"0\r\n\r\n"),
    (b"Transfer-Encoding: xchunked", b"0\r\n\r\n"),
    (b"Transfer-Encoding : chunked", b"0\r\n\r\n"),
    (b"Transfer-Encoding: chunked", b"5\r\nabcde\r\nX\r\n"),
    (b"Authorization: Bearer a\r\nAuthorization: Bearer b\r\nContent-Length: 0", b""),
    (b"Host: other\r\nContent-Length: 0", b""),
    (b"X: a\x00b\r\nContent-Length: 0", b""),
)


async def test_a_request_that_two_readers_would_read_differently_is_refused(gateway: Running, behind: Behind) -> None:
    start = b"POST /auth/login HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
    for head, body in AMBIGUOUS:
        answer = await _raw(gateway, start + head + b"\r\n\r\n" + body)
        assert answer.startswith(b"HTTP/1.1 400 "), (head, answer)
    assert behind.arrived == []


async def test_a_request_smuggled_behind_a_chunked_one_is_never_read(gateway: Running, behind: Behind) -> None:
    smuggled = b"GET /versions HTTP/1.1\r\nHost: localhost\r\n\r\n"
    head = b"POST /auth/login HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\nTransfer-Encoding: chunked\r\n\r\n"
    answer = await _raw(gateway, head % (5 + len(smuggled)) + b"0\r\n\r\n" + smuggled)
    assert answer.count(b"HTTP/1.1 ") == 1
    assert b"connection: close" in answer
    assert [arrived.target for arrived in behind.arrived] in ([], ["/auth/login"])


async def test_it_speaks_http_2(gateway: Running) -> None:
    """Only that it is offered: Python has no client for it in our lock."""
    context = gateway.trust
    context.set_alpn_protocols(["h2", "http/1.1"])
    _, writer = await asyncio.open_connection("127.0.0.1", gateway.port, ssl=context)
    assert writer.get_extra_info("ssl_object").selected_alpn_protocol() == "h2"
    writer.close()


async def test_an_unencrypted_request_gets_nothing(gateway: Running) -> None:
    with pytest.raises(aiohttp.ClientError):
        await gateway.client.get(URL(f"http://127.0.0.1:{gateway.port}/healthz"))


async def test_it_stops_although_somebody_still_listens(start: Start) -> None:
    gateway = await start()
    async with gateway.client.get(gateway.url + "/events", headers=gateway.issuer.bearer()) as stream:
        await stream.content.readuntil(b"\n\n")
        async with asyncio.timeout(10):
            await gateway.stop()
            assert re.fullmatch(
                rb"retry: \d{4}\n\n", await stream.content.read()
            )  # so that all do not come back at once


async def _raw(gateway: Running, request: bytes) -> bytes:
    """What comes back for these very bytes until the server closes or says nothing more."""
    reader, writer = await asyncio.open_connection("127.0.0.1", gateway.port, ssl=gateway.trust)
    writer.write(request)
    writer.write_eof() if writer.can_write_eof() else None
    answer = b""
    try:
        async with asyncio.timeout(2):
            while piece := await reader.read(65536):
                answer += piece
    except TimeoutError:
        pass
    finally:
        writer.close()
    return answer
