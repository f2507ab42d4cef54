"""What clients of every sort see of the door itself: both versions of HTTP, validators, and a farewell."""

from __future__ import annotations

import asyncio
import json
import shutil
from pathlib import Path

import pytest
from gateway_rig import Behind, Running, Start
from waiting import eventually


@pytest.mark.parametrize("path", ["/openapi.json", "/docs", "/docs/page.js", "/docs/page.css"])
async def test_a_document_that_the_client_has_is_not_sent_again(gateway: Running, path: str) -> None:
    first = await gateway.ask("GET", path)
    again = await gateway.ask("GET", path, headers={"if-none-match": first.headers["etag"]})
    assert (first.status, again.status, await again.read()) == (200, 304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    assert (await gateway.ask("GET", path, headers={"if-none-match": '"other"'})).status == 200


@pytest.mark.skipif(shutil.which("curl") is None, reason="the one client of HTTP/2 at hand is curl")
@pytest.mark.parametrize("version", ["--http1.1", "--http2"])
async def test_both_versions_of_http_are_answered_forwarded_and_from_memory(
    gateway: Running, behind: Behind, tmp_path: Path, version: str
) -> None:
    header = f"authorization: {gateway.issuer.bearer()['authorization']}"
    for path in ("/license/devices", "/license/status", "/license/status", "/healthz"):
        written = await _curl(version, "-H", header, gateway.url + path)
        assert written == {"code": 200, "version": "2" if version == "--http2" else "1.1"}
    body = tmp_path / "lap.json"
    body.write_bytes(b'{"a":"' + b"x" * 200_000 + b'"}')
    upload = ("-H", header, "-H", "content-type: application/json", "--data-binary", f"@{body}")
    assert (await _curl(version, *upload, gateway.url + "/tracks/upload"))["code"] == 200
    assert behind.arrived[-1].body == body.read_bytes()


async def test_while_it_drains_it_answers_and_lets_each_connection_go(start: Start, behind: Behind) -> None:
    gateway = await start(drain_seconds=3)
    before = await gateway.ask("GET", "/versions")
    assert "connection" not in before.headers
    gateway.stopping.set()
    await eventually(lambda: gateway.gateway.readiness.draining)
    during = await gateway.ask("GET", "/versions")
    assert (during.status, during.headers["connection"]) == (200, "close")
    assert (await gateway.ask("GET", "/readyz")).status == 503
    await gateway.stop()


async def _curl(*arguments: str) -> dict[str, object]:
    written = '{"code":%{http_code},"version":"%{http_version}"}'
    process = await asyncio.create_subprocess_exec(
        "curl", "-sk", "-o", "/dev/null", "-w", written, *arguments, stdout=asyncio.subprocess.PIPE
    )
    said, _ = await process.communicate()
    return json.loads(said)
