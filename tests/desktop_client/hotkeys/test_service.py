"""From the settings to what happens."""

import pytest

from desktop_client.hotkeys.keyboard import TAKEN, WAYLAND, NoKeyboard
from desktop_client.hotkeys.service import HotkeyService, wishes
from desktop_client.hotkeys.triggers import Button, parse
from desktop_client.overlay.hotkeys import Hotkeys, Wish

NOTHING = Hotkeys(hide="", edit="", next_profile="", map_view="")


class Keyboard:
    def __init__(self, press):
        self.press = press
        self.bindings = []
        self.taken = set()
        self.is_closed = False

    def bind(self, chords):
        self.bindings.append([str(chord) for chord in chords])
        return {parse(chord): TAKEN for chord in self.bindings[-1] if chord in self.taken}

    def close(self):
        self.is_closed = True


class Controllers:
    def __init__(self):
        self.there = {0}
        self.next = []
        self.is_closed = False

    def pressed(self, wanted=None):
        found, self.next = self.next, []
        return found

    def missing(self, wanted):
        return sorted(set(wanted) - self.there)

    def close(self):
        self.is_closed = True


class Desk:
    """The service with a keyboard and controllers, and what happened."""

    def __init__(self):
        self.happened = []
        self.controllers = Controllers()
        self.service = HotkeyService(
            {wish: lambda wish=wish: self.happened.append(wish) for wish in Wish}, self._keyboard, self.controllers
        )

    def _keyboard(self, press):
        self.keyboard = Keyboard(press)
        return self.keyboard


@pytest.fixture
def desk(qapp):
    made = Desk()
    yield made
    made.service.stop()


def test_every_wish_has_a_trigger_and_every_trigger_a_wish():
    assert sorted(wish for asked in wishes(Hotkeys()).values() for wish in asked) == sorted(Wish)


def test_a_chord_does_what_it_is_bound_to(desk):
    desk.service.bind(Hotkeys(edit="F8"))
    desk.keyboard.press(parse("F8"))
    desk.keyboard.press(parse("Ctrl+Alt+M"))
    assert desk.happened == [Wish.EDIT, Wish.MAP_VIEW]


def test_another_chord_holds_at_once_and_the_old_one_no_more(desk):
    desk.service.bind(Hotkeys())
    desk.service.bind(Hotkeys(hide="F9"))
    desk.keyboard.press(parse("Ctrl+Alt+H"))
    assert desk.happened == []
    desk.keyboard.press(parse("F9"))
    assert desk.happened == [Wish.HIDE]
    assert desk.keyboard.bindings[-1] == ["F9", "Ctrl+Alt+E", "Ctrl+Alt+P", "Ctrl+Alt+M"]


def test_the_same_settings_again_ask_the_system_for_nothing(desk):
    desk.service.bind(Hotkeys())
    desk.service.bind(Hotkeys())
    assert len(desk.keyboard.bindings) == 1


def test_one_trigger_may_ask_for_several_things(desk):
    desk.service.bind(Hotkeys(hide="F9", map_view="F9"))
    desk.keyboard.press(parse("F9"))
    assert desk.happened == [Wish.HIDE, Wish.MAP_VIEW]


def test_a_button_is_heard_while_it_is_bound(desk, qtbot):
    desk.service.bind(Hotkeys(hide="joy:0:5"))
    desk.controllers.next = [Button(0, 4), Button(0, 5)]
    qtbot.waitUntil(lambda: desk.happened == [Wish.HIDE])


def test_controllers_are_left_alone_while_no_button_is_bound(desk):
    desk.service.bind(Hotkeys())
    assert not desk.service.is_looking
    desk.service.bind(Hotkeys(hide="joy:0:5"))
    assert desk.service.is_looking
    desk.service.bind(NOTHING)
    assert not desk.service.is_looking


def test_a_button_that_is_pressed_to_choose_it_does_nothing_yet(desk):
    desk.controllers.next = [Button(0, 5)]
    desk.service.bind(Hotkeys(hide="joy:0:5"))
    desk.service.look()
    assert desk.happened == []


def test_what_cannot_be_heard_is_said(desk):
    desk.keyboard.taken = {"Ctrl+Alt+H"}
    desk.service.bind(Hotkeys(edit="joy:3:1"))
    assert desk.service.problems() == (
        "Ctrl+Alt+H for hiding the overlay: another program has it.",
        "Controller 4, button 2 for editing the layout: this controller is not plugged in.",
    )
    desk.controllers.there = {3}
    desk.service.bind(Hotkeys(edit="joy:3:1", hide="F9"))
    assert desk.service.problems() == ()


def test_where_no_program_may_hear_keys_it_is_said_for_each(qapp):
    service = HotkeyService({}, lambda press: NoKeyboard(WAYLAND), Controllers())
    service.bind(Hotkeys(edit="", next_profile="", map_view=""))
    assert service.problems() == (f"Ctrl+Alt+H for hiding the overlay: {WAYLAND}.",)
    service.stop()


def test_everything_is_given_back_at_the_end(desk):
    desk.service.bind(Hotkeys(hide="joy:0:5"))
    desk.service.stop()
    assert desk.keyboard.is_closed
    assert desk.controllers.is_closed
    assert not desk.service.is_looking
