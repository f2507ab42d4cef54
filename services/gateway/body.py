"""A request's body on its way through, counted as it passes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from litestar.types import Receive

from contracts.problem import BadRequest, BodyTooLarge, Problem
from services.gateway.headers import RawHeaders


class RequestBody:
    """The body of one request, for a call that takes at most `limit` bytes."""

    def __init__(self, receive: Receive, headers: RawHeaders, limit: int) -> None:
        """
        Raises:
            BodyTooLarge: it says so itself.
        """
        self._receive = receive
        self._limit = limit
        self._finished = asyncio.Event()
        self.refusal: Problem | None = None
        length = next((value for name, value in headers if name == b"content-length"), None)
        if length is not None and not length.isdigit():
            raise BadRequest("The header content-length is not a number.")
        if length is not None and int(length) > limit:
            raise BodyTooLarge(_too_large(limit))
        self.is_expected = limit > 0 and length != b"0"
        if not self.is_expected:
            self._finished.set()

    @property
    def is_finished(self) -> bool:
        return self._finished.is_set()

    async def pieces(self) -> AsyncIterator[bytes]:
        """As they arrive.

        Raises:
            BodyTooLarge, BadRequest: nothing more follows. An HTTP client that reads the pieces wraps what they raise,
                so it is in `refusal` too.
        """
        passed = 0
        while True:
            message = await self._receive()
            if message["type"] != "http.request":
                self.refusal = BadRequest("The body broke off before its end.")
                raise self.refusal
            piece = message["body"]
            passed += len(piece)
            if passed > self._limit:
                self.refusal = BodyTooLarge(_too_large(self._limit))
                raise self.refusal
            if piece:
                yield piece
            if not message.get("more_body"):
                self._finished.set()
                return

    async def client_left(self) -> None:
        """Wait until the client is gone; what it sends beyond the body that was asked for is let fall."""
        await self._finished.wait()
        while (await self._receive())["type"] != "http.disconnect":
            pass


def _too_large(limit: int) -> str:
    return f"This call takes {limit} bytes at most." if limit else "This call takes no body."
