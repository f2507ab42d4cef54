"""Monitors come and go; whoever placed windows on them is told once it is over."""

from __future__ import annotations

from typing import Final

from PyQt6.QtCore import QObject, QTimer, pyqtSignal
from PyQt6.QtGui import QGuiApplication, QScreen

SETTLED_MS: Final = 300  # one monitor that goes is a handful of signals, and the system moves windows after the first


class Screens(QObject):
    """Emits `changed` once after any number of screens came, went, moved or got another size."""

    changed = pyqtSignal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settled = QTimer(self)
        self._settled.setSingleShot(True)
        self._settled.setInterval(SETTLED_MS)
        self._settled.timeout.connect(self.changed)
        qt = QGuiApplication.instance()
        if isinstance(qt, QGuiApplication):
            qt.screenAdded.connect(self._watch)
            qt.screenRemoved.connect(self._wait)
            qt.primaryScreenChanged.connect(self._wait)
        for screen in QGuiApplication.screens():
            screen.geometryChanged.connect(self._wait)

    def _watch(self, screen: QScreen) -> None:
        screen.geometryChanged.connect(self._wait)
        self._wait()

    def _wait(self, *_: object) -> None:
        self._settled.start()
