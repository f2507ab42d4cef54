"""The little of X11 that a keyboard needs, through libxcb: which keycode has which letter, grabs, and key events.

libxcb and not Xlib, whose errors go to one handler for the whole process and whose lost connection ends it: both are
Qt's business here.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import struct
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

KEY_PRESS, KEY_RELEASE, MAPPING_NOTIFY = 2, 3, 34
SENT_BY_THE_SERVER: Final = 0x7F  # without the bit that says whether another program sent it
BAD_ACCESS: Final = 10
ASYNC: Final = 1
NUM_LOCK: Final = 0xFF7F
CAPS_LOCK_MASK: Final = 1 << 1
REPLY_HEADER: Final = 32

# Fields of the wire format that libxcb hands out: see xproto.h.
SETUP_KEYCODES: Final = 34  # where the lowest and the highest keycode stand in the connection's setup
KEY_EVENT: Final = struct.Struct("=BBxxI20xH")  # type, keycode, time in ms, …, state of the modifiers


class NoServer(Exception):
    """There is no X11 server to talk to; the message says so."""


class KeyEvent(NamedTuple):
    is_press: bool
    keycode: int
    state: int  # the modifiers that were held
    at_ms: int


class MappingChanged(NamedTuple):
    """The keyboard was changed, or its layout."""


class _Cookie(ctypes.Structure):
    _fields_ = (("sequence", ctypes.c_uint),)


class _Screens(ctypes.Structure):
    _fields_ = (("data", ctypes.POINTER(ctypes.c_uint32)), ("rem", ctypes.c_int), ("index", ctypes.c_int))


class Connection:
    """A connection of its own: what it grabs goes with it."""

    def __init__(self) -> None:
        """Raises NoServer."""
        name = ctypes.util.find_library("xcb")
        if name is None:
            raise NoServer("libxcb is not installed")
        self._xcb = _declared(ctypes.CDLL(name))
        self._free = ctypes.CDLL(None).free
        self._free.argtypes = (ctypes.c_void_p,)
        self._at: int | None = self._xcb.xcb_connect(None, None)
        if self._xcb.xcb_connection_has_error(self._at):
            self.close()
            raise NoServer("the X11 server does not answer")
        setup = self._xcb.xcb_get_setup(self._at)
        self._first, self._last = ctypes.string_at(setup + SETUP_KEYCODES, 2)
        self._root = int(self._xcb.xcb_setup_roots_iterator(setup).data[0])

    @property
    def is_alive(self) -> bool:
        return self._at is not None and not self._xcb.xcb_connection_has_error(self._at)

    def descriptor(self) -> int:
        return self._xcb.xcb_get_file_descriptor(self._at)

    def keycodes(self) -> dict[int, int]:
        """The keycode of every symbol. Where several keys have it, one that needs no other key held wins."""
        count = self._last - self._first + 1
        cookie = self._xcb.xcb_get_keyboard_mapping(self._at, self._first, count)
        width, symbols = self._reply(self._xcb.xcb_get_keyboard_mapping_reply, cookie)
        if not width:
            return {}
        table = struct.unpack(f"={len(symbols) // 4}I", symbols)
        found: dict[int, int] = {}
        for column in range(width):
            for row in range(count):
                found.setdefault(table[row * width + column], self._first + row)
        return found

    def modifier_of(self, keycode: int | None) -> int:
        """The mask of the modifier that a key stands for; 0 for none."""
        cookie = self._xcb.xcb_get_modifier_mapping(self._at)
        width, codes = self._reply(self._xcb.xcb_get_modifier_mapping_reply, cookie)
        for place, code in enumerate(codes):
            if code and code == keycode:
                return 1 << place // width
        return 0

    def grab(self, keycode: int, modifiers: int) -> int:
        """Ask for a chord; 0, or the error's number."""
        cookie = self._xcb.xcb_grab_key_checked(self._at, 0, self._root, modifiers, keycode, ASYNC, ASYNC)
        error = self._xcb.xcb_request_check(self._at, cookie)
        if not error:
            return 0
        number = ctypes.string_at(error, 2)[1]
        self._free(error)
        return number

    def ungrab(self, keycode: int, modifiers: int) -> None:
        self._xcb.xcb_ungrab_key(self._at, keycode, self._root, modifiers)

    def flush(self) -> None:
        self._xcb.xcb_flush(self._at)

    def events(self) -> Iterator[KeyEvent | MappingChanged]:
        """What has arrived, without waiting."""
        while self._at is not None and (event := self._xcb.xcb_poll_for_event(self._at)):
            kind, keycode, at_ms, state = KEY_EVENT.unpack(ctypes.string_at(event, KEY_EVENT.size))
            self._free(event)
            kind &= SENT_BY_THE_SERVER
            if kind in (KEY_PRESS, KEY_RELEASE):
                yield KeyEvent(kind == KEY_PRESS, keycode, state, at_ms)
            elif kind == MAPPING_NOTIFY:
                yield MappingChanged()

    def close(self) -> None:
        """Once more does no harm."""
        if self._at is not None:
            self._xcb.xcb_disconnect(self._at)
            self._at = None

    def _reply(self, ask: Any, cookie: _Cookie) -> tuple[int, bytes]:
        """The width of a table and its bytes; (0, b"") where the server does not answer.

        The length of a reply counts words of four bytes, whatever the table holds.
        """
        reply = ask(self._at, cookie, None)
        if not reply:
            return 0, b""
        width, length = struct.unpack("=xBxxI", ctypes.string_at(reply, 8))
        table = ctypes.string_at(reply + REPLY_HEADER, length * 4)
        self._free(reply)
        return width, table


def _declared(xcb: Any) -> Any:
    """The library with the types of what is called; a pointer would be cut to an int without them."""
    pointer, byte, word = ctypes.c_void_p, ctypes.c_uint8, ctypes.c_uint16
    for name, result, arguments in (
        ("xcb_connect", pointer, (ctypes.c_char_p, pointer)),
        ("xcb_connection_has_error", ctypes.c_int, (pointer,)),
        ("xcb_disconnect", None, (pointer,)),
        ("xcb_get_file_descriptor", ctypes.c_int, (pointer,)),
        ("xcb_get_setup", pointer, (pointer,)),
        ("xcb_setup_roots_iterator", _Screens, (pointer,)),
        ("xcb_get_keyboard_mapping", _Cookie, (pointer, byte, byte)),
        ("xcb_get_keyboard_mapping_reply", pointer, (pointer, _Cookie, pointer)),
        ("xcb_get_modifier_mapping", _Cookie, (pointer,)),
        ("xcb_get_modifier_mapping_reply", pointer, (pointer, _Cookie, pointer)),
        ("xcb_grab_key_checked", _Cookie, (pointer, byte, ctypes.c_uint32, word, byte, byte, byte)),
        ("xcb_ungrab_key", _Cookie, (pointer, byte, ctypes.c_uint32, word)),
        ("xcb_request_check", pointer, (pointer, _Cookie)),
        ("xcb_poll_for_event", pointer, (pointer,)),
        ("xcb_flush", ctypes.c_int, (pointer,)),
    ):
        function = getattr(xcb, name)
        function.restype, function.argtypes = result, arguments
    return xcb
