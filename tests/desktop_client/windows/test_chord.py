"""Keys become the words that hotkeys are written in."""

import msgspec
import pytest
from PyQt6.QtCore import Qt

from desktop_client.overlay.hotkeys import Hotkeys
from desktop_client.windows.chord import chord, held

Key, Modifier = Qt.Key, Qt.KeyboardModifier
ALL = Modifier.ControlModifier | Modifier.AltModifier | Modifier.ShiftModifier | Modifier.MetaModifier


@pytest.mark.parametrize(
    ("key", "modifiers", "words"),
    [
        (Key.Key_H, Modifier.ControlModifier | Modifier.AltModifier, "Ctrl+Alt+H"),
        (Key.Key_9, Modifier.NoModifier, "9"),
        (Key.Key_F24, ALL, "Ctrl+Alt+Shift+Meta+F24"),
        (Key.Key_PageDown, Modifier.ShiftModifier, "Shift+PageDown"),
    ],
)
def test_a_chord_is_one_that_the_settings_take(key, modifiers, words):
    assert chord(key, modifiers) == words
    assert msgspec.convert({"hide": words}, Hotkeys).hide == words


@pytest.mark.parametrize("key", [Key.Key_Control, Key.Key_Escape, Key.Key_F25, Key.Key_Adiaeresis, Key.Key_Tab])
def test_a_key_that_cannot_be_a_hotkey_is_none(key):
    assert chord(key, Modifier.ControlModifier) is None


def test_what_is_held_already_is_said():
    assert held(Key.Key_Shift, Modifier.ControlModifier) == "Ctrl+Shift+"
    assert held(Key.Key_Control, Modifier.ControlModifier) == "Ctrl+"
    assert held(Key.Key_Space, Modifier.NoModifier) == ""
