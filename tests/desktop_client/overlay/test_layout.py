"""Where the widgets stand."""

from hypothesis import given
from hypothesis import strategies as st
from PyQt6.QtCore import QRect, QSizeF

from desktop_client.overlay.layout import Placement, placement_of, rectangle

SCREEN = QRect(0, 0, 1920, 1080)
DASH = QSizeF(640, 144)
anything = st.floats(allow_nan=True, allow_infinity=True)
screens = st.builds(
    QRect, st.integers(-8000, 8000), st.integers(-8000, 8000), st.integers(64, 7680), st.integers(64, 4320)
)


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
