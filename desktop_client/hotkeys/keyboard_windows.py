"""Chords on Windows: RegisterHotKey, which costs a game nothing.

Never a low-level keyboard hook: every key of the game would wait for this program.
"""

from __future__ import annotations

import contextlib
import ctypes
import queue
import sys
import threading
from collections.abc import Iterable
from concurrent.futures import Future
from typing import Any, Final

from desktop_client.hotkeys.keyboard import TAKEN, HandOver, Press
from desktop_client.hotkeys.triggers import Chord, Modifier

MASKS: Final = {Modifier.ALT: 0x1, Modifier.CTRL: 0x2, Modifier.SHIFT: 0x4, Modifier.META: 0x8}
NO_REPEAT: Final = 0x4000
WM_HOTKEY, WM_QUIT, WM_APP = 0x0312, 0x0012, 0x8000
PM_NOREMOVE: Final = 0
ALREADY_REGISTERED: Final = 1409
VK_F1: Final = 0x70
NAMED: Final = {"PageUp": 0x21, "PageDown": 0x22, "End": 0x23, "Home": 0x24, "Insert": 0x2D}
ANSWER_WITHIN_S: Final = 2.0
NO_ANSWER: Final = "Windows does not answer"


class Message(ctypes.Structure):
    """MSG of winuser.h."""

    _fields_ = (
        ("window", ctypes.c_void_p),
        ("message", ctypes.c_uint),
        ("wparam", ctypes.c_size_t),
        ("lparam", ctypes.c_ssize_t),
        ("time", ctypes.c_uint32),
        ("x", ctypes.c_int32),
        ("y", ctypes.c_int32),
    )


class WindowsKeyboard:
    """A thread that waits for messages, because a hot key comes to the thread that asked for it.

    `press` is called in the thread that made this: `hand_over` brings a call there.
    """

    def __init__(self, press: Press, hand_over: HandOver, api: Any = None) -> None:
        """`api` stands for user32 in tests."""
        self._press, self._hand_over = press, hand_over
        self._api = api or _Windows()
        self._wishes: queue.SimpleQueue[tuple[tuple[Chord, ...], Future[dict[Chord, str]]]] = queue.SimpleQueue()
        self._registered: dict[int, Chord] = {}
        self._number = 0
        self._id: Future[int] = Future()
        self._thread = threading.Thread(target=self._listen, name="hotkeys", daemon=True)
        self._thread.start()

    def bind(self, chords: Iterable[Chord]) -> dict[Chord, str]:
        """Hear these chords and no others from now on; for those that cannot be heard, why."""
        answer: Future[dict[Chord, str]] = Future()
        wanted = tuple(chords)
        self._wishes.put((wanted, answer))
        try:
            self._api.post(self._id.result(ANSWER_WITHIN_S), WM_APP)
            return answer.result(ANSWER_WITHIN_S)
        except (TimeoutError, OSError):
            return dict.fromkeys(wanted, NO_ANSWER)

    def close(self) -> None:
        """Give all chords back."""
        with contextlib.suppress(TimeoutError, OSError):  # closed already
            self._api.post(self._id.result(ANSWER_WITHIN_S), WM_QUIT)
        self._thread.join(ANSWER_WITHIN_S)

    def _listen(self) -> None:
        self._api.make_queue()  # before that, a message to this thread would be lost
        self._id.set_result(threading.get_native_id())
        while (message := self._api.next_message()) is not None:
            kind, number = message
            if kind == WM_HOTKEY:
                chord = self._registered.get(number)
                if chord is not None:
                    self._hand_over(lambda chord=chord: self._press(chord))
            elif kind == WM_APP:
                chords, answer = self._wishes.get_nowait()
                answer.set_result(self._register(chords))
        self._unregister()

    def _register(self, chords: Iterable[Chord]) -> dict[Chord, str]:
        self._unregister()
        refused: dict[Chord, str] = {}
        for chord in chords:
            self._number += 1  # a number of its own each time: a message of the last binding may still be on its way
            error = self._api.register(self._number, mask(chord) | NO_REPEAT, virtual_key(chord.key))
            if error:
                refused[chord] = TAKEN if error == ALREADY_REGISTERED else f"Windows refuses it (error {error})"
            else:
                self._registered[self._number] = chord
        return refused

    def _unregister(self) -> None:
        for number in self._registered:
            self._api.unregister(number)
        self._registered.clear()


def virtual_key(key: str) -> int:
    """The number that Windows has for a key: letters and figures are their own characters."""
    if len(key) == 1:
        return ord(key)
    return NAMED[key] if key in NAMED else VK_F1 + int(key.removeprefix("F")) - 1


def mask(chord: Chord) -> int:
    return sum(MASKS[modifier] for modifier in chord.modifiers)


class _Windows:
    """The calls, with Python's types."""

    def __init__(self) -> None:
        self._user = _user32()

    def make_queue(self) -> None:
        """A thread has no message queue before it first looks into it."""
        self._user.PeekMessageW(ctypes.byref(Message()), None, 0, 0, PM_NOREMOVE)

    def next_message(self) -> tuple[int, int] | None:
        """The next message's kind and number; waits for it. None is the end."""
        message = Message()
        if self._user.GetMessageW(ctypes.byref(message), None, 0, 0) <= 0:
            return None
        return message.message, message.wparam

    def post(self, thread: int, kind: int) -> None:
        """Raises OSError where the thread is gone."""
        if not self._user.PostThreadMessageW(thread, kind, 0, 0):
            raise OSError("the thread of the hot keys is gone")

    def register(self, number: int, modifiers: int, key: int) -> int:
        """0, or the error's number."""
        if self._user.RegisterHotKey(None, number, modifiers, key):
            return 0
        return ctypes.get_last_error() if sys.platform == "win32" else 0

    def unregister(self, number: int) -> None:
        self._user.UnregisterHotKey(None, number)


def _user32() -> Any:
    if sys.platform != "win32":
        raise OSError("only Windows has hot keys of this kind")
    user = ctypes.WinDLL("user32", use_last_error=True)
    pointer, number, flags = ctypes.POINTER(Message), ctypes.c_int, ctypes.c_uint
    user.RegisterHotKey.argtypes = (ctypes.c_void_p, number, flags, flags)
    user.UnregisterHotKey.argtypes = (ctypes.c_void_p, number)
    user.GetMessageW.argtypes = (pointer, ctypes.c_void_p, flags, flags)
    user.PeekMessageW.argtypes = (pointer, ctypes.c_void_p, flags, flags, flags)
    user.PostThreadMessageW.argtypes = (ctypes.c_uint32, flags, ctypes.c_size_t, ctypes.c_ssize_t)
    return user
