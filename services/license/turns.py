"""One after the other, within this process: who waits for a turn holds nothing else."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator
from uuid import UUID


class Turns:
    """Remembers only those who have a turn or wait for one."""

    def __init__(self) -> None:
        self._locks: dict[UUID, asyncio.Lock] = {}
        self._interested: Counter[UUID] = Counter()

    @contextlib.asynccontextmanager
    async def of(self, whose: UUID) -> AsyncIterator[None]:
        lock = self._locks.setdefault(whose, asyncio.Lock())
        self._interested[whose] += 1
        try:
            async with lock:
                yield
        finally:
            self._interested[whose] -= 1
            if not self._interested[whose]:
                del self._interested[whose], self._locks[whose]
