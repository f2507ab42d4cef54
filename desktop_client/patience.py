"""How long to wait before asking again, and when to stop asking for a while."""

from __future__ import annotations

import random
import time
from collections.abc import Callable


class Pauses:
    """Growing pauses with jitter, so that a thousand clients that lost a server do not come back in one second."""

    def __init__(self, first_s: float, longest_s: float, chance: Callable[[], float] = random.random) -> None:
        self._first_s, self._longest_s, self._chance = first_s, longest_s, chance
        self._count = 0

    def next(self, at_least_s: float = 0.0) -> float:
        """Seconds to wait now; each call doubles the next one, up to `longest_s`. `at_least_s` is a server's wish."""
        whole = min(self._longest_s, self._first_s * 2.0 ** min(self._count, 32))
        self._count += 1
        return max(at_least_s, whole * (0.5 + self._chance() / 2))

    def reset(self) -> None:
        self._count = 0


class Breaker:
    """Opens after `failures` in a row: until a growing pause is over nobody is asked, then one call tries.

    Its clock is the monotonic one; `longest_s` is the longest that a driver waits after the network is back.
    """

    def __init__(
        self,
        failures: int = 5,
        first_s: float = 2.0,
        longest_s: float = 30.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._failures, self._clock = failures, clock
        self._pauses, self._longest_s = Pauses(first_s, longest_s), longest_s
        self._in_a_row = 0
        self._opens_at = 0.0

    def waits_s(self) -> float:
        """How long nobody should be asked; 0 means go ahead."""
        if self._in_a_row < self._failures:
            return 0.0
        return max(0.0, self._opens_at - self._clock())

    def take_turn(self) -> None:
        """Say that a call goes out now: while the breaker is half open the others keep waiting for its answer."""
        if self._in_a_row >= self._failures:
            self._opens_at = self._clock() + self._longest_s

    def failed(self) -> None:
        self._in_a_row += 1
        if self._in_a_row >= self._failures:
            self._opens_at = self._clock() + self._pauses.next()

    def answered(self) -> None:
        self._in_a_row = 0
        self._pauses.reset()
