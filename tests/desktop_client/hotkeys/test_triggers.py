"""What a trigger means, and what counts as one press."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_client.hotkeys.triggers import SAME_PRESS_MS, Button, Chord, Modifier, Presses, parse
from desktop_client.overlay.hotkeys import BUTTON, KEY


@pytest.mark.parametrize(
    ("trigger", "meant"),
    [
        ("Ctrl+Alt+H", Chord(frozenset({Modifier.CTRL, Modifier.ALT}), "H")),
        ("Alt+Ctrl+H", Chord(frozenset({Modifier.CTRL, Modifier.ALT}), "H")),
        ("F12", Chord(frozenset(), "F12")),
        ("Meta+Shift+PageUp", Chord(frozenset({Modifier.META, Modifier.SHIFT}), "PageUp")),
        ("joy:0:5", Button(0, 5)),
        ("joy:12:103", Button(12, 103)),
        ("", None),
    ],
)
def test_a_trigger_is_a_chord_a_button_or_nothing(trigger, meant):
    assert parse(trigger) == meant


@given(st.from_regex(re.compile(KEY.replace("$", r"\Z"))) | st.from_regex(re.compile(BUTTON.replace("$", r"\Z"), re.A)))
def test_whatever_the_settings_let_through_is_understood_and_written_the_same(trigger):
    assert parse(str(parse(trigger))) == parse(trigger)


@pytest.mark.parametrize("wrong", ["Strg+H", "joy:0", "joy:a:b"])
def test_what_means_nothing_is_refused(wrong):
    with pytest.raises(ValueError):
        parse(wrong)


def test_a_key_that_is_held_is_pressed_once():
    presses = Presses()
    assert presses.down("H", 1000)
    assert not any(presses.down("H", 1000 + 30 * repeat) for repeat in range(1, 20))
    presses.up("H", 2000)
    assert presses.down("H", 2100)


def test_a_repeated_key_that_is_let_go_in_the_same_moment_is_still_held():
    presses = Presses()
    assert presses.down("H", 1000)
    for at_ms in range(1500, 2000, 33):  # as X11 repeats a key
        presses.up("H", at_ms)
        assert not presses.down("H", at_ms)
    presses.up("H", 2000)
    assert presses.down("H", 2000 + SAME_PRESS_MS)


def test_keys_do_not_stand_in_each_others_way():
    presses = Presses()
    assert presses.down("H", 0)
    assert presses.down("E", 1)
    presses.up("H", 2)
    assert not presses.down("E", 3)


def test_what_is_forgotten_can_be_pressed_again():
    presses = Presses()
    assert presses.down("H", 0)
    presses.forget()
    assert presses.down("H", 1)
