"""The layouts that come with the product."""

import pytest
from PyQt6.QtCore import QRect

from desktop_client.overlay.layout import MARGIN, rectangle
from desktop_client.overlay.presets import LAYOUTS, natural_size
from desktop_client.overlay.widgets import WIDGETS

HD = QRect(0, 0, 1920, 1080)


def rectangles(name: str, screen: QRect) -> dict[str, QRect]:
    return {key: rectangle(place, natural_size(key), screen) for key, place in LAYOUTS[name].items() if place.shown}


@pytest.mark.parametrize("name", LAYOUTS)
def test_every_preset_knows_every_widget_and_shows_some(name):
    assert set(LAYOUTS[name]) == set(WIDGETS)
    assert len(rectangles(name, HD)) >= 4


@pytest.mark.parametrize("name", LAYOUTS)
@pytest.mark.parametrize("screen", [(1280, 720), (1920, 1080), (2560, 1080), (3440, 1440), (3840, 2160)])
def test_a_preset_leaves_the_middle_free_and_nothing_overlaps(name, screen):
    width, height = screen
    places = list(rectangles(name, QRect(0, 0, width, height)).values())
    middle = QRect(int(width * 0.31), int(height * 0.325), int(width * 0.38), int(height * 0.25))
    for index, place in enumerate(places):
        assert not place.intersects(middle)
        assert not any(place.intersects(other) for other in places[index + 1 :])


@pytest.mark.parametrize("name", LAYOUTS)
def test_what_stands_at_an_edge_stands_on_one_line(name):
    places = rectangles(name, HD).values()
    assert min(place.left() for place in places) == MARGIN
    assert max(place.right() for place in places) + 1 == 1920 - MARGIN
    assert max(place.bottom() for place in places) + 1 == 1080 - MARGIN


def test_every_widget_is_shown_by_some_preset():
    assert {key for name in LAYOUTS for key in rectangles(name, HD)} == set(WIDGETS)
