"""The browser source: the overlay at an address that a recorder draws over the game."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import msgspec
from PyQt6.QtCore import QTimer
from PyQt6.QtGui import QGuiApplication, QHideEvent, QShowEvent
from PyQt6.QtWidgets import QHBoxLayout, QPushButton

from desktop_client.overlay.streaming import StreamSettings
from desktop_client.stream.seen import StreamSeen
from desktop_client.windows.controls import Dropdown, Line, Stepper, Toggle
from desktop_client.windows.fields import Number, Option, fields
from desktop_client.windows.form import FormGrid
from desktop_client.windows.ledger import Ledger
from desktop_client.windows.page import Page, text

INTRO: Final = (
    "For streams: a page that OBS and others lay over the game, transparent wherever there is no widget. "
    "It can be had on this computer alone, and costs nothing while nobody looks."
)
REFRESH_MS: Final = 500
ADDRESS_WIDTH: Final = 380


class StreamPage(Page):
    """`seen` says how the source stands; it is asked twice a second while the page is in sight."""

    def __init__(self, ledger: Ledger, seen: Callable[[], StreamSeen | None]) -> None:
        super().__init__("Streaming", INTRO)
        self._ledger, self._seen = ledger, seen
        self.enabled = Toggle("Browser source")
        self.profile = Dropdown("Profile of the stream")
        self.profile.setFixedWidth(ADDRESS_WIDTH)
        bounds = next(field.control for field in fields(StreamSettings) if field.name == "port")
        assert isinstance(bounds, Number)
        self.port = Stepper("Port", bounds.low, bounds.high, 0, 1)
        self.address = Line("Address")
        self.address.setReadOnly(True)
        self.address.setFixedWidth(ADDRESS_WIDTH)
        self.copy = QPushButton("Copy")
        self.copy.clicked.connect(self._copy)
        self.problem = text("problem")
        grid = FormGrid()
        grid.add("Browser source", self.enabled)
        grid.add("Profile", self.profile)
        grid.add("Port", self.port)
        self.add(grid)
        self.add_heading("Address for the recorder")
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.address)
        row.addWidget(self.copy)
        row.addStretch()
        self.add(row)
        self.add(self.problem)
        self.enabled.changed.connect(lambda on: self._keep(enabled=on))
        self.port.changed.connect(lambda port: self._keep(port=port))
        self.profile.changed.connect(lambda name: self._keep(profile=name))
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.look)
        ledger.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show how it stands in the ledger."""
        chosen = self._ledger.settings.stream
        self.enabled.set_value(chosen.enabled)
        self.port.set_value(chosen.port)
        names = self._ledger.settings.profiles
        self.profile.offer([Option(None, "The one that is worn"), *(Option(name, name) for name in names)])
        self.profile.set_value(chosen.profile if chosen.profile in names else None)
        self.look()

    def look(self) -> None:
        """Show how the source stands."""
        seen = self._seen()
        address = seen.address if seen is not None else ""
        if self.address.text() != address:
            self.address.setText(address)
            self.address.setCursorPosition(0)
        self.address.setPlaceholderText("Switched off" if seen is None else "One moment …")
        self.copy.setEnabled(bool(address))
        self.problem.setText(seen.problem if seen is not None else "")
        self.problem.setVisible(bool(self.problem.text()))

    def showEvent(self, a0: QShowEvent | None) -> None:
        self.look()
        self._timer.start(REFRESH_MS)
        super().showEvent(a0)

    def hideEvent(self, a0: QHideEvent | None) -> None:
        self._timer.stop()
        super().hideEvent(a0)

    def _keep(self, **changes: object) -> None:
        stream = msgspec.structs.replace(self._ledger.settings.stream, **changes)
        self._ledger.keep(msgspec.structs.replace(self._ledger.settings, stream=stream))

    def _copy(self) -> None:
        clipboard = QGuiApplication.clipboard()
        if clipboard is not None:
            clipboard.setText(self.address.text())
