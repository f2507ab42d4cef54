"""One computer that has a seat: its name, when it was seen, and two buttons that ask before they do anything."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from contracts.license import ActivatedDevice
from desktop_client.windows.controls import Line
from desktop_client.windows.moments import ago, day
from desktop_client.windows.page import text
from desktop_client.windows.section import button

LONGEST_NAME: Final = 64
SYSTEMS: Final = {"windows": "Windows", "macos": "macOS", "linux": "Linux"}
REALLY: Final = "Take it off? It goes on with the Free plan, and another computer can have its seat."


class DeviceRow(QFrame):
    """Taken off, the computer that the driver sits at does not ask for its seat again by itself."""

    renamed = pyqtSignal(str)
    removed = pyqtSignal()

    def __init__(self, device: ActivatedDevice, now: datetime, *, is_this: bool) -> None:
        super().__init__()
        self.device = device
        self.setObjectName("card")
        self.name = text("", device.name)
        seen = "This computer" if is_this else f"Seen {ago(device.last_seen_at, now)}"
        since = f"since {day(device.activated_at)}"
        self.details = text("note", " · ".join((seen, SYSTEMS.get(device.platform, device.platform), since)))
        self.rename = button("Rename", lambda: self._turn_to(self.naming))
        self.remove = button("Remove", lambda: self._turn_to(self.asking))
        self.rename.setAccessibleName(f"Rename: {device.name}")
        self.remove.setAccessibleName(f"Remove: {device.name}")
        self.line = Line("Name", longest=LONGEST_NAME)
        self.line.returnPressed.connect(self._rename)
        self.save, self.really = button("Save", self._rename), button("Remove", self._remove, "danger")
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self.name)
        words.addWidget(self.details)
        self.resting = QWidget()
        rest = QHBoxLayout(self.resting)
        rest.setContentsMargins(0, 0, 0, 0)
        rest.addLayout(words, 1)
        rest.addWidget(self.rename)
        rest.addWidget(self.remove)
        self.naming = self._beside(self.line, self.save, "Cancel")
        self.asking = self._beside(text("note", REALLY), self.really, "Keep it")
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 10, 12, 10)
        for face in (self.resting, self.naming, self.asking):
            column.addWidget(face)
        self._turn_to(self.resting)

    def _beside(self, first: QWidget, act: QWidget, back: str) -> QWidget:
        face = QWidget()
        beside = QHBoxLayout(face)
        beside.setContentsMargins(0, 0, 0, 0)
        beside.addWidget(first, 1)
        beside.addWidget(act)
        beside.addWidget(button(back, lambda: self._turn_to(self.resting)))
        return face

    def _turn_to(self, wanted: QWidget) -> None:
        for face in (self.resting, self.naming, self.asking):
            face.setVisible(face is wanted)
        if wanted is self.naming:
            self.line.set_value(self.device.name)
            self.line.selectAll()
            self.line.setFocus()

    def _rename(self) -> None:
        name = self.line.value
        self._turn_to(self.resting)
        if name and name != self.device.name:
            self.renamed.emit(name)

    def _remove(self) -> None:
        self._turn_to(self.resting)
        self.removed.emit()
