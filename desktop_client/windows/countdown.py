"""Seconds that run out while the driver looks on."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Final

from PyQt6.QtCore import QObject, QTimer, pyqtSignal

LOOKS_EVERY_MS: Final = 200


class Countdown(QObject):
    """Goes by the clock and not by its own ticks: a computer that slept is not behind afterwards."""

    changed = pyqtSignal(int)  # whole seconds that are left, rounded up; 0 once, at the end

    def __init__(self, parent: QObject, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(parent)
        self._clock = clock
        self._ends_at = 0.0
        self._told = 0
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.look)

    @property
    def runs(self) -> bool:
        return self._timer.isActive()

    def start(self, seconds: float) -> None:
        """Begin, in place of the one that may be running."""
        self._ends_at, self._told = self._clock() + seconds, -1
        self._timer.start(LOOKS_EVERY_MS)
        self.look()

    def stop(self) -> None:
        """End it without a word."""
        self._timer.stop()

    def look(self) -> None:
        """Tell how much is left, if that is news."""
        left = max(0, math.ceil(self._ends_at - self._clock()))
        if left == 0:
            self._timer.stop()
        if left != self._told:
            self._told = left
            self.changed.emit(left)
