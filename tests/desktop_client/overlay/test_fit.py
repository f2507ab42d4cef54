"""From metres to pixels."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PyQt6.QtCore import QPointF, QRectF

from desktop_client.overlay.fit import Projection, around, whole

ROOM = QRectF(20, 30, 300, 200)
degrees = st.floats(-720, 720)
metres = st.floats(-1e5, 1e5)


@given(degrees, st.lists(st.tuples(metres, metres), min_size=1, max_size=20))
def test_the_whole_lies_in_the_room_however_it_is_turned(turn, places):
    points = np.array(places).T
    x, y = whole(points, ROOM, turn).points(points)
    assert (x >= ROOM.left() - 0.01).all()
    assert (x <= ROOM.right() + 0.01).all()
    assert (y >= ROOM.top() - 0.01).all()
    assert (y <= ROOM.bottom() + 0.01).all()


@given(degrees, st.floats(0.01, 10), metres, metres, metres, metres)
def test_one_point_and_many_are_put_at_the_same_place(turn, scale, x, y, ground_x, ground_y):
    through = Projection(turn, scale, (ground_x, ground_y), QPointF(5, 7))
    (many_x,), (many_y,) = through.points(np.array([[x], [y]]))
    one = through.point(x, y)
    assert one.x() == pytest.approx(many_x, abs=1e-3)
    assert one.y() == pytest.approx(many_y, abs=1e-3)


@pytest.mark.parametrize("heading", [0.0, 90.0, -135.0, 30.0])
def test_what_lies_ahead_is_above_and_what_lies_left_is_left(heading):
    through = around((100.0, 50.0), heading, QPointF(150, 200), 0.5)
    angle = np.radians(heading)
    own = through.point(100.0, 50.0)
    ahead = through.point(100.0 + 40 * np.cos(angle), 50.0 + 40 * np.sin(angle))
    left = through.point(100.0 - 40 * np.sin(angle), 50.0 + 40 * np.cos(angle))
    assert (own.x(), own.y()) == pytest.approx((150, 200))
    assert (ahead.x(), ahead.y()) == pytest.approx((150, 180))
    assert (left.x(), left.y()) == pytest.approx((130, 200))


def test_with_north_up_the_map_is_not_turned():
    through = around((0.0, 0.0), None, QPointF(0, 0), 1.0)
    assert through.point(3.0, 4.0) == QPointF(3.0, -4.0)


def test_the_first_metres_of_an_unknown_circuit_are_not_blown_up_and_no_point_at_all_is_no_error():
    assert whole(np.array([[0.0, 1.0], [0.0, 0.0]]), ROOM).scale == 1.0
    assert whole(np.zeros((2, 0)), ROOM).scale == 1.0
