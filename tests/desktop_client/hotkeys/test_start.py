"""The hotkeys of an overlay on this desktop; here one that has no keyboard to ask."""

import msgspec
import pytest
from PyQt6.QtCore import QRect

from desktop_client.hotkeys.keyboard import NO_WAY, WAYLAND, NoKeyboard, open_keyboard
from desktop_client.hotkeys.start import start
from desktop_client.hotkeys.triggers import parse
from desktop_client.overlay.hotkeys import Hotkeys
from desktop_client.overlay.overlay import Overlay


@pytest.fixture
def overlay(qapp):
    made = Overlay(area=QRect(0, 0, 1920, 1080))
    yield made
    made.close()


async def test_they_follow_the_settings(overlay):
    service = start(overlay, lambda: None)
    assert len(service.problems()) == 4
    only = Hotkeys(hide="F9", edit="", next_profile="", map_view="")
    overlay.change(msgspec.structs.replace(overlay.settings, hotkeys=only))
    assert service.problems() == (f"F9 for hiding the overlay: {NO_WAY}.",)
    service.stop()


@pytest.mark.parametrize(("platform", "why"), [("wayland", WAYLAND), ("cocoa", NO_WAY), ("offscreen", NO_WAY)])
def test_a_desktop_without_keys_for_programs_says_so(platform, why):
    keyboard = open_keyboard(platform, print, lambda *_: print, print)
    assert keyboard.bind([parse("F9")]) == {parse("F9"): why}
    keyboard.close()


def test_an_x11_desktop_whose_server_is_gone_says_so(monkeypatch):
    monkeypatch.setenv("DISPLAY", ":4711")
    keyboard = open_keyboard("xcb", print, lambda *_: print, print)
    assert isinstance(keyboard, NoKeyboard)
    (why,) = keyboard.bind([parse("F9")]).values()
    assert why in ("the X11 server does not answer", "libxcb is not installed")
