"""The icon beside the clock: the one way to reach RaceOverlay while the game has the screen."""

from __future__ import annotations

from collections.abc import Iterable

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtGui import QAction
from PyQt6.QtWidgets import QMenu, QSystemTrayIcon

from desktop_client.cloud import CloudState
from desktop_client.session import Stage
from desktop_client.windows import look
from desktop_client.windows.plan_words import in_short


class Tray(QSystemTrayIcon):
    """Emits what the driver asks for; it does nothing itself."""

    opened = pyqtSignal()  # the menu is about to be seen: the time to tell it how things stand
    edit_asked = pyqtSignal()
    settings_asked = pyqtSignal()
    hide_asked = pyqtSignal()
    profile_asked = pyqtSignal(str)
    status_asked = pyqtSignal()
    plan_asked = pyqtSignal()
    sign_in_asked = pyqtSignal()
    sign_out_asked = pyqtSignal()
    quit_asked = pyqtSignal()

    def __init__(self) -> None:
        super().__init__(look.icon())
        self.menu = QMenu()
        self.menu.setStyleSheet(look.style_sheet())
        self.who = QAction("RaceOverlay", self.menu)
        self.who.setEnabled(False)
        self.edit = QAction("Edit layout", self.menu)
        self.settings = QAction("Settings", self.menu)
        self.hide_all = QAction("Hide overlay", self.menu)
        self.profiles = QMenu("Profile", self.menu)
        self.status = QAction("Status", self.menu)
        self.plan = QAction("Plan", self.menu)
        self.sign_in = QAction("Sign in …", self.menu)
        self.sign_out = QAction("Sign out", self.menu)
        self.quit = QAction("Quit", self.menu)
        self.menu.addAction(self.who)
        self.menu.addSeparator()
        self.menu.addActions((self.edit, self.settings, self.hide_all))
        self.menu.addMenu(self.profiles)
        self.menu.addSeparator()
        self.menu.addActions((self.status, self.plan, self.sign_in, self.sign_out))
        self.menu.addSeparator()
        self.menu.addAction(self.quit)
        self.menu.aboutToShow.connect(self.opened)
        self.edit.triggered.connect(lambda: self.edit_asked.emit())
        self.settings.triggered.connect(lambda: self.settings_asked.emit())
        self.hide_all.triggered.connect(lambda: self.hide_asked.emit())
        self.status.triggered.connect(lambda: self.status_asked.emit())
        self.plan.triggered.connect(lambda: self.plan_asked.emit())
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
        plan = in_short(state.licence) if is_known else ""
        self.plan.setText(plan)
        self.plan.setVisible(bool(plan))
        who = session.user.email if session.user else "RaceOverlay"
        self.who.setText(f"{who} (offline)" if session.stage is Stage.OFFLINE else who)

    def show_overlay(self, *, is_hidden: bool, is_editing: bool) -> None:
        """Offer what the overlay is not doing now."""
        self.hide_all.setText("Show overlay" if is_hidden else "Hide overlay")
        self.edit.setText("End editing" if is_editing else "Edit layout")

    def show_profiles(self, names: Iterable[str], active: str) -> None:
        """Offer the profiles, the active one marked."""
        self.profiles.clear()
        for name in names:
            action = QAction(name.replace("&", "&&"), self.profiles)
            action.setCheckable(True)
            action.setChecked(name == active)
            action.triggered.connect(lambda _, name=name: self.profile_asked.emit(name))
            self.profiles.addAction(action)

    def _activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason in (self.ActivationReason.Trigger, self.ActivationReason.DoubleClick):
            self.status_asked.emit()
