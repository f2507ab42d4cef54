"""Chords on X11, where the server hands a grabbed key to whoever asked first."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product
from typing import Final, NamedTuple

from desktop_client.hotkeys.keyboard import NO_SUCH_KEY, TAKEN, Press
from desktop_client.hotkeys.triggers import Chord, Modifier, Presses
from desktop_client.hotkeys.x11 import CAPS_LOCK_MASK, NUM_LOCK, Connection, KeyEvent, NoServer
from desktop_client.telemetry.readiness import Notify

__all__ = ["NoServer", "X11Keyboard", "symbol"]

MASKS: Final = {Modifier.SHIFT: 1 << 0, Modifier.CTRL: 1 << 2, Modifier.ALT: 1 << 3, Modifier.META: 1 << 6}
CHORD_MASK: Final = sum(MASKS.values())
F1: Final = 0xFFBE
NAMED: Final = {"Home": 0xFF50, "End": 0xFF57, "Insert": 0xFF63, "PageUp": 0xFF55, "PageDown": 0xFF56}


class _Layout(NamedTuple):
    keycodes: dict[int, int]  # by symbol
    locks: tuple[int, ...]  # every combination that a driver may have on without meaning anything by it


class X11Keyboard:
    """Chords on a connection of its own. `press` is called in the thread that `watch` calls back in."""

    def __init__(self, press: Press, watch: Notify) -> None:
        """Raises NoServer where there is none."""
        self._press = press
        self._connection = Connection()
        self._wanted: tuple[Chord, ...] = ()
        self._grabbed: dict[tuple[int, int], Chord] = {}  # by keycode and the mask without locks
        self._layout = _Layout({}, (0,))
        self._presses = Presses()
        self._stop_watching = watch(self._connection.descriptor(), self._hear)

    def bind(self, chords: Iterable[Chord]) -> dict[Chord, str]:
        """Hear these chords and no others from now on; for those that cannot be heard, why."""
        self._let_go()
        self._wanted = tuple(chords)
        self._layout = self._read_layout()
        refused: dict[Chord, str] = {}
        for chord in self._wanted:
            keycode = self._layout.keycodes.get(symbol(chord.key))
            if keycode is None:
                refused[chord] = NO_SUCH_KEY
            elif not self._grab(keycode, mask(chord)):
                refused[chord] = TAKEN
            else:
                self._grabbed[keycode, mask(chord)] = chord
        self._connection.flush()
        self._hear()  # waiting for the answers above may have read events, which no descriptor announces again
        return refused

    def close(self) -> None:
        """Give all chords back."""
        self._stop_watching()
        self._connection.close()

    def _grab(self, keycode: int, modifiers: int) -> bool:
        """Ask for a chord with every combination of locks: num lock on is another chord to the server."""
        for number, locks in enumerate(self._layout.locks):
            if self._connection.grab(keycode, modifiers | locks):
                for taken in self._layout.locks[:number]:
                    self._connection.ungrab(keycode, modifiers | taken)
                return False
        return True

    def _let_go(self) -> None:
        for keycode, modifiers in self._grabbed:
            for locks in self._layout.locks:
                self._connection.ungrab(keycode, modifiers | locks)
        self._grabbed.clear()
        self._presses.forget()

    def _read_layout(self) -> _Layout:
        keycodes = self._connection.keycodes()
        return _Layout(keycodes, _locks(self._connection.modifier_of(keycodes.get(NUM_LOCK))))

    def _hear(self) -> None:
        events = tuple(self._connection.events())
        for event in events:
            if isinstance(event, KeyEvent):
                self._take(event)
        if not self._connection.is_alive:
            self._stop_watching()  # the descriptor of a lost connection is ready for ever
        elif not all(isinstance(event, KeyEvent) for event in events) and self._read_layout() != self._layout:
            self.bind(self._wanted)

    def _take(self, event: KeyEvent) -> None:
        if not event.is_press:
            self._presses.up(event.keycode, event.at_ms)
        elif self._presses.down(event.keycode, event.at_ms):
            chord = self._grabbed.get((event.keycode, event.state & CHORD_MASK))
            if chord is not None:
                self._press(chord)


def symbol(key: str) -> int:
    """The number that X11 has for a key (keysymdef.h): Latin ones are their letters in small."""
    if len(key) == 1:
        return ord(key.lower())
    return NAMED[key] if key in NAMED else F1 + int(key.removeprefix("F")) - 1


def mask(chord: Chord) -> int:
    return sum(MASKS[modifier] for modifier in chord.modifiers)


def _locks(num_lock: int) -> tuple[int, ...]:
    """Every combination of caps lock and num lock; two where the keyboard has no num lock."""
    return tuple({caps | num: None for caps, num in product((0, CAPS_LOCK_MASK), (0, num_lock))})
