"""The hotkeys of an overlay on this desktop, bound anew whenever its settings change."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from PyQt6.QtGui import QGuiApplication

from desktop_client.hotkeys.actions import actions
from desktop_client.hotkeys.controllers import open_controllers
from desktop_client.hotkeys.keyboard import Keyboard, Press, open_keyboard
from desktop_client.hotkeys.service import HotkeyService
from desktop_client.overlay.banner import Banner
from desktop_client.overlay.compositor import is_composited
from desktop_client.overlay.overlay import Overlay
from desktop_client.qt_readiness import by_qt


def start(overlay: Overlay, edit: Callable[[], object]) -> HotkeyService:
    """Hear the driver until `stop` is called. `edit` begins to edit the layout, or ends it. Needs a running loop."""
    to_this_thread = asyncio.get_running_loop().call_soon_threadsafe

    def keyboard(press: Press) -> Keyboard:
        return open_keyboard(QGuiApplication.platformName(), press, by_qt, to_this_thread)

    does = actions(overlay, Banner(composited=is_composited()), edit)
    service = HotkeyService(does, keyboard, open_controllers())
    overlay.follow(lambda settings: service.bind(settings.hotkeys))
    return service
