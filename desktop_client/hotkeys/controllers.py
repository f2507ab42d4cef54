"""The buttons of wheels, boxes and pads, whoever has the focus. They are looked at, because a wheel in motion speaks a
thousand times a second, and a thread that paints should not be woken by that.
"""

from __future__ import annotations

import sys
from collections.abc import Collection
from typing import Protocol

from desktop_client.hotkeys.triggers import Button


class Controllers(Protocol):
    """Looked at many times a second, and only while a button is bound."""

    def pressed(self, wanted: Collection[int] | None = None) -> list[Button]:
        """The buttons that were pressed since the last look, on the controllers of these numbers or on all.

        The first look at a controller only learns what is held on it. Never raises, never waits.
        """
        ...

    def missing(self, wanted: Collection[int]) -> list[int]:
        """Which of these controllers were not there at the last look."""
        ...

    def close(self) -> None: ...


class NoControllers:
    """Where there is no way to hear them: none is ever there."""

    def pressed(self, wanted: Collection[int] | None = None) -> list[Button]:
        return []

    def missing(self, wanted: Collection[int]) -> list[int]:
        return sorted(wanted)

    def close(self) -> None:
        return


def open_controllers() -> Controllers:
    if sys.platform == "win32":
        from desktop_client.hotkeys.controllers_windows import WindowsControllers

        return WindowsControllers()
    if sys.platform == "linux":
        from desktop_client.hotkeys.controllers_linux import LinuxControllers

        return LinuxControllers()
    return NoControllers()
