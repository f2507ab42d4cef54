"""Chords on a real X11 server, pressed by another program."""

import ctypes
import ctypes.util
import os
import select
import shutil
import subprocess
import time

import pytest

from desktop_client.hotkeys.keyboard import NO_SUCH_KEY, TAKEN
from desktop_client.hotkeys.keyboard_x11 import NoServer, X11Keyboard, symbol
from desktop_client.hotkeys.triggers import parse
from desktop_client.hotkeys.x11 import Connection

MISSING = [tool for tool in ("Xvfb", "xdotool") if shutil.which(tool) is None]
on_a_server = pytest.mark.skipif(bool(MISSING), reason=f"not on this machine: {', '.join(MISSING)}")

HIDE, EDIT, MAP, BARE = parse("Ctrl+Alt+H"), parse("Ctrl+Alt+E"), parse("Ctrl+Shift+Meta+F9"), parse("PageDown")


class Heard:
    """A keyboard with what was pressed on it; stands for the loop that watches its descriptor."""

    def __init__(self):
        self.pressed = []
        self.watching = None
        self.keyboard = X11Keyboard(self.pressed.append, self._watch)

    def _watch(self, descriptor, ready):
        self.watching = (descriptor, ready)

        def stop():
            self.watching = None

        return stop

    def until(self, chords):
        deadline = time.monotonic() + 20
        while len(self.pressed) < len(chords):
            descriptor, ready = self.watching
            assert select.select([descriptor], [], [], deadline - time.monotonic())[0], f"heard only {self.pressed}"
            ready()
        assert self.pressed == chords
        self.pressed.clear()


@pytest.fixture(scope="module")
def server():
    """Scoped wide: starting one takes most of a second."""
    with subprocess.Popen(
        ["Xvfb", "-displayfd", "1", "-screen", "0", "640x480x24", "-nolisten", "tcp", "-noreset"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        yield f":{process.stdout.readline().strip()}"
        process.terminate()


@pytest.fixture
def heard(server, monkeypatch):
    monkeypatch.setenv("DISPLAY", server)
    made = Heard()
    yield made
    made.keyboard.close()


def xdotool(*arguments):
    subprocess.run(["xdotool", *arguments], check=True, env=os.environ)


def swap_keys(one, other):
    """Change the server's layout, as another program may."""
    connection = Connection()
    codes = connection.keycodes()
    xcb = ctypes.CDLL(ctypes.util.find_library("xcb"))
    xcb.xcb_change_keyboard_mapping.argtypes = (ctypes.c_void_p, *(ctypes.c_uint8,) * 3, ctypes.c_void_p)
    for key, meaning in ((one, other), (other, one)):
        symbols = (ctypes.c_uint32 * 2)(symbol(meaning), ord(meaning))
        xcb.xcb_change_keyboard_mapping(connection._at, 1, codes[symbol(key)], 2, symbols)
    connection.keycodes()  # the answer to a question is the proof that all before it was done
    connection.close()


@on_a_server
def test_chords_are_heard_whoever_has_the_focus(heard):
    assert heard.keyboard.bind([HIDE, EDIT, MAP, BARE]) == {}
    xdotool("key", "ctrl+alt+h", "ctrl+alt+e", "ctrl+shift+super+F9", "Next")
    heard.until([HIDE, EDIT, MAP, BARE])


@on_a_server
def test_the_key_alone_or_with_other_modifiers_is_not_meant(heard):
    heard.keyboard.bind([HIDE])
    xdotool("key", "h", "ctrl+h", "ctrl+alt+shift+h", "ctrl+alt+h")
    heard.until([HIDE])


@on_a_server
@pytest.mark.parametrize("locks", [["Num_Lock"], ["Caps_Lock"], ["Num_Lock", "Caps_Lock"]])
def test_a_lock_that_is_on_changes_nothing(heard, locks):
    heard.keyboard.bind([HIDE])
    xdotool("key", *locks)
    xdotool("key", "ctrl+alt+h")
    heard.until([HIDE])
    xdotool("key", *locks)


@on_a_server
def test_a_chord_of_another_program_is_said_and_the_others_are_heard(heard):
    other = Heard()
    assert other.keyboard.bind([HIDE]) == {}
    assert heard.keyboard.bind([HIDE, EDIT]) == {HIDE: TAKEN}
    xdotool("key", "ctrl+alt+h", "ctrl+alt+e")
    heard.until([EDIT])
    other.until([HIDE])
    other.keyboard.close()
    assert heard.keyboard.bind([HIDE, EDIT]) == {}, "it is free now"


@on_a_server
def test_binding_anew_gives_the_old_chords_back(heard):
    heard.keyboard.bind([HIDE])
    heard.keyboard.bind([EDIT])
    other = Heard()
    assert other.keyboard.bind([HIDE, EDIT]) == {EDIT: TAKEN}
    xdotool("key", "ctrl+alt+h", "ctrl+alt+e")
    heard.until([EDIT])
    other.keyboard.close()


@on_a_server
def test_a_key_that_this_keyboard_lacks_is_said(heard):
    assert heard.keyboard.bind([parse("F24")]) == {parse("F24"): NO_SUCH_KEY}


@on_a_server
def test_another_layout_is_followed(heard):
    heard.keyboard.bind([HIDE])
    swap_keys("H", "J")
    descriptor, ready = heard.watching
    assert select.select([descriptor], [], [], 20)[0]
    ready()
    xdotool("key", "ctrl+alt+j", "ctrl+alt+h")
    heard.until([HIDE])
    swap_keys("H", "J")


@on_a_server
def test_a_held_key_is_one_press(heard):
    heard.keyboard.bind([HIDE, EDIT])
    xdotool("keydown", "ctrl+alt+h", "sleep", "1.2", "keyup", "ctrl+alt+h", "key", "ctrl+alt+e")
    heard.until([HIDE, EDIT])


def test_without_a_server_it_is_said(monkeypatch):
    monkeypatch.setenv("DISPLAY", ":4711")
    with pytest.raises(NoServer):
        Heard()


@on_a_server
def test_a_server_that_goes_takes_nobody_with_it(monkeypatch):
    with subprocess.Popen(["Xvfb", "-displayfd", "1", "-nolisten", "tcp"], stdout=subprocess.PIPE, text=True) as server:
        monkeypatch.setenv("DISPLAY", f":{server.stdout.readline().strip()}")
        heard = Heard()
        heard.keyboard.bind([HIDE])
        server.terminate()
    descriptor, ready = heard.watching
    assert select.select([descriptor], [], [], 20)[0]
    ready()
    assert heard.watching is None, "a lost connection is ready for ever"
    heard.keyboard.close()


@pytest.mark.parametrize(("key", "number"), [("H", 0x68), ("7", 0x37), ("F1", 0xFFBE), ("F24", 0xFFD5)])
def test_keys_have_the_numbers_of_x11(key, number):
    assert symbol(key) == number
