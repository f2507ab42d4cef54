"""One service that is gone or hangs is noticed at once, harms nobody else, and is asked again by itself."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
import time
from collections.abc import AsyncIterator

import pytest
from waiting import eventually

from contracts.problem import Unavailable, UpstreamTimeout
from services.gateway.policy import Upstream
from services.gateway.upstreams import Upstreams

LICENSE, TRACKS = Upstream.LICENSE, Upstream.TRACKS
_SERVICE = """
import asyncio, sys
async def serve(reader, writer):
    try:
        while True:
            await reader.readuntil(b"\\r\\n\\r\\n")
            writer.write(b"HTTP/1.1 200 OK\\r\\ncontent-length: 2\\r\\n\\r\\nok")
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()
async def main(port):
    server = await asyncio.start_server(serve, "127.0.0.1", port)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()
asyncio.run(main(int(sys.argv[1])))
"""


class Process:
    """A service in a process of its own, that can be killed and stopped and go on."""

    port = 0

    async def start(self) -> None:
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", _SERVICE, str(self.port), stdout=asyncio.subprocess.PIPE
        )
        assert self._process.stdout
        self.port = int(await self._process.stdout.readline())

    def send(self, sign: signal.Signals) -> None:
        os.kill(self._process.pid, sign)

    async def end(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        await self._process.wait()


@pytest.fixture
async def processes() -> AsyncIterator[tuple[Process, Process]]:
    both = Process(), Process()
    for process in both:
        await process.start()
    yield both
    for process in both:
        await process.end()


@pytest.fixture
async def upstreams(processes: tuple[Process, Process]) -> AsyncIterator[Upstreams]:
    addresses = [f"http://127.0.0.1:{process.port}" for process in processes]
    made = Upstreams(dict(zip((LICENSE, TRACKS), addresses, strict=True)))
    await made.open()
    yield made
    await made.close()


async def status(upstreams: Upstreams, upstream: Upstream, *, method: str = "GET", seconds: float = 30) -> int:
    answer = await upstreams.ask(upstream, method, b"/x", headers=[], body=None, seconds=seconds)
    return answer.status


def is_open(upstreams: Upstreams) -> bool:
    return upstreams._services[LICENSE].breaker.is_open


@pytest.mark.parametrize("sign", [signal.SIGKILL, signal.SIGSTOP])
async def test_a_service_that_is_gone_or_hangs_is_not_waited_for_and_comes_back_by_itself(
    upstreams: Upstreams, processes: tuple[Process, Process], sign: signal.Signals
) -> None:
    license, _ = processes
    assert await status(upstreams, LICENSE) == 200
    license.send(sign)
    if sign is signal.SIGKILL:
        await license.end()
    began = time.monotonic()
    waiting = [asyncio.create_task(status(upstreams, LICENSE)) for _ in range(20)]
    for _ in range(20):
        assert await status(upstreams, TRACKS, seconds=2) == 200
    refused = await asyncio.gather(*waiting, return_exceptions=True)
    assert {type(answer) for answer in refused} == {Unavailable}
    await eventually(lambda: is_open(upstreams))
    assert time.monotonic() - began < 10  # two seconds where nobody else uses the machine
    asked_at = time.monotonic()
    with pytest.raises(Unavailable) as refusal:
        await status(upstreams, LICENSE)
    assert refusal.value.retry_after == 2
    assert time.monotonic() - asked_at < 0.2
    if sign is signal.SIGKILL:
        await license.start()
    else:
        license.send(signal.SIGCONT)
    await eventually(lambda: not is_open(upstreams))
    assert await status(upstreams, LICENSE) == 200


async def test_a_slow_call_is_a_timeout_and_takes_the_service_from_nobody() -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while b"/slow" not in await reader.readuntil(b"\r\n\r\n"):
                writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
            await reader.read()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    upstreams = Upstreams({LICENSE: f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"})
    await upstreams.open()
    for _ in range(5):
        with pytest.raises(UpstreamTimeout):
            await upstreams.ask(LICENSE, "GET", b"/slow", headers=[], body=None, seconds=0.05)
    assert not is_open(upstreams)
    assert await status(upstreams, LICENSE) == 200
    await upstreams.close()
    server.close()


async def test_who_still_queued_when_the_service_stopped_answering_does_not_ask_it_either() -> None:
    arrived: list[asyncio.StreamWriter] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        arrived.append(writer)

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    upstreams = Upstreams({LICENSE: f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"})
    service = upstreams._services[LICENSE]
    service.pool._most = 1
    asking = [asyncio.create_task(status(upstreams, LICENSE)) for _ in range(2)]
    await eventually(lambda: len(arrived) == 1 and len(service.pool._queue) == 1)
    service.failed()
    service.failed()
    refused = await asyncio.gather(*asking, return_exceptions=True)
    assert {type(answer) for answer in refused} == {Unavailable}
    assert len(arrived) == 1
    assert service.pool._taken == 0
    for writer in arrived:
        writer.close()
    server.close()


@pytest.mark.parametrize(("method", "expected"), [("GET", 2), ("POST", 1)])
async def test_what_changes_nothing_is_asked_once_more_and_what_may_have_been_done_is_not(
    method: str, expected: int
) -> None:
    asked: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            head = await reader.readuntil(b"\r\n\r\n")
            if b"/healthz" not in head:
                asked.append(head)
            if len(asked) != 1 or b"/healthz" in head:
                writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
                await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    upstreams = Upstreams({LICENSE: f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"})
    if method == "GET":
        assert await status(upstreams, LICENSE) == 200
    else:
        with pytest.raises(Unavailable):
            await status(upstreams, LICENSE, method="POST")
    assert len(asked) == expected
    assert b"x-request-deadline-ms: 30000\r\n" in asked[0]
    server.close()


async def test_a_probe_that_fails_in_an_unforeseen_way_is_made_again(
    upstreams: Upstreams, monkeypatch: pytest.MonkeyPatch
) -> None:
    pool = upstreams._services[LICENSE].pool
    probe, failures = pool.probe, iter((ValueError, OverflowError, UnicodeError))

    async def fail_first(target: bytes, *, seconds: float) -> None:
        for failure in failures:
            raise failure
        await probe(target, seconds=seconds)

    monkeypatch.setattr(pool, "probe", fail_first)
    await eventually(lambda: is_open(upstreams))
    await eventually(lambda: not is_open(upstreams))
