"""Hot keys of Windows, with a stand-in for user32: a queue of messages for one thread."""

import ctypes
import queue
import sys
import threading

import pytest

from desktop_client.hotkeys.keyboard import TAKEN
from desktop_client.hotkeys.keyboard_windows import (
    ALREADY_REGISTERED,
    NO_REPEAT,
    WM_HOTKEY,
    WM_QUIT,
    Message,
    WindowsKeyboard,
    virtual_key,
)
from desktop_client.hotkeys.triggers import parse

HIDE, EDIT = parse("Ctrl+Alt+H"), parse("Ctrl+Alt+E")


class User32:
    """Hot keys belong to the thread that asked for them, as in Windows; `taken` are those of other programs."""

    def __init__(self, taken=()):
        self.taken = set(taken)
        self.registered = {}
        self.messages = queue.SimpleQueue()
        self.thread = None

    def make_queue(self):
        self.thread = threading.get_native_id()

    def next_message(self):
        kind, number = self.messages.get(timeout=20)
        return None if kind == WM_QUIT else (kind, number)

    def post(self, thread, kind):
        assert thread == self.thread
        self.messages.put((kind, 0))

    def register(self, number, modifiers, key):
        assert threading.get_native_id() == self.thread
        if (modifiers, key) in self.taken:
            return ALREADY_REGISTERED
        self.registered[number] = (modifiers, key)
        return 0

    def unregister(self, number):
        assert threading.get_native_id() == self.thread
        del self.registered[number]

    def press(self, modifiers, key):
        for number, chord in self.registered.items():
            if chord == (modifiers, key):
                self.messages.put((WM_HOTKEY, number))


CTRL_ALT = 0x1 | 0x2 | NO_REPEAT


@pytest.fixture
def make():
    made = []

    def make(user32):
        pressed, calls = [], queue.SimpleQueue()
        keyboard = WindowsKeyboard(pressed.append, calls.put, user32)
        made.append(keyboard)
        return keyboard, pressed, lambda: calls.get(timeout=20)()

    yield make
    for keyboard in made:
        keyboard.close()


def test_a_chord_is_heard_in_the_thread_that_asked(make):
    user32 = User32()
    keyboard, pressed, next_call = make(user32)
    assert keyboard.bind([HIDE]) == {}
    user32.press(CTRL_ALT, ord("H"))
    next_call()
    assert pressed == [HIDE]


def test_a_chord_of_another_program_is_said_and_the_others_are_heard(make):
    user32 = User32(taken=[(CTRL_ALT, ord("H"))])
    keyboard, pressed, next_call = make(user32)
    assert keyboard.bind([HIDE, EDIT]) == {HIDE: TAKEN}
    user32.press(CTRL_ALT, ord("E"))
    next_call()
    assert pressed == [EDIT]


def test_binding_anew_gives_the_old_chords_back(make):
    user32 = User32()
    keyboard, _, _ = make(user32)
    keyboard.bind([HIDE, EDIT])
    keyboard.bind([EDIT])
    assert list(user32.registered.values()) == [(CTRL_ALT, ord("E"))]


def test_closing_gives_everything_back(make):
    user32 = User32()
    keyboard, _, _ = make(user32)
    keyboard.bind([HIDE, EDIT])
    keyboard.close()
    assert user32.registered == {}


@pytest.mark.parametrize(
    ("key", "number"), [("A", 0x41), ("0", 0x30), ("F1", 0x70), ("F24", 0x87), ("PageUp", 0x21), ("Insert", 0x2D)]
)
def test_keys_have_the_numbers_of_windows(key, number):
    assert virtual_key(key) == number


@pytest.mark.skipif(sys.maxsize < 2**32, reason="a program of 32 bits has another layout")
def test_a_message_is_as_long_as_the_system_says():
    assert ctypes.sizeof(Message) == 48
    assert Message.wparam.offset == 16
