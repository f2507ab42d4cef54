"""A word over the game for a moment."""

import pytest
from PyQt6.QtCore import QRect, Qt

from desktop_client.overlay.banner import Banner
from desktop_client.overlay.palette import DARK


@pytest.fixture
def banner(qtbot):
    made = Banner()
    qtbot.addWidget(made)
    return made


def test_it_stands_in_the_middle_of_its_screen_and_goes_by_itself(banner, qtbot):
    screen = QRect(1920, 0, 2560, 1440)
    banner.say("Endurance", screen, DARK)
    assert banner.isVisible()
    assert abs(banner.geometry().center().x() - screen.center().x()) <= 1
    assert screen.contains(banner.geometry())
    qtbot.waitUntil(lambda: not banner.isVisible())


def test_no_click_and_no_key_reaches_it(banner):
    assert banner.windowFlags() & Qt.WindowType.WindowTransparentForInput
    assert banner.windowFlags() & Qt.WindowType.WindowDoesNotAcceptFocus
    assert banner.testAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)


def test_a_longer_name_has_more_room_but_not_the_whole_screen(banner):
    screen = QRect(0, 0, 1920, 1080)
    banner.say("Race", screen, DARK)
    short = banner.width()
    banner.say("Race at Spa", screen, DARK)
    assert banner.width() > short
    banner.say("Nürburgring " * 20, screen, DARK)
    assert banner.width() <= 480


def test_the_words_are_painted(banner):
    screen = QRect(0, 0, 1920, 1080)
    banner.say("IIII", screen, DARK)
    one = banner.grab().toImage()
    banner.say("OOOO", QRect(0, 0, 1920, 1080), DARK)
    assert one != banner.grab().toImage()
