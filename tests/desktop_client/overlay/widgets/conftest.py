"""Painting a widget somewhere on a bigger sheet, so that whatever leaves it is seen."""

from __future__ import annotations

import pytest
from PyQt6.QtCore import QSize, Qt
from PyQt6.QtGui import QImage, QPainter

from desktop_client.overlay.window import WidgetWindow

SPARE = 40


@pytest.fixture
def sheet_of(qtbot):
    """Paints a view at a scale, and gives the widget's picture and how many pixels were painted beside it."""

    def paint(widget, view, scale: float = 1.0, palette=None) -> tuple[QImage, int]:
        window = WidgetWindow(widget)
        qtbot.addWidget(window)
        if palette is not None:
            window.wear(palette)
        natural = widget.natural_size
        window.resize(QSize(round(natural.width() * scale), round(natural.height() * scale)))
        window._show(view)
        sheet = QImage(window.size() + QSize(2 * SPARE, 2 * SPARE), QImage.Format.Format_ARGB32_Premultiplied)
        sheet.fill(Qt.GlobalColor.transparent)
        with QPainter(sheet) as painter:
            painter.translate(SPARE, SPARE)
            window.paint_on(painter)
        inside = sheet.copy(SPARE, SPARE, window.width(), window.height())
        return inside, painted_pixels(sheet) - painted_pixels(inside)

    return paint


def painted_pixels(image: QImage) -> int:
    """How many pixels are not wholly transparent."""
    plain = image.convertToFormat(QImage.Format.Format_ARGB32)
    bits = plain.constBits()
    assert bits is not None
    alpha = bytes(bits.asarray(plain.sizeInBytes()))[3::4]
    return len(alpha) - alpha.count(0)
