"""Labels that cover nothing."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PyQt6.QtCore import QRectF

from desktop_client.overlay.callouts import Callout, placed

ROOM = QRectF(0, 0, 300, 300)
LINE = np.stack((np.linspace(20, 280, 200), np.full(200, 150.0)))


def label(x, away=(0.0, -1.0), width=30.0):
    return Callout(x, 150.0, away, width, 12.0)


def test_a_label_stands_where_it_would_rather_be_just_clear_of_the_line():
    (box,) = placed([label(150.0)], LINE, 16.0, ROOM)
    assert box.center().x() == pytest.approx(150.0)
    assert 16.0 <= 150.0 - box.bottom() < 20.0


def test_a_second_label_gives_way_to_the_first():
    first, second = placed([label(150.0), label(152.0)], LINE, 16.0, ROOM)
    assert not first.intersects(second)


def test_without_room_on_its_side_a_label_goes_to_the_other_one():
    near_the_top = np.stack((LINE[0], np.full(200, 15.0)))
    (box,) = placed([Callout(150.0, 15.0, (0.0, -1.0), 30.0, 12.0)], near_the_top, 16.0, ROOM)
    assert box.top() > 15.0


def test_where_there_is_no_room_at_all_there_is_no_label():
    assert placed([label(150.0)], LINE, 16.0, QRectF(100, 140, 100, 20)) == [None]
    crowd = placed([label(150.0)] * 40, LINE, 16.0, ROOM)
    assert crowd[0] is not None
    assert crowd[-1] is None


spot = st.floats(0, 300)
widths = st.floats(4, 90)
turns = st.floats(0, 2 * np.pi)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(spot, turns, widths), max_size=12), st.floats(5, 25))
def test_no_label_covers_the_line_another_label_or_the_edge(wanted, clear):
    callouts = [label(x, (float(np.cos(turn)), float(np.sin(turn))), width) for x, turn, width in wanted]
    boxes = [box for box in placed(callouts, LINE, clear, ROOM) if box is not None]
    for index, box in enumerate(boxes):
        assert ROOM.contains(box)
        across = np.maximum(np.abs(LINE[0] - box.center().x()) - box.width() / 2, 0)
        down = np.maximum(np.abs(LINE[1] - box.center().y()) - box.height() / 2, 0)
        assert np.hypot(across, down).min() >= clear
        assert not any(box.intersects(other) for other in boxes[index + 1 :])
