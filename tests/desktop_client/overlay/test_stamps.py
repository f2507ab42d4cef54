"""Shapes that are drawn once."""

import pytest
from PyQt6.QtCore import QPointF, Qt
from PyQt6.QtGui import QColor, QImage, QPainter

from desktop_client.overlay.stamps import KEPT_STAMPS, Stamps


@pytest.fixture
def canvas(qapp):
    image = QImage(40, 40, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.black)
    return image


def test_a_shape_is_drawn_once_per_key_and_scale(canvas):
    stamps, drawn = Stamps(), []
    with QPainter(canvas) as painter:
        for _ in range(5):
            stamps.put(painter, QPointF(10, 10), 4, "dot", drawn.append)
        painter.scale(2, 2)
        stamps.put(painter, QPointF(10, 10), 4, "dot", drawn.append)
        stamps.put(painter, QPointF(10, 10), 4, "other", drawn.append)
    assert len(drawn) == 3


def test_a_stamp_stands_where_it_was_asked_for(canvas):
    def fill(painter: QPainter) -> None:
        painter.fillRect(-2, -2, 4, 4, QColor("white"))

    with QPainter(canvas) as painter:
        Stamps().put(painter, QPointF(20, 10), 4, "dot", fill)
    white = {(x, y) for x in range(40) for y in range(40) if canvas.pixelColor(x, y).lightness() > 200}
    assert white == {(x, y) for x in range(18, 22) for y in range(8, 12)}


def test_there_are_never_too_many_stamps(canvas):
    stamps = Stamps()
    with QPainter(canvas) as painter:
        for index in range(3 * KEPT_STAMPS):
            stamps.put(painter, QPointF(10, 10), 4, index, lambda painter: None)
    assert len(stamps) == KEPT_STAMPS


def test_many_shapes_of_one_size_are_drawn_once_per_look_each_at_its_place(canvas):
    drawn = []

    def drawing(colour):
        def draw(painter: QPainter) -> None:
            drawn.append(colour)
            painter.fillRect(-2, -2, 4, 4, QColor(colour))

        return draw

    with QPainter(canvas) as painter:
        stamps = Stamps()
        for _ in range(3):
            stamps.scatter(painter, 4, [(10, 10, "red"), (30, 10, "red"), (20, 30, "blue")], drawing)
    assert drawn == ["red", "blue"]
    places = ((10, 10), (29, 9), (20, 30), (20, 20))
    assert [canvas.pixelColor(*place).name() for place in places] == ["#ff0000", "#ff0000", "#0000ff", "#000000"]
