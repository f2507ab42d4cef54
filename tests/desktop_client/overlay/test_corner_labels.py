"""The numbers and names of corners."""

import numpy as np
import pytest
from PyQt6.QtCore import QPointF, QRectF
from PyQt6.QtGui import QImage, QPainter

from desktop_client.overlay.canvas import Canvas, Room
from desktop_client.overlay.corner_labels import CLEAR, labels, paint_moving, paint_spread
from desktop_client.overlay.example_circuit import circuit
from desktop_client.overlay.fit import Projection, whole
from desktop_client.overlay.lettering import Lettering
from desktop_client.overlay.stamps import Stamps
from desktop_client.race.track_shape import ring


@pytest.fixture
def written(qapp, monkeypatch):
    """Calls a painting function with a canvas, and gives each text with the middle of where it was written."""

    def paint(draw) -> dict[str, tuple[float, float]]:
        found = {}

        def spy(self, x, baseline, text, *rest, **more):
            found[text] = (x, baseline)
            return 0.0

        monkeypatch.setattr(Canvas, "text", spy)
        image = QImage(300, 300, QImage.Format.Format_ARGB32_Premultiplied)
        with QPainter(image) as painter:
            draw(Canvas(painter, Lettering(), Stamps(), Room(300, 300, 1.0)))
        return found

    return paint


def test_labels_are_numbers_or_names_and_a_ring_has_none():
    shape = circuit()
    assert [label.title for label in labels(shape, names=False)] == [str(corner.number) for corner in shape.corners]
    assert labels(shape, names=True)[0].title == "T1"
    assert labels(ring(5000.0), names=True) == ()


def test_outwards_is_away_from_the_middle_of_the_bend():
    shape = circuit()
    for label, corner in zip(labels(shape, names=False), shape.corners, strict=True):
        (before_x, after_x), (before_y, after_y) = shape.place(np.array([corner.apex_m - 40, corner.apex_m + 40]))
        chord = np.array([(before_x + after_x) / 2 - label.at[0], (before_y + after_y) / 2 - label.at[1]])
        assert float(chord @ np.array(label.outwards)) < 0
        assert float(np.hypot(*label.outwards)) == pytest.approx(1.0, abs=0.01)


def test_a_moving_label_keeps_its_distance_from_the_line_however_the_map_is_turned(written):
    shape = circuit()
    (label, *_) = labels(shape, names=False)
    for turn in (0.0, 50.0, 200.0):
        through = Projection(turn, 0.4, label.at, QPointF(150, 150))
        found = written(lambda canvas, through=through: paint_moving(canvas, labels(shape, names=False), through))
        x, y = found[label.title]
        assert CLEAR < np.hypot(x - 150, y - 4 - 150) < CLEAR + 20


def test_labels_out_of_sight_are_not_written(written):
    shape = circuit()
    far = Projection(0.0, 0.4, (90_000.0, 0.0), QPointF(150, 150))
    assert written(lambda canvas: paint_moving(canvas, labels(shape, names=True), far)) == {}


def test_labels_that_stay_are_spread_so_that_nothing_is_covered(written):
    shape = circuit()
    through = whole(np.stack((shape.x, shape.y)), QRectF(34, 34, 232, 232))
    found = written(lambda canvas: paint_spread(canvas, labels(shape, names=False), shape, through))
    assert len(found) >= len(shape.corners) - 3
    line = through.points(np.stack((shape.x, shape.y)))
    for x, baseline in found.values():
        assert float(np.hypot(line[0] - x, line[1] - baseline + 4).min()) > CLEAR
