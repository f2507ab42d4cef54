"""One connection to a service, with one exchange at a time on it: HTTP/1.1 over asyncio, read by llhttp.

A connection is used again only after an answer that ended where it said it would, and after which nothing more came.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import cast

import httptools

from services.gateway.upstream_answer import Answer, BrokenOff, TooSlow, UpstreamError

MAX_HEAD_BYTES = 64 << 10
MAX_HEADERS = 128
MAX_INTERIM = 8
_BODILESS = frozenset({204, 304})


class Connection(asyncio.Protocol):
    """`on_end(connection, is_reusable)` is called once after each exchange, and when an idle connection is lost."""

    def __init__(self, on_end: Callable[[Connection, bool], None]) -> None:
        self._on_end = on_end
        self._loop = asyncio.get_running_loop()
        self._parser = httptools.HttpResponseParser(self)
        self._transport: asyncio.Transport | None = None
        self._writable: asyncio.Future[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._head: asyncio.Future[Answer] | None = None  # there from the beginning of an exchange to its end
        self._answer: Answer | None = None
        self.idle_since = 0.0
        self.is_lost = False
        self.has_served = False
        self.may_be_asked_again = False

    async def exchange(
        self, head: bytes, body: AsyncIterator[bytes] | None, *, is_chunked: bool, seconds: float
    ) -> Answer:
        """Send a request: `head` with the body behind it, or `body` piece by piece. `seconds` count from its end until
        the answer's head is there, and again between the pieces of the answer.

        Raises:
            UpstreamError: there is no answer. Whatever `body` raises is raised here too.
        """
        assert self._transport is not None
        awaited = self._head = self._loop.create_future()
        self._answer = None
        self._headers: list[tuple[bytes, bytes]] = []
        self._interim = self._idle_bytes = 0
        self._is_interim = self._has_ended = self._has_surplus = self._is_paused = False
        self._keep, self._until_close, self._seconds = True, False, seconds
        self._is_sent = body is None
        if self.is_lost:
            self.fail(BrokenOff("The service closed the connection."))
        else:
            self._transport.write(head)
        try:
            if body is not None:
                await self._send(body, awaited, is_chunked)
            if self._head is awaited:
                self._progress_at = self._loop.time()
                self._timer = self._loop.call_later(seconds, self._look_at_clock)
            return await awaited
        except BaseException:
            if self._head is awaited:  # else another exchange may have begun here
                self.fail(BrokenOff("Given up."))
            raise

    def fail(self, error: UpstreamError) -> None:
        """End the exchange under way, if there is one, and the connection with it."""
        head, answer = self._head, self._answer
        if head is None:
            return
        if not head.done():
            head.set_exception(error)
            head.exception()  # whoever waited may be gone
        elif answer is not None and not answer.is_complete:
            answer.end(error)
        self._settle(is_reusable=False)

    def close(self) -> None:
        if self._transport is not None:
            self._transport.abort()

    def go_on_reading(self) -> None:
        if self._head is not None and self._is_paused:
            self._is_paused = False
            self._progress_at = self._loop.time()
            cast("asyncio.Transport", self._transport).resume_reading()

    async def _send(self, body: AsyncIterator[bytes], head: asyncio.Future[Answer], is_chunked: bool) -> None:
        """The body, as long as no answer is there: an answer before the end of the body says that the rest is not
        wanted, and then the connection cannot be used for another request."""
        sending = asyncio.ensure_future(self._write(body, is_chunked))
        try:
            await asyncio.wait((sending, head), return_when=asyncio.FIRST_COMPLETED)
            if sending.done():
                sending.result()
        finally:
            sending.cancel()
            await asyncio.gather(sending, return_exceptions=True)

    async def _write(self, body: AsyncIterator[bytes], is_chunked: bool) -> None:
        transport = cast("asyncio.Transport", self._transport)
        async for piece in body:
            if transport.is_closing():  # uvloop raises a bare RuntimeError at who writes into it
                raise BrokenOff("The service closed the connection.")
            transport.write(b"%x\r\n%b\r\n" % (len(piece), piece) if is_chunked else piece)
            if self._writable is not None:
                await self._writable
        if is_chunked and not transport.is_closing():
            transport.write(b"0\r\n\r\n")
        self._is_sent = True

    def _look_at_clock(self) -> None:
        left = self._progress_at + self._seconds - self._loop.time()
        if self._is_paused:
            left = self._seconds
        if left > 0:
            self._timer = self._loop.call_later(left, self._look_at_clock)
        else:
            self.fail(TooSlow(f"Nothing came for {self._seconds:g} s."))

    def _settle(self, *, is_reusable: bool) -> None:
        self._head = None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self.has_served = True
        if not is_reusable:
            self.close()
        elif self._is_paused:
            cast("asyncio.Transport", self._transport).resume_reading()
        self._on_end(self, is_reusable)

    # What asyncio tells.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def connection_lost(self, exc: Exception | None) -> None:
        self.is_lost = True
        self.resume_writing()
        if self._head is not None:
            self.fail(BrokenOff("The service closed the connection."))
        else:
            self._on_end(self, False)

    def pause_writing(self) -> None:
        self._writable = self._loop.create_future()

    def resume_writing(self) -> None:
        if self._writable is not None and not self._writable.done():
            self._writable.set_result(None)
        self._writable = None

    def eof_received(self) -> bool:
        if self._answer is not None and self._until_close and self._head is not None:
            self._answer.end()
            self._settle(is_reusable=False)
        return False

    def data_received(self, data: bytes) -> None:
        if self._head is None:
            self.close()  # nobody asked
            return
        self._idle_bytes += len(data)
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            self._has_surplus = True
        if self._has_ended and self._answer is not None:
            self._answer.end()
            self._settle(is_reusable=self._keep and self._is_sent and not (self._has_surplus or self.is_lost))
        elif self._has_surplus or self._idle_bytes > MAX_HEAD_BYTES:
            self.fail(BrokenOff("What the service sent is not HTTP, or has no end."))

    # What llhttp tells.

    def on_message_begin(self) -> None:
        if self._has_ended:
            self._has_surplus = True

    def on_header(self, name: bytes, value: bytes) -> None:
        if self._answer is None:  # else it is a trailer, which nobody asked for
            self._headers.append((name.lower(), value))
            if len(self._headers) > MAX_HEADERS:
                self._has_surplus = True

    def on_headers_complete(self) -> None:
        if self._has_ended or self._has_surplus:
            return
        status = self._parser.get_status_code()
        if status < 200:
            self._is_interim = True
            self._interim += 1
            self._headers = []
            self._has_surplus = status == 101 or self._interim > MAX_INTERIM
            return
        self._answer = Answer(self, status, self._headers)
        self._progress_at = self._loop.time()
        if not self._parser.should_keep_alive():
            self._keep = False
            self._until_close = status not in _BODILESS and not any(
                name in (b"content-length", b"transfer-encoding") for name, _ in self._headers
            )
        head = cast("asyncio.Future[Answer]", self._head)
        if not head.done():
            head.set_result(self._answer)

    def on_body(self, piece: bytes) -> None:
        if self._answer is None or self._has_ended:
            return
        self._idle_bytes = 0
        self._progress_at = self._loop.time()
        if self._answer.take(piece) and not self._is_paused:
            self._is_paused = True
            cast("asyncio.Transport", self._transport).pause_reading()

    def on_message_complete(self) -> None:
        if self._is_interim:
            self._is_interim = False
        else:
            self._has_ended = True
