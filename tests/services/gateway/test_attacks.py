"""Attack by attack: what is sent over a real TLS socket, what is answered, and that nothing of it reaches a service.

The tables are in tests/support/attacks.py.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from attacks import LIES, NOWHERE, REFUSED, TEXTS, TOKENS
from gateway_rig import Behind, Running, Start
from structlog.testing import capture_logs
from waiting import eventually

import chassis.service
import contracts

PRIVATE = "/auth/me"
PUBLIC = "/versions"
SAMPLES = Path(__file__).parents[2] / "contracts" / "samples"
START = b"POST /auth/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"


async def _answer(gateway: Running, request: bytes, *, within: float = 20.0) -> str:
    """What comes back for these very bytes: `401 unauthenticated`, `400` where there is no body, `closed`, `hangs`."""
    reader, writer = await asyncio.open_connection("127.0.0.1", gateway.port, ssl=gateway.trust)
    answer = b""
    try:
        async with asyncio.timeout(within):
            writer.write(request)
            while piece := await reader.read(65536):
                answer += piece
    except TimeoutError:
        return f"hangs after {answer[:40]!r}"
    except OSError:
        pass  # closed while we were still writing
    finally:
        writer.close()
    return _told(answer)


def _told(answer: bytes) -> str:
    if not answer:
        return "closed"
    head, _, body = answer.partition(b"\r\n\r\n")
    assert answer.count(b"HTTP/1.1 ") == 1, answer
    code = re.search(rb'"code":"(\w+)"', body)
    return " ".join([head.split(b" ")[1].decode(), *([code[1].decode()] if code else [])])


async def _answers(gateway: Running, requests: dict[str, bytes]) -> dict[str, str]:
    some = asyncio.Semaphore(8)

    async def ask(request: bytes) -> str:
        async with some:
            return await _answer(gateway, request)

    return dict(zip(requests, await asyncio.gather(*map(ask, requests.values())), strict=True))


async def _written(logs: list[Any], capfd: pytest.CaptureFixture[str], *, requests: int) -> str:
    """The whole log, as soon as every one of the requests is in it."""
    written = ""

    def all_there() -> bool:
        nonlocal written
        written += capfd.readouterr().out
        return written.count('"request_id"') + repr(logs).count("'request_id'") >= requests

    await eventually(all_there)
    return written + repr(logs)


async def test_a_token_that_we_did_not_make_is_refused_and_never_written_down(
    gateway: Running, behind: Behind, capfd: pytest.CaptureFixture[str]
) -> None:
    forged = {attack: forge(gateway.issuer) for attack, forge in TOKENS.items()}
    request = "GET /auth/me HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer {}\r\n\r\n"
    with capture_logs() as logs:
        told = await _answers(gateway, {why: request.format(token).encode() for why, token in forged.items()})
    written = await _written(logs, capfd, requests=len(TOKENS))
    assert told == dict.fromkeys(TOKENS, "401 unauthenticated")
    assert behind.arrived == []
    assert not [why for why, token in forged.items() if len(token) > 10 and token[:200] in written]
    assert gateway.issuer.asked <= 3  # the keys, and once or twice for all those that are not published


async def test_a_token_in_any_other_place_is_none(gateway: Running, behind: Behind) -> None:
    token = gateway.issuer.token()
    elsewhere: tuple[dict[str, Any], ...] = (
        {"headers": {"x-authorization": f"Bearer {token}"}},
        {"headers": {"cookie": f"access_token={token}"}},
        {"headers": {"authorization": f"Basic {token}"}},
        {"headers": {"authorization": f"Bearer{token}"}},
        {"headers": {"authorization": token}},
        {"headers": {"proxy-authorization": f"Bearer {token}"}},
        {"params": {"access_token": token}},
    )
    for more in elsewhere:
        path = f"{PRIVATE}?access_token={token}" if "params" in more else PRIVATE
        assert (await gateway.ask("GET", path, headers=more.get("headers"))).status == 401, more
    assert behind.arrived == []


async def test_a_request_that_could_be_read_in_two_ways_is_refused(gateway: Running, behind: Behind) -> None:
    told = await _answers(gateway, {attack: request for attack, (request, _) in REFUSED.items()})
    assert told == {attack: expected for attack, (_, expected) in REFUSED.items()}
    assert behind.arrived == []


@pytest.mark.parametrize("signed_in", [False, True])
async def test_an_address_that_only_looks_like_one_of_ours_is_nowhere(
    gateway: Running, behind: Behind, signed_in: bool
) -> None:
    token = f"Authorization: Bearer {gateway.issuer.token(role='admin')}\r\n".encode() if signed_in else b""
    request = b"GET %b HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n%b\r\n"
    told = await _answers(gateway, {target.decode(): request % (target, token) for target in NOWHERE})
    assert told == {target.decode(): "404 not_found" for target in NOWHERE}
    assert behind.arrived == []


async def test_what_is_put_behind_a_request_is_never_taken_for_another(gateway: Running, behind: Behind) -> None:
    hidden = b"GET /auth/users HTTP/1.1\r\nHost: localhost\r\n\r\n"
    both = START + b"Content-Length: %d\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" % (5 + len(hidden)) + hidden
    assert await _answer(gateway, both) in ("200", "400", "400 bad_request")
    trailers = START + b"Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\nX-Role: admin\r\n\r\n"
    assert await _answer(gateway, trailers) == "200"
    for arrived in behind.arrived:
        assert (arrived.method, arrived.target) == ("POST", "/auth/login")
        assert arrived.body in (b"", b"{}")
        assert arrived.values("x-role") == []


async def test_what_a_client_says_of_itself_goes_no_further(gateway: Running, behind: Behind) -> None:
    for name, lie in LIES.items():
        behind.arrived.clear()
        got = await gateway.ask("GET", PUBLIC, headers={name: lie})
        assert got.status == 200, name
        [arrived] = behind.arrived
        assert (arrived.method, arrived.target) == ("GET", PUBLIC), name
        assert lie not in arrived.values(name.lower()), name
        assert "203.0.113.66" not in repr(arrived), name
        assert arrived.values("x-forwarded-for") == ["127.0.0.1"], name
        assert arrived.values("x-forwarded-proto") == ["https"], name


async def test_a_host_that_is_not_ours_in_an_absolute_address_changes_nothing(start: Start, behind: Behind) -> None:
    gateway = await start(allowed_hosts="localhost")
    request = b"GET http://%b/versions HTTP/1.1\r\nHost: %b\r\nConnection: close\r\n\r\n"
    assert await _answer(gateway, request % (b"localhost", b"evil.example")) == "421 misdirected_request"
    assert behind.arrived == []
    assert await _answer(gateway, request % (b"evil.example", b"localhost")) == "200"
    [arrived] = behind.arrived
    assert (arrived.target, arrived.values("host")) == (PUBLIC, [behind.url.removeprefix("http://")])


async def test_headers_that_come_one_byte_at_a_time_are_not_waited_for(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chassis.service, "HEADERS_WITHIN_S", 1)
    gateway = await start()
    reader, writer = await asyncio.open_connection("127.0.0.1", gateway.port, ssl=gateway.trust)

    async def drip() -> None:
        for byte in b"GET /versions HTTP/1.1\r\nHost: localhost\r\nX-Slow: " + b"a" * 2000:
            writer.write(bytes([byte]))
            await asyncio.sleep(0.05)

    dripping = asyncio.create_task(drip())
    async with asyncio.timeout(15):
        told = await reader.read()
    dripping.cancel()
    writer.close()
    assert b"200" not in told.partition(b"\r\n")[0]


async def test_a_body_that_comes_one_byte_at_a_time_is_not_waited_for(gateway: Running, behind: Behind) -> None:
    gateway.gateway.proxy._upload_seconds = 0.5
    reader, writer = await asyncio.open_connection("127.0.0.1", gateway.port, ssl=gateway.trust)
    writer.write(START + b"Connection: close\r\nContent-Length: 1000\r\n\r\n")

    async def drip() -> None:
        while True:
            writer.write(b" ")
            await asyncio.sleep(0.02)

    dripping = asyncio.create_task(drip())
    try:
        async with asyncio.timeout(15):
            head = await reader.readuntil(b"\r\n\r\n")
    finally:
        dripping.cancel()
        writer.close()
    assert head.startswith(b"HTTP/1.1 408 ")
    assert behind.arrived == []


def _bodies() -> Iterator[tuple[str, str, Any]]:
    """Method, path and a good body of every call that takes one, out of the published document."""
    document = msgspec.json.decode((Path(contracts.__file__).parent / "openapi.json").read_bytes())
    samples = {sample.stem: sample for sample in SAMPLES.glob("*/*.json")}
    for path, calls in document["paths"].items():
        for method, call in calls.items():
            schema = call.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
            if schema and "$ref" in schema:
                sample = json.loads(samples[schema["$ref"].rpartition("/")[2]].read_bytes())
                yield method.upper(), re.sub(r"\{\w+\}", "some-id", path), sample


def _poisoned(body: Any, text: str) -> Any:
    if isinstance(body, dict):
        return {name: _poisoned(value, text) for name, value in body.items()}
    if isinstance(body, list):
        return [_poisoned(value, text) for value in body[:3]]
    return text if isinstance(body, str) else body


async def test_texts_pass_as_they_are_and_are_never_written_down(
    start: Start, behind: Behind, capfd: pytest.CaptureFixture[str]
) -> None:
    gateway = await start(rate_limit_scale=1e6)
    calls = list(_bodies())
    assert len(calls) >= 10
    with capture_logs() as logs:
        for method, path, body in calls:
            for text in TEXTS:
                behind.arrived.clear()
                sent = msgspec.json.encode(_poisoned(body, text))[:8000]
                headers = gateway.issuer.bearer(role="admin") | {"content-type": "application/json"}
                got = await gateway.ask(method, path, data=sent, headers=headers)
                assert got.status == 200, (path, text)
                assert [arrived.body for arrived in behind.arrived] == [sent]
    written = await _written(logs, capfd, requests=len(calls) * len(TEXTS))
    for text in TEXTS:
        assert text not in written
        assert json.dumps(text)[1:-1] not in written


async def test_what_is_secret_is_in_no_line_of_the_log(gateway: Running, capfd: pytest.CaptureFixture[str]) -> None:
    secret, token = "hunter2-the-password", gateway.issuer.token()
    with capture_logs() as logs:
        await gateway.ask("POST", "/auth/login?token=hunter2-in-the-query", json={"password": secret})
        await gateway.ask("GET", PRIVATE, headers={"authorization": f"Bearer {token}"})
        await gateway.ask("GET", PRIVATE, headers={"authorization": f"Bearer {token}x"})
        await gateway.ask("GET", f"/nothing/{secret}", headers={"authorization": f"Bearer {token}"})
        await gateway.ask("GET", PRIVATE, headers={"x-request-id": f"{secret} {secret}"})
    written = await _written(logs, capfd, requests=5)
    assert "hunter2" not in written
    assert token.rpartition(".")[2] not in written
