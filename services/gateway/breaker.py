"""Is a service worth asking just now? Pure: it counts what others saw.

A probe asks each service twice a second, apart from all traffic (upstreams.py). It alone closes the breaker again, so
no driver's request is the guinea pig; a driver's request that finds nobody there helps to open it sooner. What takes
long does not count: whoever knows a slow call could take a service from everybody else.
"""

from __future__ import annotations

FAILURES = 2


class Breaker:
    """Open after `failures` in a row, closed again by the first answer to a probe."""

    def __init__(self, *, failures: int = FAILURES) -> None:
        self._failures = failures
        self._in_a_row = 0
        self.is_open = False

    def answered(self) -> None:
        """A request was answered, by whatever status."""
        if not self.is_open:
            self._in_a_row = 0

    def probe_answered(self) -> bool:
        """Whether that closed it."""
        was_open, self.is_open, self._in_a_row = self.is_open, False, 0
        return was_open

    def failed(self) -> bool:
        """Nobody was there, or the probe was not answered in time. Whether that opened it."""
        self._in_a_row += 1
        if self.is_open or self._in_a_row < self._failures:
            return False
        self.is_open = True
        return True
