"""A service that dies while a body is on its way to it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
import uvloop

from services.gateway.upstream_answer import BrokenOff
from services.gateway.upstream_pool import Pool


@pytest.mark.parametrize("run", [asyncio.run, uvloop.run], ids=["asyncio", "uvloop"])
def test_a_service_that_dies_under_an_upload_has_broken_off_whatever_the_loop_says_of_it(run):
    async def hang_up(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.transport.abort()

    async def scenario() -> None:
        server = await asyncio.start_server(hang_up, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        pool = Pool(f"http://127.0.0.1:{port}")
        connection = await pool.take()

        async def body() -> AsyncIterator[bytes]:
            yield b"a piece"
            while not connection.is_lost:  # noqa: ASYNC110 - the very moment counts
                await asyncio.sleep(0)
            yield b"and one too many"

        head = b"POST / HTTP/1.1\r\nhost: here\r\ntransfer-encoding: chunked\r\n\r\n"
        with pytest.raises(BrokenOff):
            await connection.exchange(head, body(), is_chunked=True, seconds=5)
        pool.close()
        server.close()

    run(scenario())
