"""What a service answers: its head at once, its body as it comes; or why there is no answer."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from typing import Protocol

BUFFERED_BYTES = 256 << 10  # of a body that the client reads more slowly than the service writes it


class UpstreamError(Exception):
    """There is no answer, or no whole one."""


class Unreachable(UpstreamError):
    """No connection to the service can be had."""


class BrokenOff(UpstreamError):
    """The connection ended, or what came was not HTTP, before the answer was complete."""


class TooSlow(UpstreamError):
    """The service did not begin to answer, or did not go on, in time."""


class Source(Protocol):
    """The connection that an answer comes from."""

    def go_on_reading(self) -> None: ...

    def fail(self, error: UpstreamError) -> None: ...


class Answer:
    """Its head is here; its body comes piece by piece. Whoever does not read it to the end closes it."""

    __slots__ = ("_buffered", "_error", "_pieces", "_source", "_waiter", "headers", "is_complete", "status")

    def __init__(self, source: Source, status: int, headers: list[tuple[bytes, bytes]]) -> None:
        self.status = status
        self.headers = headers
        self.is_complete = False
        self._source = source
        self._pieces: deque[bytes] = deque()
        self._buffered = 0
        self._error: UpstreamError | None = None
        self._waiter: asyncio.Future[None] | None = None

    @property
    def whole(self) -> bytes | None:
        """The body, if all of it is here already and none of it was read."""
        if not self.is_complete:
            return None
        return self._pieces[0] if len(self._pieces) == 1 else b"".join(self._pieces)

    async def pieces(self) -> AsyncIterator[bytes]:
        """
        Raises:
            BrokenOff, TooSlow: the rest does not come.
        """
        while True:
            while self._pieces:
                piece = self._pieces.popleft()
                self._buffered -= len(piece)
                if self._buffered < BUFFERED_BYTES // 2 and not self.is_complete:
                    self._source.go_on_reading()
                yield piece
            if self.is_complete:
                return
            if self._error is not None:
                raise self._error
            self._waiter = asyncio.get_running_loop().create_future()
            await self._waiter

    def close(self) -> None:
        """Nobody reads on. What is still under way is let fall, with its connection."""
        if not self.is_complete and self._error is None:
            self._source.fail(BrokenOff("Nobody reads on."))

    def take(self, piece: bytes) -> bool:
        """One more piece from the source; whether that is more than should be kept here."""
        self._pieces.append(piece)
        self._buffered += len(piece)
        self._wake()
        return self._buffered > BUFFERED_BYTES

    def end(self, error: UpstreamError | None = None) -> None:
        self._error = error
        self.is_complete = error is None
        self._wake()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)
