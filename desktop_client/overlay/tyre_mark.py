"""A tyre as tables show it: the compound's letter in a ring, and the laps on it beside."""

from __future__ import annotations

from typing import Final

from PyQt6.QtCore import QPointF, Qt
from PyQt6.QtGui import QColor, QPainter, QPen

from desktop_client.overlay import theme
from desktop_client.overlay.canvas import Canvas
from desktop_client.overlay.lettering import Align, middle_baseline

RADIUS: Final = 8.5
TO_RIGHT: Final = 34.0  # from the middle of the ring to the right edge of the figures


def paint_tyre(canvas: Canvas, right: float, middle: float, tyre: str, laps: int | None, ink: QColor) -> None:
    """A mark that ends at `right`, around the height of `middle`; what is not known leaves its place empty."""
    baseline = middle_baseline(middle - RADIUS, 2 * RADIUS, theme.CAPTION_STRONG)
    if laps is not None:
        canvas.figures(right, baseline, str(laps), theme.CAPTION, canvas.palette.text_dim)
    if not tyre:
        return
    centre = QPointF(right - TO_RIGHT, middle)

    def draw(painter: QPainter) -> None:
        painter.setPen(QPen(ink, 1.5))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(QPointF(0, 0), RADIUS, RADIUS)

    canvas.stamp(centre, RADIUS + 2, ("tyre ring", ink.rgba()), draw)
    canvas.text(centre.x(), baseline, tyre[:2], theme.CAPTION_STRONG, ink, Align.CENTRE)
