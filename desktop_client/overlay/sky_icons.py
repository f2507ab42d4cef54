"""The sky as a small drawing: sun, clouds, rain, thunder."""

from __future__ import annotations

import functools
import math

from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QPainter, QPainterPath, QPen, QPolygonF

from desktop_client.overlay.canvas import Canvas
from desktop_client.overlay.palette import Palette
from desktop_client.telemetry.frame import Sky

HALF = 12.0
RAYS = 8
BOLT = ((1.5, 2.0), (-2.5, 7.0), (0.0, 7.0), (-1.5, 11.0), (3.0, 5.5), (0.5, 5.5))
DROPS = {Sky.LIGHT_RAIN: (0.0,), Sky.RAIN: (-4.0, 0.0, 4.0), Sky.STORM: (-4.5, 4.5)}


def paint_sky(canvas: Canvas, middle: QPointF, sky: Sky) -> None:
    """Draw a sky around its middle, `HALF` to each side."""
    palette = canvas.palette
    canvas.stamp(middle, HALF, ("sky", sky), functools.partial(_draw, palette=palette, sky=sky))


def _draw(painter: QPainter, palette: Palette, sky: Sky) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    if sky is Sky.CLEAR:
        _sun(painter, palette, QPointF(0, 0), 4.6)
        return
    if sky is Sky.LIGHT_CLOUD:
        _sun(painter, palette, QPointF(4, -3.5), 3.6)
    _cloud(painter, palette, lift=0.0 if sky in (Sky.LIGHT_CLOUD, Sky.OVERCAST) else -3.0)
    painter.setPen(QPen(palette.rain, 2, cap=Qt.PenCapStyle.RoundCap))
    for x in DROPS.get(sky, ()):
        painter.drawLine(QPointF(x + 1, 5.5), QPointF(x - 1, 9.5))
    if sky is Sky.STORM:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(palette.warning)
        painter.drawPolygon(QPolygonF([QPointF(*point) for point in BOLT]))


def _sun(painter: QPainter, palette: Palette, at: QPointF, radius: float) -> None:
    painter.setBrush(palette.warning)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.drawEllipse(at, radius, radius)
    painter.setPen(QPen(palette.warning, 1.6, cap=Qt.PenCapStyle.RoundCap))
    for ray in range(RAYS):
        way = QPointF(math.cos(ray * math.tau / RAYS), math.sin(ray * math.tau / RAYS))
        painter.drawLine(at + way * (radius + 2.2), at + way * (radius + 4.2))
    painter.setPen(Qt.PenStyle.NoPen)


def _cloud(painter: QPainter, palette: Palette, lift: float) -> None:
    cloud = QPainterPath()
    cloud.setFillRule(Qt.FillRule.WindingFill)
    cloud.addEllipse(QPointF(-4.2, 2.2 + lift), 4.2, 4.2)
    cloud.addEllipse(QPointF(0.8, -0.6 + lift), 5.4, 5.4)
    cloud.addEllipse(QPointF(5.4, 2.6 + lift), 3.8, 3.8)
    cloud.addRect(QRectF(-4.2, 2.0 + lift, 9.6, 4.4))
    painter.setBrush(palette.text_soft)
    painter.drawPath(cloud)
