"""Which keyboard there is to ask, and what it is asked for."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from typing import Final, Protocol

from desktop_client.hotkeys.triggers import Chord
from desktop_client.telemetry.readiness import Notify

Press = Callable[[Chord], None]
HandOver = Callable[[Callable[[], None]], object]

WAYLAND: Final = "this desktop gives keys to no program; a button of a controller works"
NO_WAY: Final = "this system has no way to hear keys while a game has the focus; a button of a controller works"
TAKEN: Final = "another program has it"
NO_SUCH_KEY: Final = "this keyboard has no such key"


class Keyboard(Protocol):
    """Hears chosen chords whoever has the focus."""

    def bind(self, chords: Iterable[Chord]) -> dict[Chord, str]:
        """Hear these chords and no others from now on; for those that cannot be heard, why."""
        ...

    def close(self) -> None:
        """Give all chords back."""
        ...


class NoKeyboard:
    """Where no program may hear keys; says why."""

    def __init__(self, why: str) -> None:
        self._why = why

    def bind(self, chords: Iterable[Chord]) -> dict[Chord, str]:
        return dict.fromkeys(chords, self._why)

    def close(self) -> None:
        return


def open_keyboard(platform: str, press: Press, watch: Notify, hand_over: HandOver) -> Keyboard:
    """The keyboard of this desktop. `platform` is Qt's name for it; `press` is called in this thread.

    `hand_over` brings a call from any thread to this one.
    """
    if sys.platform == "win32":
        from desktop_client.hotkeys.keyboard_windows import WindowsKeyboard

        return WindowsKeyboard(press, hand_over)
    if platform == "xcb":
        from desktop_client.hotkeys.keyboard_x11 import NoServer, X11Keyboard

        try:
            return X11Keyboard(press, watch)
        except NoServer as problem:
            return NoKeyboard(str(problem))
    return NoKeyboard(WAYLAND if platform == "wayland" else NO_WAY)
