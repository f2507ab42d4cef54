"""Where callers wait for a verdict that is reached elsewhere in this process, or in another replica."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import Iterator
from uuid import UUID

MAX_WAITING = 500


class WaitingRoom:
    """Wakes those who wait for an upload. One caller per wait; when the room is full nobody else is let in."""

    def __init__(self, seats: int = MAX_WAITING) -> None:
        self._seats = seats
        self._taken = 0
        self._calls: dict[UUID, asyncio.Event] = {}
        self._waiting: Counter[UUID] = Counter()

    @contextlib.contextmanager
    def enter(self, upload_id: UUID) -> Iterator[asyncio.Event | None]:
        """What is set when the upload is called; None when the room is full."""
        if self._taken >= self._seats:
            yield None
            return
        self._taken += 1
        self._waiting[upload_id] += 1
        try:
            yield self._calls.setdefault(upload_id, asyncio.Event())
        finally:
            self._taken -= 1
            self._waiting[upload_id] -= 1
            if not self._waiting[upload_id]:
                del self._waiting[upload_id], self._calls[upload_id]

    def call(self, upload_id: UUID) -> None:
        """Wake all who wait for that upload."""
        if upload_id in self._calls:
            self._calls[upload_id].set()
