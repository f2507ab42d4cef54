"""Controllers as winmm shows them: bits, looked at again and again."""

import ctypes

import pytest

from desktop_client.hotkeys.controllers_windows import LOOK_FOR_NEW_EVERY_S, JoyInfo, WindowsControllers
from desktop_client.hotkeys.triggers import Button


class Winmm:
    """What is plugged in, and how often it was asked for."""

    def __init__(self):
        self.buttons = {}
        self.asked = []
        self.now = 50.0

    def ask(self, controller):
        self.asked.append(controller)
        return self.buttons.get(controller)

    def clock(self):
        return self.now


@pytest.fixture
def winmm():
    return Winmm()


@pytest.fixture
def look(winmm):
    controllers = WindowsControllers(winmm.ask, winmm.clock)

    def look(wanted, buttons):
        winmm.now += 0.04
        winmm.buttons = buttons
        return controllers.pressed(wanted)

    look.controllers = controllers
    return look


def test_the_block_is_as_long_as_the_system_says():
    assert ctypes.sizeof(JoyInfo) == 52
    assert JoyInfo.buttons.offset == 32


def test_what_is_held_at_the_first_look_is_no_press(look):
    assert look({0}, {0: 0b100}) == []
    assert look({0}, {0: 0b101}) == [Button(0, 0)]
    assert look({0}, {0: 0b101}) == []
    assert look({0}, {0: 0b001}) == []
    assert look({0}, {0: 0b101}) == [Button(0, 2)]


def test_the_last_of_the_thirty_two_buttons_is_one_too(look):
    look({3}, {3: 0})
    assert look({3}, {3: 1 << 31}) == [Button(3, 31)]


def test_one_that_is_not_there_is_seldom_asked_for(winmm, look):
    for _ in range(10):
        look({0, 1}, {1: 0})
    assert winmm.asked.count(0) == 1
    assert look.controllers.missing({0, 1}) == [0]
    winmm.now += LOOK_FOR_NEW_EVERY_S
    look({0, 1}, {0: 0, 1: 0})
    assert look.controllers.missing({0, 1}) == []


def test_a_button_that_was_held_while_the_plug_was_pulled_can_be_pressed_again(winmm, look):
    look({0}, {0: 0})
    assert look({0}, {0: 1}) == [Button(0, 0)]
    look({0}, {})
    winmm.now += LOOK_FOR_NEW_EVERY_S
    assert look({0}, {0: 0}) == []
    assert look({0}, {0: 1}) == [Button(0, 0)]
