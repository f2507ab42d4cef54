"""Where the widgets stand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PyQt6.QtCore import QRect, QSizeF

from desktop_client.overlay.layout import MARGIN, Placement, placement_of, rectangle
from desktop_client.overlay.widgets import DEFAULT_LAYOUT, WIDGETS

SCREEN = QRect(0, 0, 1920, 1080)
DASH = QSizeF(640, 144)
anything = st.floats(allow_nan=True, allow_infinity=True)
screens = st.builds(
    QRect, st.integers(-8000, 8000), st.integers(-8000, 8000), st.integers(64, 7680), st.integers(64, 4320)
)


def default_rectangles(screen: QRect) -> dict[str, QRect]:
    from desktop_client.overlay.profiles import WidgetSettings

    chosen = WidgetSettings()
    return {
        key: rectangle(DEFAULT_LAYOUT[key], widget(getattr(chosen, key)).natural_size, screen)
        for key, widget in WIDGETS.items()
    }


@given(anything, anything, anything, screens)
def test_a_widget_is_always_whole_on_the_screen(x, y, scale, screen):
    assert screen.contains(rectangle(Placement(x=x, y=y, scale=scale), DASH, screen))


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0.5, 2.5))
def test_a_window_that_was_moved_comes_back_to_where_it_was(x, y, scale):
    window = rectangle(Placement(x=x, y=y, scale=scale), DASH, SCREEN)
    again = rectangle(placement_of(window, DASH, SCREEN, None), DASH, SCREEN)
    assert abs(again.x() - window.x()) <= 1
    assert abs(again.y() - window.y()) <= 1
    assert abs(again.width() - window.width()) <= 1


def test_a_placement_keeps_its_share_on_another_screen():
    place = Placement(x=1.0, y=1.0)
    assert rectangle(place, DASH, SCREEN).bottomRight() == SCREEN.bottomRight()
    other = QRect(1920, -200, 3840, 2160)
    assert rectangle(place, DASH, other).bottomRight() == other.bottomRight()
    assert rectangle(place, DASH, other).width() == 1280


def test_the_default_layout_stands_on_one_line_apart_from_each_other():
    places = default_rectangles(SCREEN)
    assert {place.bottom() + 1 for place in places.values()} == {1080 - MARGIN}
    assert places["relative"].left() == MARGIN
    assert places["track_map"].right() + 1 == 1920 - MARGIN
    assert places["dash"].center().x() == pytest.approx(960, abs=1)


@pytest.mark.parametrize("screen", [(1280, 720), (1920, 1080), (2560, 1080), (3440, 1440), (3840, 2160), (1280, 1024)])
def test_the_default_layout_leaves_the_middle_free_and_nothing_overlaps(screen):
    width, height = screen
    places = list(default_rectangles(QRect(0, 0, width, height)).values())
    middle = QRect(int(width * 0.3), int(height * 0.325), int(width * 0.4), int(height * 0.35))
    for index, place in enumerate(places):
        assert not place.intersects(middle)
        assert not any(place.intersects(other) for other in places[index + 1 :])
