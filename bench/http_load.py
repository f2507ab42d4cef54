"""Ask a server as fast as it answers: `python -m bench.http_load` reads one JSON wish a line, and prints what it found.

A process of its own, so that its work is not the server's: keep-alive connections, one request at a time on each, the
whole of every answer read and its status looked at, each latency kept. Wish and finding are the structs below.
"""

from __future__ import annotations

import asyncio
import sys
import time
from typing import cast

import msgspec
import uvloop

_END = b"\r\n\r\n"
_LENGTH = b"content-length: "


class Wish(msgspec.Struct, frozen=True):
    """`request` is the request as it goes over the wire."""

    port: int
    request: str
    connections: int
    seconds: float
    expected: str = "200"


class Finding(msgspec.Struct, frozen=True):
    requests: int
    per_second: float
    p50_ms: float
    p99_ms: float
    refused: int
    """Answers with another status than the expected one."""


class Asker(asyncio.Protocol):
    """One connection."""

    def __init__(self, request: bytes, expected: bytes, latencies: list[float]) -> None:
        self._request = request
        self._expected = expected
        self._latencies = latencies
        self._begun = b""
        self._sent_at = 0.0
        self.refused = 0
        self.is_stopping = False
        self.stopped = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._ask()

    def data_received(self, data: bytes) -> None:
        if self._begun:
            data = self._begun + data
        end = data.find(_END)
        if end < 0:
            self._begun = data
            return
        at = data.find(_LENGTH, 0, end)
        if at < 0:
            head = data[:end].lower()
            at = head.find(_LENGTH)
        is_empty = at < 0 or data[9:12] == b"304"  # which may say how long the body would be
        length = 0 if is_empty else int(data[at + len(_LENGTH) : data.index(b"\r", at)])
        if len(data) < end + 4 + length:
            self._begun = data
            return
        self._begun = b""
        self._latencies.append(time.perf_counter() - self._sent_at)
        if data[9:12] != self._expected:
            self.refused += 1
        self._ask()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.stopped.done():
            self.stopped.set_exception(exc or ConnectionError("The server closed the connection."))

    def _ask(self) -> None:
        if self.is_stopping:
            if not self.stopped.done():
                self.stopped.set_result(None)
            return
        self._sent_at = time.perf_counter()
        self._transport.write(self._request)


async def find(wish: Wish) -> Finding:
    loop = asyncio.get_running_loop()
    latencies: list[float] = []
    pairs = [
        await loop.create_connection(
            lambda: Asker(wish.request.encode(), wish.expected.encode(), latencies), "127.0.0.1", wish.port
        )
        for _ in range(wish.connections)
    ]
    latencies.clear()  # what was asked before all were there
    began = time.perf_counter()
    await asyncio.sleep(wish.seconds)
    count, took = len(latencies), time.perf_counter() - began
    for _, asker in pairs:
        asker.is_stopping = True
    await asyncio.gather(*(asker.stopped for _, asker in pairs))
    for transport, _ in pairs:
        transport.abort()
    ordered = sorted(latencies[:count])
    return Finding(
        requests=count,
        per_second=round(count / took, 1),
        p50_ms=round(ordered[count // 2] * 1000, 3),
        p99_ms=round(ordered[int(count * 0.99)] * 1000, 3),
        refused=sum(asker.refused for _, asker in pairs),
    )


def main() -> None:
    for line in sys.stdin.buffer:
        finding = uvloop.run(find(msgspec.json.decode(line, type=Wish)))
        sys.stdout.buffer.write(msgspec.json.encode(finding) + b"\n")
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
