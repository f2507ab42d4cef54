"""A wire between a client and the cloud that can be cut."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from urllib.parse import urlsplit


class Wire:
    """Carries bytes to `towards` and back while it is whole. `address` is its near end."""

    def __init__(self, towards: str) -> None:
        parts = urlsplit(towards)
        self._host, self._port = parts.hostname, parts.port
        self._scheme = parts.scheme
        self._near = 0
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.StreamWriter] = set()

    @property
    def address(self) -> str:
        return f"{self._scheme}://127.0.0.1:{self._near}"

    async def mend(self) -> None:
        self._server = await asyncio.start_server(self._carry, "127.0.0.1", self._near, reuse_address=True)
        self._near = self._server.sockets[0].getsockname()[1]

    async def cut(self) -> None:
        """From now on nobody is there, and what was under way is lost."""
        if self._server is not None:
            self._server.close()
            self._server = None
        for writer in tuple(self._open):
            writer.transport.abort()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection(self._host, self._port)
        self._open |= {writer, far_writer}
        try:
            await asyncio.gather(_pump(reader, far_writer), _pump(far_reader, writer))
        finally:
            self._open -= {writer, far_writer}
            for each in (writer, far_writer):
                each.close()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()
    with contextlib.suppress(OSError, RuntimeError):
        writer.write_eof()


@contextlib.asynccontextmanager
async def wire(towards: str) -> AsyncIterator[Wire]:
    opened = Wire(towards)
    await opened.mend()
    try:
        yield opened
    finally:
        await opened.cut()
