"""Who has asked how often: counted in this process alone, with as much memory as it was given and no more."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Protocol

from services.gateway.limits import gcra, later

MOST_KEYS = 200_000

Draw = tuple[str, int, int, bool]
"""Key, period, burst, and whether it counts: what does not is only looked at. A plain tuple, made for each request."""


class Tally(Protocol):
    """Keeps count by key."""

    async def open(self) -> None: ...

    async def close(self) -> None: ...

    async def take(self, draws: Sequence[Draw]) -> list[int]:
        """The room that each leaves, as limits.gcra tells it.

        All that count are counted if all are allowed, or none is: whoever is refused has used nothing up.
        """
        ...


def monotonic_microseconds() -> int:
    return time.monotonic_ns() // 1000


class OwnTally:
    """A key that all has grown back for is like one that never was, and goes; so does the one longest unused."""

    def __init__(self, *, most: int = MOST_KEYS, clock: Callable[[], int] = monotonic_microseconds) -> None:
        self._most = most
        self._clock = clock
        self._tats: OrderedDict[str, int] = OrderedDict()

    def __len__(self) -> int:
        return len(self._tats)

    async def open(self) -> None:
        """Nothing is needed."""

    async def close(self) -> None:
        """Nothing is kept."""

    async def take(self, draws: Sequence[Draw]) -> list[int]:
        now, tats = self._clock(), self._tats
        rooms = [gcra(tats.get(key, 0), now, period, burst) for key, period, burst, _ in draws]
        if min(rooms) < 0:
            return rooms
        before = len(tats)
        for (key, period, burst, counts), room in zip(draws, rooms, strict=True):
            if counts:
                tats[key] = later(now, room, period, burst)
                tats.move_to_end(key)
        if len(tats) > before:
            self._forget(now)
        return rooms

    def _forget(self, now: int) -> None:
        """A few each time: more than one request can add, so that nobody ever waits for a great clearing out."""
        for _ in range(6):
            if not self._tats:
                return
            key = next(iter(self._tats))
            if len(self._tats) <= self._most and self._tats[key] > now:
                return
            del self._tats[key]
