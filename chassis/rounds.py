"""Work that is done beside the requests, one piece after the other, as soon as there is some."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

from chassis.observability import log
from contracts.problem import Unavailable

LOOK_EVERY_S = 1.0  # another replica's request may have left some, and nobody wakes us for it


class Rounds:
    """Calls `work` until it answers that nothing was left, then waits to be woken, at most for a second."""

    def __init__(self, name: str, work: Callable[[], Awaitable[bool]]) -> None:
        self._name = name
        self._work = work
        self._task: asyncio.Task[None] | None = None
        self._woken = asyncio.Event()
        self._closing = False

    def wake(self) -> None:
        self._woken.set()

    async def open(self) -> None:
        self._task = asyncio.create_task(self._run(), name=self._name)

    async def close(self) -> None:
        self._closing = True  # beside the cancellation: a wait that ended at that very moment swallows it
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def _run(self) -> None:
        while not self._closing:
            self._woken.clear()
            try:
                while await self._work() and not self._closing:
                    pass
            except Exception as error:
                # Whoever gave up here would leave everything that comes later undone.
                expected = isinstance(error, Unavailable)
                log.warning(f"{self._name}.delayed", error=type(error).__name__, exc_info=None if expected else error)
            if self._closing:
                return
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._woken.wait(), LOOK_EVERY_S)
