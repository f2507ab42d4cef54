"""What several widgets share: the head, a bar, and the figure that matters."""

import pytest
from drawn_widgets import brightness, ink
from PyQt6.QtCore import QSizeF, Qt
from PyQt6.QtGui import QImage, QPainter

from desktop_client.overlay.canvas import Canvas, Room
from desktop_client.overlay.heading import HEAD, bar, heading, hero
from desktop_client.overlay.lettering import Align, Lettering
from desktop_client.overlay.palette import DARK
from desktop_client.overlay.stamps import Stamps


@pytest.fixture
def painted(qapp):
    def paint(draw) -> QImage:
        image = QImage(200, 100, QImage.Format.Format_ARGB32_Premultiplied)
        image.fill(Qt.GlobalColor.black)
        with QPainter(image) as painter:
            room = Room.of(QSizeF(200, 100), QSizeF(200, 100))
            draw(Canvas(painter, Lettering(), Stamps(), room))
        return image

    return paint


def test_the_title_stands_in_the_head(painted):
    image = painted(lambda canvas: heading(canvas, "Fuel"))
    bright = brightness(image) > 60
    assert bright[: int(HEAD)].any()
    assert not bright[int(HEAD) :].any()


@pytest.mark.parametrize(("share", "lit"), [(-1.0, 0), (0.0, 0), (0.5, 50), (1.0, 100), (7.0, 100)])
def test_a_bar_never_leaves_its_groove(painted, share, lit):
    image = painted(lambda canvas: bar(canvas, 20, 40, 100, 10, share, DARK.text))
    middle = brightness(image)[45] > 128
    assert int(middle.sum()) == pytest.approx(lit, abs=2)
    assert not middle[:19].any()
    assert not middle[121:].any()


@pytest.mark.parametrize(("align", "x"), [(Align.LEFT, 10), (Align.CENTRE, 100), (Align.RIGHT, 190)])
def test_the_figure_stands_with_its_unit_where_it_is_put(painted, align, x):
    image = painted(lambda canvas: hero(canvas, x, 60, "108", "L", DARK.text, align))
    columns = (brightness(image) > 60).any(axis=0).nonzero()[0]
    middle = {Align.LEFT: columns.min(), Align.CENTRE: (columns.min() + columns.max()) / 2, Align.RIGHT: columns.max()}
    assert middle[align] == pytest.approx(x, abs=4)
    assert ink(image) > ink(painted(lambda canvas: hero(canvas, x, 60, "108", "", DARK.text, align)))
