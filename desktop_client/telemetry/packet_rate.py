"""How many packets a second arrive."""

from __future__ import annotations

from typing import Final

SILENT_AFTER_S: Final = 2.0


class PacketRate:
    """Counts arrivals; no clock of its own."""

    def __init__(self, at: float) -> None:
        self.count = 0
        self.heard_at: float | None = None  # when the newest came
        self._rate, self._counted, self._counted_from = 0.0, 0, at

    def tick(self, at: float) -> None:
        """A packet arrived at `at` (seconds)."""
        if self.heard_at is not None and at - self.heard_at >= SILENT_AFTER_S:
            self._counted, self._counted_from = 0, at  # a silence must not water down what comes after it
        self.count += 1
        self._counted += 1
        self.heard_at = at
        if (elapsed := at - self._counted_from) >= 1:
            self._rate = self._counted / elapsed
            self._counted, self._counted_from = 0, at

    def per_second(self, at: float) -> float:
        """Over the last whole second before `at`; 0 once nothing has come for two."""
        is_silent = self.heard_at is None or at - self.heard_at >= SILENT_AFTER_S
        return 0.0 if is_silent else self._rate
