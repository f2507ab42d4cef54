"""The icon beside the clock: the one way to reach RaceOverlay while the game has the screen."""

from __future__ import annotations

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtGui import QAction
from PyQt6.QtWidgets import QMenu, QSystemTrayIcon

from desktop_client.cloud import CloudState
from desktop_client.session import Stage
from desktop_client.windows import look


class Tray(QSystemTrayIcon):
    """Emits what the driver asks for; it does nothing itself."""

    status_asked = pyqtSignal()
    sign_in_asked = pyqtSignal()
    sign_out_asked = pyqtSignal()
    quit_asked = pyqtSignal()

    def __init__(self) -> None:
        super().__init__(look.icon())
        self.menu = QMenu()
        self.menu.setStyleSheet(look.style_sheet())
        self.who = QAction("RaceOverlay", self.menu)
        self.who.setEnabled(False)
        self.status = QAction("Status", self.menu)
        self.sign_in = QAction("Sign in …", self.menu)
        self.sign_out = QAction("Sign out", self.menu)
        self.quit = QAction("Quit", self.menu)
        self.menu.addAction(self.who)
        self.menu.addSeparator()
        self.menu.addActions((self.status, self.sign_in, self.sign_out))
        self.menu.addSeparator()
        self.menu.addAction(self.quit)
        self.status.triggered.connect(lambda: self.status_asked.emit())
        self.sign_in.triggered.connect(lambda: self.sign_in_asked.emit())
        self.sign_out.triggered.connect(lambda: self.sign_out_asked.emit())
        self.quit.triggered.connect(lambda: self.quit_asked.emit())
        self.activated.connect(self._activated)
        self.setContextMenu(self.menu)
        self.setToolTip("RaceOverlay")
        self.show_state(CloudState(is_configured=False))

    def show_state(self, state: CloudState) -> None:
        """Offer what makes sense now."""
        session = state.session
        is_known = session.stage in (Stage.SIGNED_IN, Stage.OFFLINE)
        self.sign_in.setVisible(state.is_configured and not is_known)
        self.sign_in.setEnabled(session.stage is not Stage.SIGNING_IN)
        self.sign_out.setVisible(state.is_configured and is_known)
        who = session.user.email if session.user else "RaceOverlay"
        self.who.setText(f"{who} (offline)" if session.stage is Stage.OFFLINE else who)

    def _activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason in (self.ActivationReason.Trigger, self.ActivationReason.DoubleClick):
            self.status_asked.emit()
