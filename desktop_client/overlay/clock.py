"""The one clock of the overlay: telemetry wakes it, the cap slows it, silence stops it."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

from PyQt6.QtCore import QObject, Qt, QTimer

RATES_HZ = (15, 20, 30, 60)
DEFAULT_HZ = 30
PATIENCE = 0.5  # of a period: rather than show an old frame on time, wait for the next one and show it at once
SHORTEST_PAUSE = 0.75  # of a period: a frame that came late must not make the next one, which is on time, wait


class RepaintClock(QObject):
    """Calls `paint` when something arrived: at once if the last time is long enough ago, else with what comes next.

    On average that is `hz` times a second at most. When nothing comes next, a timer shows what came last.
    Nothing ticks while nothing arrives: an overlay without telemetry costs the game nothing.
    """

    def __init__(
        self, paint: Callable[[], None], hz: int = DEFAULT_HZ, now: Callable[[], float] = time.monotonic
    ) -> None:
        """`now` is a monotonic clock in seconds."""
        super().__init__()
        self._paint = paint
        self._now = now
        self._due = self._woken_at = -math.inf
        self.period_s = 1 / hz
        self.timer = QTimer(self)
        self.timer.setSingleShot(True)
        self.timer.setTimerType(Qt.TimerType.PreciseTimer)
        self.timer.timeout.connect(self._tick)

    def wake(self) -> None:
        """Something arrived that may have to be seen."""
        now = self._now()
        pause, self._woken_at = now - self._woken_at, now
        wait = self._due - now
        if wait <= 0:
            self._tick()
        elif not self.timer.isActive():
            # Who comes at the clock's own pace is not followed by another one soon.
            patience = PATIENCE if pause < self.period_s * SHORTEST_PAUSE else 0.0
            self.timer.start(math.ceil((wait + self.period_s * patience) * 1000))

    def stop(self) -> None:
        self.timer.stop()

    def _tick(self) -> None:
        self.timer.stop()
        now = self._now()
        self._due = max(self._due + self.period_s, now + self.period_s * SHORTEST_PAUSE)
        self._paint()
