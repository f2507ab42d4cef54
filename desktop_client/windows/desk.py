"""The windows that a driver opens: the tray's menu, the status page, the sign-in. None of them opens twice."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from PyQt6.QtWidgets import QSystemTrayIcon, QWidget

from desktop_client.cloud import Cloud, CloudState
from desktop_client.gateway import GatewayFailure
from desktop_client.session import Stage
from desktop_client.status import Snapshot
from desktop_client.windows.sign_in import SignIn
from desktop_client.windows.status import StatusPage
from desktop_client.windows.tray import Tray

log = logging.getLogger(__name__)


class Desk:
    """Made once the cloud is; `quit` ends the program."""

    def __init__(self, cloud: Cloud, snapshot: Callable[[], Snapshot], quit: Callable[[], None]) -> None:
        self._cloud = cloud
        self._status = StatusPage(snapshot)
        self._sign_in: SignIn | None = None
        self._leaving: asyncio.Task[None] | None = None
        self._has_asked = False
        self._tray = Tray()
        self._tray.status_asked.connect(lambda: _bring_up(self._status))
        self._tray.sign_in_asked.connect(self.open_sign_in)
        self._tray.sign_out_asked.connect(self._sign_out)
        self._tray.quit_asked.connect(quit)

    def open(self) -> None:
        self._tray.show()
        if not QSystemTrayIcon.isSystemTrayAvailable():
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
        if self._sign_in is None:
            self._sign_in = SignIn(self._cloud)
            self._sign_in.finished.connect(self._forget_sign_in)
        _bring_up(self._sign_in)

    def close(self) -> None:
        self._tray.hide()
        self._status.close()
        if self._sign_in is not None:
            self._sign_in.close()
        if self._leaving is not None:
            self._leaving.cancel()

    def _forget_sign_in(self) -> None:
        if self._sign_in is not None:
            self._sign_in.deleteLater()
            self._sign_in = None

    def _sign_out(self) -> None:
        self._leaving = asyncio.ensure_future(self._sign_out_now())

    async def _sign_out_now(self) -> None:
        try:
            await self._cloud.sign_out()
        except GatewayFailure as failure:
            log.warning("signing out: %s", failure)


def _bring_up(window: QWidget) -> None:
    window.show()
    window.raise_()
    window.activateWindow()
