"""How is something that waits for the network broken off, when nobody wants it any more?"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator


class Breakable:
    """Work of one task, one piece after the other, and the means to break off the piece under way."""

    def __init__(self) -> None:
        self._running: asyncio.Timeout | None = None

    @contextlib.asynccontextmanager
    async def work(self) -> AsyncIterator[None]:
        """What is awaited inside may be broken off. Raises TimeoutError then."""
        async with asyncio.timeout(None) as self._running:
            try:
                yield
            finally:
                self._running = None

    def break_off(self) -> None:
        """The work under way ends, if there is any."""
        if self._running is not None and not self._running.expired():
            self._running.reschedule(0.0)
