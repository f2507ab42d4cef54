"""A circuit as lines that are built once."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QImage, QPainter

from desktop_client.overlay.circuit import Drawing, flag_colour, layers, line_colour, reaching
from desktop_client.overlay.example_circuit import circuit, example
from desktop_client.overlay.fit import Projection, whole
from desktop_client.overlay.palette import DARK
from desktop_client.race.track_map import Caution
from desktop_client.telemetry.frame import Flag

ROOM = QRectF(0, 0, 300, 300)


def built(scale=0.3, **choices):
    return layers(example(follow=False), circuit(), DARK, scale, **{"sectors": True, "pit_lane": True, **choices})


def painted(drawing, through, room=None):
    image = QImage(300, 300, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    with QPainter(image) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        drawing.paint(painter, through, room)
    bits = image.constBits()
    bits.setsize(image.sizeInBytes())
    return np.frombuffer(bits, np.uint8).reshape(300, 300, 4).copy()


def test_every_part_is_a_layer_and_what_is_not_wanted_is_none():
    everything = len(built())
    assert everything == 1 + 1 + 1 + 1 + 2 + 1  # pit lane, line, a sector, a flag, two sectors' ticks, the start
    assert len(built(pit_lane=False)) == everything - 1
    assert len(built(sectors=False)) == everything - 3


@pytest.mark.parametrize("turn", [0.0, 70.0])
@pytest.mark.parametrize("scale", [0.2, 0.8, 2.0])
def test_what_is_cut_to_a_room_looks_the_same_inside_of_it(qapp, turn, scale):
    x, y = circuit().place(np.array([1500.0]))
    through = Projection(turn, scale, (float(x[0]), float(y[0])), QPointF(150, 150))
    drawing = Drawing(built(scale))
    whole_line = painted(drawing, through)
    cut = painted(drawing, through, ROOM.adjusted(-10, -10, 10, 10))
    assert whole_line[:, :, :3].max() > 200
    bright = whole_line[:, :, :3].max(axis=2) > 160  # the line; casings have harder edges when they are cut
    assert np.abs(whole_line.astype(int) - cut)[bright].max() <= 60


def test_the_whole_circuit_is_closed(qapp):
    shape = circuit()
    points = np.stack((shape.x, shape.y))
    through = whole(points, ROOM.adjusted(20, 20, -20, -20))
    pixels = painted(Drawing(built(through.scale, sectors=False)), through)
    on_line = through.points(points[:, ::5]).round().astype(int)
    is_line = pixels[on_line[1], on_line[0], :3].max(axis=1) > 90
    assert is_line[2:-2].all()  # the start itself has a bar with a dark edge


def test_a_pit_lane_is_pushed_off_the_line_where_the_map_is_small():
    shape, scale = circuit(), 0.1
    lane = built(scale)[0].ground
    line_x, line_y = shape.place(shape.pit.places_m(shape.length_m))
    away = np.hypot(lane[0] - line_x, lane[1] - line_y) * scale
    assert away[0] == pytest.approx(0.0, abs=0.01)
    assert away[5:-5].min() > 8.0


@given(st.lists(st.booleans(), max_size=40))
def test_pieces_hold_all_that_is_seen_and_one_point_more_at_each_end(seen):
    pieces = reaching(seen, 0, len(seen))
    shown = [index for first, last in pieces for index in range(first, last)]
    assert len(shown) == len(set(shown))
    assert len(seen) < 2 or {index for index, is_seen in enumerate(seen) if is_seen} <= set(shown)
    for first, last in pieces:
        assert last - first >= 2
        assert first == 0 or not seen[first]
        assert last == len(seen) or not seen[last - 1]


def test_a_line_is_looked_at_from_its_own_start_to_its_own_end():
    assert reaching([True, True, True, False, False], 3, 5) == []
    assert reaching([False, False, False, True, False], 2, 5) == [(2, 5)]


def test_cautions_and_flags_have_the_colours_of_their_meaning():
    assert line_colour(DARK, Caution.NONE) == DARK.track
    assert line_colour(DARK, Caution.VIRTUAL) == DARK.warning
    assert line_colour(DARK, Caution.RED) == DARK.lost
    assert flag_colour(DARK, Flag.RED) == DARK.lost
    assert flag_colour(DARK, Flag.DOUBLE_YELLOW) == DARK.warning
