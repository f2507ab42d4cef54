"""Controllers on Windows: winmm, which hears thirty-two buttons of sixteen devices without having the focus.

XInput hears pads alone and DirectInput wants a window; this is old, and there is no wheel that it does not know.
"""

from __future__ import annotations

import ctypes
import sys
import time
from collections.abc import Callable, Collection
from typing import Final

from desktop_client.hotkeys.triggers import Button, Presses

CONTROLLERS: Final = range(16)
BUTTONS: Final = range(32)
RETURN_BUTTONS: Final = 0x80
LOOK_FOR_NEW_EVERY_S: Final = 2.0  # asking for a device that is not there takes milliseconds

Ask = Callable[[int], int | None]


class JoyInfo(ctypes.Structure):
    """JOYINFOEX of joystickapi.h."""

    _fields_ = (
        ("size", ctypes.c_uint32),
        ("flags", ctypes.c_uint32),
        ("axes", ctypes.c_uint32 * 6),
        ("buttons", ctypes.c_uint32),
        ("button_number", ctypes.c_uint32),
        ("hat", ctypes.c_uint32),
        ("reserved", ctypes.c_uint32 * 2),
    )


class WindowsControllers:
    """Looks at the buttons' state, and tells what changed."""

    def __init__(self, ask: Ask | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        """`ask` gives the buttons of a device as bits, or None where there is none; it stands for winmm in tests."""
        self._ask = ask or _winmm()
        self._clock = clock
        self._states: dict[int, int] = {}
        self._presses: dict[int, Presses] = {}
        self._absent_until: dict[int, float] = {}

    def pressed(self, wanted: Collection[int] | None = None) -> list[Button]:
        """The buttons that were pressed since the last look, on the controllers of these numbers or on all."""
        now = self._clock()
        found: list[Button] = []
        for controller in CONTROLLERS if wanted is None else wanted:
            if now < self._absent_until.get(controller, now):
                continue
            state = self._ask(controller)
            if state is None:
                self._states.pop(controller, None)
                self._presses.pop(controller, None)
                self._absent_until[controller] = now + LOOK_FOR_NEW_EVERY_S
                continue
            before = self._states.get(controller)
            self._states[controller] = state
            if before is not None:
                found += self._changes(controller, before, state, now * 1000)
        return found

    def missing(self, wanted: Collection[int]) -> list[int]:
        """Which of these controllers were not there at the last look."""
        return sorted(set(wanted) - self._states.keys())

    def close(self) -> None:
        self._states.clear()

    def _changes(self, controller: int, before: int, state: int, at_ms: float) -> list[Button]:
        found: list[Button] = []
        presses = self._presses.setdefault(controller, Presses())
        for number in BUTTONS:
            bit = 1 << number
            if not (before ^ state) & bit:
                continue
            if not state & bit:
                presses.up(number, at_ms)
            elif presses.down(number, at_ms):
                found.append(Button(controller, number))
        return found


def _winmm() -> Ask:
    if sys.platform != "win32":
        raise OSError("only Windows has winmm")
    ask = ctypes.WinDLL("winmm").joyGetPosEx
    ask.argtypes = (ctypes.c_uint, ctypes.POINTER(JoyInfo))

    def buttons(controller: int) -> int | None:
        info = JoyInfo(size=ctypes.sizeof(JoyInfo), flags=RETURN_BUTTONS)
        return info.buttons if ask(controller, ctypes.byref(info)) == 0 else None

    return buttons
