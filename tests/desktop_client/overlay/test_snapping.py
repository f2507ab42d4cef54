"""Where a dragged widget comes to rest."""

from hypothesis import given
from hypothesis import strategies as st
from PyQt6.QtCore import QPoint, QRect, QSize

from desktop_client.overlay.snapping import GUTTER, Align, Grip, aligned, grip_at, moved, resized

SCREEN = QRect(0, 0, 1920, 1080)
PANEL = QRect(400, 400, 300, 200)
rects = st.builds(QRect, st.integers(0, 1500), st.integers(0, 800), st.integers(30, 400), st.integers(30, 250))
shifts = st.builds(QPoint, st.integers(-3000, 3000), st.integers(-3000, 3000))
grips = st.sampled_from([Grip.LEFT, Grip.RIGHT, Grip.TOP, Grip.BOTTOM, Grip.LEFT | Grip.TOP, Grip.RIGHT | Grip.BOTTOM])


@given(rects, shifts, st.lists(rects, max_size=4))
def test_wherever_a_widget_is_dragged_it_stays_whole_on_the_screen(rect, by, others):
    to = moved(rect, by, others, SCREEN, 8)
    assert SCREEN.contains(to)
    assert to.size() == rect.size()


@given(rects, grips, shifts)
def test_however_a_widget_is_resized_it_stays_whole_on_the_screen(rect, grip, by):
    to = resized(rect, grip, by, SCREEN)
    assert SCREEN.contains(to)
    assert min(to.width(), to.height()) >= 24


def test_an_edge_of_the_screen_pulls():
    assert moved(PANEL, QPoint(-394, 0), [], SCREEN, 8).x() == 0
    assert moved(PANEL, QPoint(0, 475), [], SCREEN, 8).bottom() == SCREEN.bottom()


def test_the_middle_of_the_screen_pulls():
    assert moved(PANEL, QPoint(405, 0), [], SCREEN, 8).center().x() in (959, 960)


def test_a_neighbour_pulls_to_its_edge_and_to_a_gutter_beside_it():
    neighbour = QRect(800, 100, 200, 200)
    assert moved(PANEL, QPoint(395, 0), [neighbour], SCREEN, 8).x() == 800
    beside = moved(PANEL, QPoint(96, -300), [neighbour], SCREEN, 8)
    assert (neighbour.left() - beside.right() - 1, beside.top()) == (GUTTER, 100)


def test_away_from_everything_the_grid_holds():
    assert moved(PANEL, QPoint(101, 53), [], SCREEN, 8).topLeft() == QPoint(504, 456)


def test_a_corner_keeps_the_proportions_and_the_other_corner():
    to = resized(PANEL, Grip.LEFT | Grip.TOP, QPoint(-150, -10), SCREEN)
    assert to.size() == QSize(450, 300)
    assert to.bottomRight() == PANEL.bottomRight()


def test_a_side_changes_one_length_only():
    assert resized(PANEL, Grip.RIGHT, QPoint(60, 999), SCREEN).size() == QSize(360, 200)
    assert resized(PANEL, Grip.BOTTOM, QPoint(999, 40), SCREEN).size() == QSize(300, 240)


def test_the_edge_of_a_window_is_a_grip_and_its_inside_is_none():
    size = QSize(300, 200)
    assert grip_at(QPoint(3, 100), size) == Grip.LEFT
    assert grip_at(QPoint(297, 197), size) == Grip.RIGHT | Grip.BOTTOM
    assert grip_at(QPoint(150, 100), size) == Grip.NONE


def test_aligning_brings_all_on_the_line_of_the_first():
    first, second = QRect(10, 20, 100, 50), QRect(300, 400, 60, 30)
    lines = {
        Align.LEFT: QPoint(10, 400),
        Align.RIGHT: QPoint(50, 400),
        Align.CENTRE: QPoint(30, 400),
        Align.TOP: QPoint(300, 20),
        Align.BOTTOM: QPoint(300, 40),
        Align.MIDDLE: QPoint(300, 30),
    }
    for how, corner in lines.items():
        assert aligned([first, second], how) == [first, QRect(corner, second.size())]
    assert aligned([], Align.LEFT) == []
