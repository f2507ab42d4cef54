"""Joysticks as the kernel shows them: a pipe stands for the device."""

import os

import pytest

from desktop_client.hotkeys.controllers_linux import BUTTON, EVENT, INIT, LOOK_FOR_NEW_EVERY_S, LinuxControllers
from desktop_client.hotkeys.triggers import Button

AXIS = 0x02


class Wheel:
    """The other end of a device: speaks as `linux/joystick.h` says."""

    def __init__(self, folder, number):
        self.path = folder / f"js{number}"
        os.mkfifo(self.path)
        self.end = os.open(self.path, os.O_RDWR)
        self.at_ms = 10_000

    def says(self, kind, number, value, after_ms=40):
        self.at_ms += after_ms
        os.write(self.end, EVENT.pack(self.at_ms, value, kind, number))

    def press(self, number, after_ms=40):
        self.says(BUTTON, number, 1, after_ms)

    def let_go(self, number, after_ms=40):
        self.says(BUTTON, number, 0, after_ms)

    def unplug(self):
        self.path.unlink()
        os.close(self.end)


class Clock:
    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def controllers(tmp_path, clock):
    made = LinuxControllers(tmp_path, clock)
    yield made
    made.close()


def test_a_press_is_told_once(tmp_path, controllers):
    wheel = Wheel(tmp_path, 0)
    assert controllers.pressed() == []
    wheel.press(5)
    assert controllers.pressed() == [Button(0, 5)]
    wheel.let_go(5)
    assert controllers.pressed() == []
    wheel.press(5)
    assert controllers.pressed() == [Button(0, 5)]


def test_a_short_tap_between_two_looks_is_not_lost(tmp_path, controllers):
    wheel = Wheel(tmp_path, 0)
    controllers.pressed()
    wheel.press(3)
    wheel.let_go(3)
    assert controllers.pressed() == [Button(0, 3)]


def test_a_contact_that_bounces_is_one_press(tmp_path, controllers):
    wheel = Wheel(tmp_path, 0)
    controllers.pressed()
    wheel.press(1)
    for _ in range(4):
        wheel.let_go(1, after_ms=2)
        wheel.press(1, after_ms=2)
    assert controllers.pressed() == [Button(0, 1)]


def test_what_is_held_when_it_is_plugged_in_is_no_press(tmp_path, controllers):
    wheel = Wheel(tmp_path, 0)
    wheel.says(BUTTON | INIT, 0, 0)
    wheel.says(BUTTON | INIT, 1, 1)  # a switch that stands on
    wheel.says(AXIS | INIT, 0, -32767)
    assert controllers.pressed() == []
    wheel.let_go(1)
    wheel.press(0)
    wheel.press(1)
    assert controllers.pressed() == [Button(0, 0), Button(0, 1)]


def test_a_press_of_which_the_kernel_lost_the_event_is_heard_of_in_what_it_says_afterwards(tmp_path, controllers):
    wheel = Wheel(tmp_path, 0)
    wheel.says(BUTTON | INIT, 4, 0)
    controllers.pressed()
    wheel.says(BUTTON | INIT, 4, 1)
    assert controllers.pressed() == [Button(0, 4)]


def test_a_wheel_in_motion_presses_nothing(tmp_path, controllers):
    wheel = Wheel(tmp_path, 0)
    controllers.pressed()
    for step in range(500):
        wheel.says(AXIS, 0, step, after_ms=1)
    assert controllers.pressed() == []


def test_one_that_is_plugged_in_later_is_found_and_one_that_goes_is_missed(tmp_path, controllers, clock):
    assert controllers.pressed({1}) == []
    assert controllers.missing({1}) == [1]
    wheel = Wheel(tmp_path, 1)
    clock.now += LOOK_FOR_NEW_EVERY_S
    controllers.pressed({1})
    assert controllers.missing({1}) == []
    wheel.press(7)
    assert controllers.pressed({1}) == [Button(1, 7)]
    wheel.unplug()
    assert controllers.pressed({1}) == []
    assert controllers.missing({1}) == [1]
    again = Wheel(tmp_path, 1)
    clock.now += LOOK_FOR_NEW_EVERY_S
    controllers.pressed({1})
    again.press(7)
    assert controllers.pressed({1}) == [Button(1, 7)]


def test_only_the_controllers_that_are_asked_for_are_told_of(tmp_path, controllers):
    first, second = Wheel(tmp_path, 0), Wheel(tmp_path, 1)
    controllers.pressed()
    first.press(0)
    second.press(0)
    assert controllers.pressed({1}) == [Button(1, 0)]
    assert controllers.pressed() == []


def test_one_that_is_asked_for_anew_is_found_at_once(tmp_path, controllers):
    first, second = Wheel(tmp_path, 0), Wheel(tmp_path, 1)
    controllers.pressed({0})
    controllers.pressed({0, 1})
    assert controllers.missing({0, 1}) == []
    first.press(2)
    second.press(2)
    assert controllers.pressed({0, 1}) == [Button(0, 2), Button(1, 2)]


def test_where_there_are_no_devices_nothing_is_pressed(tmp_path):
    controllers = LinuxControllers(tmp_path / "nowhere")
    assert controllers.pressed() == []
    assert controllers.missing({0}) == [0]
    controllers.close()
