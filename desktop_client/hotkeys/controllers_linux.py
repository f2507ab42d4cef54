"""Controllers on Linux: the kernel's joystick devices, /dev/input/js0 and so on, which any user may read."""

from __future__ import annotations

import contextlib
import os
import struct
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from desktop_client.hotkeys.triggers import Button, Presses

FOLDER: Final = Path("/dev/input")
EVENT: Final = struct.Struct("=IhBB")  # js_event of linux/joystick.h: time in ms, value, type, number
BUTTON, INIT = 0x01, 0x80
AT_ONCE: Final = EVENT.size * 64  # as many as the kernel keeps for a reader
LOOK_FOR_NEW_EVERY_S: Final = 2.0


@dataclass(slots=True)
class _Device:
    descriptor: int
    presses: Presses = field(default_factory=Presses)
    known: set[int] = field(default_factory=set)  # buttons of which a word was heard


class LinuxControllers:
    """Opens what is there, and what is plugged in later."""

    def __init__(self, folder: Path = FOLDER, clock: Callable[[], float] = time.monotonic) -> None:
        """`folder` stands for /dev/input in tests."""
        self._folder, self._clock = folder, clock
        self._devices: dict[int, _Device] = {}
        self._looked_for: Collection[int] | None = ()
        self._looked_at = 0.0

    def pressed(self, wanted: Collection[int] | None = None) -> list[Button]:
        """The buttons that were pressed since the last look, on the controllers of these numbers or on all."""
        self._find(wanted)
        found: list[Button] = []
        for controller, device in tuple(self._devices.items()):
            try:
                found += [Button(controller, number) for number in _new(device)]
            except OSError:  # unplugged
                os.close(self._devices.pop(controller).descriptor)
        return found if wanted is None else [button for button in found if button.controller in wanted]

    def missing(self, wanted: Collection[int]) -> list[int]:
        """Which of these controllers were not there at the last look."""
        return sorted(set(wanted) - self._devices.keys())

    def close(self) -> None:
        for device in self._devices.values():
            os.close(device.descriptor)
        self._devices.clear()

    def _find(self, wanted: Collection[int] | None) -> None:
        now = self._clock()
        if wanted == self._looked_for and now - self._looked_at < LOOK_FOR_NEW_EVERY_S:
            return
        self._looked_at, self._looked_for = now, wanted
        for file in self._folder.glob("js*"):
            number = file.name.removeprefix("js")
            if not number.isdigit() or int(number) in self._devices:
                continue
            if wanted is None or int(number) in wanted:
                with contextlib.suppress(OSError):  # gone again, or not for this user
                    self._devices[int(number)] = _Device(os.open(file, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC))


def _new(device: _Device) -> list[int]:
    """The buttons that were pressed since the last look. Raises OSError where the device is gone."""
    found: list[int] = []
    while True:
        try:
            heard = os.read(device.descriptor, AT_ONCE)
        except BlockingIOError:
            return found
        if not heard:
            raise OSError("the device ended")
        for at_ms, value, kind, number in EVENT.iter_unpack(heard[: len(heard) // EVENT.size * EVENT.size]):
            if not kind & BUTTON:
                continue
            # How things stand when it is opened is no press; the kernel says so again when events were lost.
            is_news = not kind & INIT or number in device.known
            device.known.add(number)
            if not value:
                device.presses.up(number, at_ms)
            elif device.presses.down(number, at_ms) and is_news:
                found.append(number)
