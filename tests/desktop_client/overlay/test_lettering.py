"""Text: digits that do not move, names that end in an ellipsis."""

import numpy as np
import pytest
from PyQt6.QtCore import QPointF, Qt
from PyQt6.QtGui import QColor, QImage, QPainter

from desktop_client.overlay import theme
from desktop_client.overlay.lettering import DASH, MINUS, Align, Lettering, figure_width, measured
from desktop_client.overlay.wording import gap_text, lap_text

INK = QColor(243, 246, 248)


def ink(draw) -> np.ndarray:
    """Which columns of a 200 x 40 picture have ink after `draw(painter)`."""
    image = QImage(200, 40, QImage.Format.Format_Grayscale8)
    image.fill(Qt.GlobalColor.black)
    with QPainter(image) as painter:
        draw(painter)
    bits = image.constBits()
    bits.setsize(image.sizeInBytes())
    pixels = np.frombuffer(bits, dtype=np.uint8).reshape(40, image.bytesPerLine())[:, :200]
    return pixels.max(axis=0) > 40


def figures(text: str, style=theme.BODY) -> np.ndarray:
    return ink(lambda painter: Lettering().figures(painter, QPointF(150, 30), text, style, INK))


@pytest.mark.parametrize("style", [theme.CAPTION, theme.BODY, theme.BODY_STRONG, theme.HERO])
def test_a_changing_digit_moves_no_other(qapp, style):
    cell = round(figure_width(style))
    reference = figures("+8.8", style)
    for digit in "0123456789":
        changed = figures(f"+8.{digit}", style)
        left = 150 - cell - 1
        assert (changed[:left] == reference[:left]).all()


def test_a_plus_and_a_true_minus_take_one_cell(qapp):
    lettering = Lettering()
    assert lettering.figures_width("+1.2", theme.BODY) == lettering.figures_width(f"{MINUS}7.9", theme.BODY)


def test_a_name_too_wide_ends_in_an_ellipsis_inside_its_room(qapp):
    lettering = Lettering()
    name = "M. Wolfeschlegelsteinhausenbergerdorff"
    image = QImage(200, 40, QImage.Format.Format_ARGB32)
    with QPainter(image) as painter:
        width = lettering.text(painter, QPointF(0, 30), name, theme.BODY, INK, room=120)
    assert 80 < width <= 120
    _, metrics = measured(theme.BODY)
    assert metrics.horizontalAdvance(name) > 120
    ((shaped, _),) = lettering._texts.values()
    rightmost = max(run.glyphIndexes()[-1] for run in shaped)
    assert rightmost == shaped[-1].rawFont().glyphIndexesForString("\u2026")[0]


@pytest.mark.parametrize("align", list(Align))
def test_text_stands_on_the_side_it_is_aligned_to(qapp, align):
    columns = np.flatnonzero(
        ink(lambda painter: Lettering().text(painter, QPointF(100, 30), "HH", theme.BODY, INK, align))
    )
    middle = (columns[0] + columns[-1]) / 2
    assert {Align.LEFT: middle > 104, Align.CENTRE: 98 <= middle <= 102, Align.RIGHT: middle < 96}[align]


@pytest.mark.parametrize(
    ("gap", "text"), [(1.7, "+1.7"), (-0.3, f"{MINUS}0.3"), (0.0, "+0.0"), (None, DASH), (1e12, "+9999.9")]
)
def test_gaps_have_a_sign_and_one_decimal(gap, text):
    assert gap_text(gap) == text


@pytest.mark.parametrize(
    ("seconds", "decimals", "text"),
    [
        (94.354, 3, "1:34.354"),
        (58.1, 1, "0:58.1"),
        (59.9996, 3, "1:00.000"),
        (0.0, 1, "0:00.0"),
        (None, 3, DASH),
        (3599.999, 3, "59:59.999"),
    ],
)
def test_lap_times_have_a_point_before_the_thousandths(seconds, decimals, text):
    assert lap_text(seconds, decimals) == text
