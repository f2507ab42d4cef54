"""The windows that a driver opens: the tray's menu, the layout's bar, settings, status, sign-in. None opens twice."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from PyQt6.QtWidgets import QSystemTrayIcon, QWidget

from desktop_client.account import Account
from desktop_client.autostart import autostart
from desktop_client.cloud import Cloud, CloudState
from desktop_client.gateway import GatewayFailure
from desktop_client.hotkeys.controllers import open_controllers
from desktop_client.overlay.editor import Editor
from desktop_client.session import Stage
from desktop_client.settings import ClientSettings
from desktop_client.status import Snapshot
from desktop_client.windows.edit_bar import EditBar
from desktop_client.windows.ledger import Ledger
from desktop_client.windows.settings import SettingsWindow
from desktop_client.windows.sign_in import SignIn
from desktop_client.windows.status import StatusPage
from desktop_client.windows.tray import Tray

log = logging.getLogger(__name__)


class Desk:
    """Made once the cloud is; `quit` ends the program. A window is made when it is first asked for."""

    def __init__(
        self,
        cloud: Cloud,
        snapshot: Callable[[], Snapshot],
        quit: Callable[[], None],
        editor: Editor,
        client: ClientSettings,
        hear: Callable[[ClientSettings], None],
    ) -> None:
        """`hear` listens to the games as the driver wants them from now on."""
        self._cloud = cloud
        self._overlay = editor.overlay
        self._editor, self._client, self._hear = editor, client, hear
        self.ledger = Ledger(editor.overlay)
        self._bar: EditBar | None = None
        self._settings: SettingsWindow | None = None
        self._status = StatusPage(snapshot)
        self._status.offer("Edit layout", self.toggle_editing)
        self._status.offer("Settings", self.open_settings)
        self._snapshot, self._quit = snapshot, quit
        self._sign_in: SignIn | None = None
        self._leaving: asyncio.Task[None] | None = None
        self._has_asked = False
        self._tray = Tray()
        self._tray.opened.connect(self._tell_tray)
        self._tray.edit_asked.connect(self.toggle_editing)
        self._tray.settings_asked.connect(lambda: self.open_settings())
        self._tray.hide_asked.connect(lambda: self._overlay.set_hidden(not self._overlay.is_hidden))
        self._tray.profile_asked.connect(self.ledger.look_at)
        self._tray.status_asked.connect(lambda: _bring_up(self._status))
        self._tray.plan_asked.connect(lambda: self.open_settings("plan"))
        self._tray.sign_in_asked.connect(self.open_sign_in)
        self._tray.sign_out_asked.connect(self._sign_out)
        self._tray.quit_asked.connect(quit)

    def open(self) -> None:
        self._tray.show()
        if not QSystemTrayIcon.isSystemTrayAvailable():
            self._status.offer("Quit", self._quit)
            _bring_up(self._status)  # some desktops have no tray: then this window is the way in
        self.show_state(self._cloud.state)

    def show_state(self, state: CloudState) -> None:
        """Follow the cloud. Who is not signed in is asked once per start, and never again."""
        self._tray.show_state(state)
        is_out = state.is_configured and state.session.stage is Stage.SIGNED_OUT
        if is_out and state.session.problem and not self._has_asked:
            self.open_sign_in()

    def open_sign_in(self) -> None:
        self._has_asked = True
        if self._cloud.account is None:
            return
        if self._sign_in is None:
            self._sign_in = SignIn(self._cloud.account)
            self._sign_in.finished.connect(self._forget_sign_in)
        _bring_up(self._sign_in)

    def toggle_editing(self) -> None:
        """Open the layout's bar, which begins the editing; or close it, which ends it."""
        if self._bar is None:
            self._bar = EditBar(self._editor, self.ledger)
            self._bar.settings_asked.connect(self._open_settings_of_chosen)
        if self._overlay.is_editing:
            self._bar.close()
        else:
            self._bar.open()

    def open_settings(self, page: str | None = None) -> None:
        """Open the settings, at a page where one is named."""
        if self._settings is None:
            self._settings = SettingsWindow(
                self.ledger,
                self._client,
                autostart(),
                self._hear,
                lambda: self._snapshot().stream,
                self._cloud,
                open_controllers,
                self.open_sign_in,
            )
        if not self._settings.isVisible():
            self.ledger.look_at(self._overlay.settings.active)
        if page is not None:
            self._settings.look_at(page)
        _bring_up(self._settings)

    def close(self) -> None:
        self._tray.hide()
        for window in (self._status, self._sign_in, self._bar, self._settings):
            if window is not None:
                window.close()
        if self._settings is not None:
            self._settings.stop()
        if self._leaving is not None:
            self._leaving.cancel()

    def _open_settings_of_chosen(self) -> None:
        self.open_settings(next(iter(self._editor.selection), None))

    def _tell_tray(self) -> None:
        overlay = self._overlay
        self._tray.show_overlay(is_hidden=overlay.is_hidden, is_editing=overlay.is_editing)
        self._tray.show_profiles(overlay.settings.profiles, overlay.settings.active)

    def _forget_sign_in(self) -> None:
        if self._sign_in is not None:
            self._sign_in.deleteLater()
            self._sign_in = None

    def _sign_out(self) -> None:
        if self._cloud.account is not None:
            self._leaving = asyncio.ensure_future(self._sign_out_now(self._cloud.account))

    async def _sign_out_now(self, account: Account) -> None:
        try:
            await account.sign_out()
        except GatewayFailure as failure:
            log.warning("signing out: %s", failure)


def _bring_up(window: QWidget) -> None:
    window.show()
    window.raise_()
    window.activateWindow()
