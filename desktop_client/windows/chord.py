"""The chord of keys that a driver presses, in the words that the hotkeys are written in."""

from __future__ import annotations

import re
from typing import Final

from PyQt6.QtCore import Qt

from desktop_client.overlay.hotkeys import KEY

MODIFIERS: Final = {
    Qt.KeyboardModifier.ControlModifier: "Ctrl",
    Qt.KeyboardModifier.AltModifier: "Alt",
    Qt.KeyboardModifier.ShiftModifier: "Shift",
    Qt.KeyboardModifier.MetaModifier: "Meta",
}
KEYS_OF_MODIFIERS: Final = {
    Qt.Key.Key_Control: Qt.KeyboardModifier.ControlModifier,
    Qt.Key.Key_Alt: Qt.KeyboardModifier.AltModifier,
    Qt.Key.Key_Shift: Qt.KeyboardModifier.ShiftModifier,
    Qt.Key.Key_Meta: Qt.KeyboardModifier.MetaModifier,
}
NAMED: Final = {
    Qt.Key.Key_Home: "Home",
    Qt.Key.Key_End: "End",
    Qt.Key.Key_Insert: "Insert",
    Qt.Key.Key_PageUp: "PageUp",
    Qt.Key.Key_PageDown: "PageDown",
}


def chord(key: int, modifiers: Qt.KeyboardModifier) -> str | None:
    """`Ctrl+Alt+H`; None while only modifiers are held, and for a key that cannot be a hotkey."""
    name = _name(key)
    if name is None:
        return None
    words = "+".join([*(word for held, word in MODIFIERS.items() if modifiers & held), name])
    return words if re.search(KEY, words) else None


def held(key: int, modifiers: Qt.KeyboardModifier) -> str:
    """What of a chord is pressed already, with `key` itself, which a system need not count yet: `Ctrl+Alt+`."""
    own = next(
        (modifier for each, modifier in KEYS_OF_MODIFIERS.items() if each == key), Qt.KeyboardModifier.NoModifier
    )
    return "".join(f"{word}+" for each, word in MODIFIERS.items() if (modifiers | own) & each)


def _name(key: int) -> str | None:
    if Qt.Key.Key_A <= key <= Qt.Key.Key_Z or Qt.Key.Key_0 <= key <= Qt.Key.Key_9:
        return chr(key)
    if Qt.Key.Key_F1 <= key <= Qt.Key.Key_F24:
        return f"F{key - Qt.Key.Key_F1 + 1}"
    return next((name for named, name in NAMED.items() if named == key), None)
