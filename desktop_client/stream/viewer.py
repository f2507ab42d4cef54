"""One page that shows the overlay: what it is to be sent, and what it is spared when it cannot keep up."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Final

from aiohttp import web

MOST_WAITING: Final = 4


class Viewer:
    """A slow viewer skips what it did not take in time, and gets everything once when it is ready again."""

    def __init__(self, socket: web.WebSocketResponse) -> None:
        self.socket = socket
        self.needs_everything = True
        self._waiting: deque[str | bytes] = deque()
        self._news = asyncio.Event()

    @property
    def is_ready(self) -> bool:
        """Whether all that was offered is on its way."""
        return not self._waiting

    def offer(self, message: str | bytes) -> None:
        """Send this when its turn comes."""
        if len(self._waiting) >= MOST_WAITING:
            self._waiting.clear()
            self.needs_everything = True
            return
        self._waiting.append(message)
        self._news.set()

    async def deliver(self) -> None:
        """Until the viewer is gone."""
        while True:
            await self._news.wait()
            self._news.clear()
            while self._waiting:
                message = self._waiting[0]
                try:
                    if isinstance(message, str):
                        await self.socket.send_str(message)
                    else:
                        await self.socket.send_bytes(message)
                except ConnectionError:
                    return
                if self._waiting and self._waiting[0] is message:  # else it was skipped meanwhile
                    self._waiting.popleft()
