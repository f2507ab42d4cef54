"""What a widget paints on: a painter in design pixels, with the product's own text, bars and panel."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable

from PyQt6.QtCore import QPointF, QRectF, QSizeF, Qt
from PyQt6.QtGui import QColor, QPainter, QPen, QPolygonF

from desktop_client.overlay import theme
from desktop_client.overlay.lettering import Align, Lettering, middle_baseline
from desktop_client.overlay.stamps import Stamps
from desktop_client.overlay.theme import Style


class Canvas:
    """A painter scaled to design pixels. `width` and `height` are the widget's own, never below its natural size."""

    def __init__(
        self, painter: QPainter, lettering: Lettering, stamps: Stamps, pixels: QSizeF, natural: QSizeF
    ) -> None:
        """`pixels` is the room on the device in its independent pixels, `natural` the widget's design size."""
        self.painter = painter
        self._lettering = lettering
        self._stamps = stamps
        scale = max(0.01, min(pixels.width() / natural.width(), pixels.height() / natural.height()))
        self.width = pixels.width() / scale
        self.height = pixels.height() / scale
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
        painter.scale(scale, scale)

    def panel(self, opaque: bool) -> None:
        """The one surface; without a compositor it is opaque and has square corners."""
        area = QRectF(0, 0, self.width, self.height)
        if opaque:
            self.painter.fillRect(area, theme.SURFACE_OPAQUE)
            return
        self.painter.setPen(QPen(theme.HAIRLINE, 1))
        self.painter.setBrush(theme.SURFACE)
        self.painter.drawRoundedRect(area.adjusted(0.5, 0.5, -0.5, -0.5), theme.RADIUS, theme.RADIUS)

    def text(
        self,
        x: float,
        baseline: float,
        text: str,
        style: Style,
        colour: QColor = theme.TEXT,
        align: Align = Align.LEFT,
        room: float = 0.0,
    ) -> float:
        return self._lettering.text(self.painter, QPointF(x, baseline), text, style, colour, align, room)

    def figures(
        self,
        x: float,
        baseline: float,
        text: str,
        style: Style,
        colour: QColor = theme.TEXT,
        align: Align = Align.RIGHT,
    ) -> float:
        return self._lettering.figures(self.painter, QPointF(x, baseline), text, style, colour, align)

    def figures_width(self, text: str, style: Style) -> float:
        return self._lettering.figures_width(text, style)

    def box(self, x: float, y: float, width: float, height: float, colour: QColor, radius: float = 2.0) -> None:
        """A filled box without an edge."""
        self.painter.setPen(Qt.PenStyle.NoPen)
        self.painter.setBrush(colour)
        self.painter.drawRoundedRect(QRectF(x, y, width, height), radius, radius)

    def chip(self, right: float, middle: float, text: str, colour: QColor, filled: bool = False) -> float:
        """A short word in a small box that ends at `right`; returns the width it took."""
        height = 18.0
        baseline = middle_baseline(middle - height / 2, height, theme.CAPTION_STRONG)
        width = self.figures_width(text, theme.CAPTION_STRONG) + 12
        box = QRectF(right - width, middle - height / 2, width, height).adjusted(0.5, 0.5, -0.5, -0.5)
        self.painter.setPen(QPen(colour, 1))
        self.painter.setBrush(colour if filled else Qt.BrushStyle.NoBrush)
        self.painter.drawRoundedRect(box, 3, 3)
        ink = theme.ON_COLOUR if filled else colour
        self.text(right - width / 2, baseline, text, theme.CAPTION_STRONG, ink, Align.CENTRE)
        return width

    def stamp(self, at: QPointF, half: float, key: Hashable, draw: Callable[[QPainter], None]) -> None:
        """A small shape around `at`, drawn once per key and copied from then on: see `Stamps.put`."""
        self._stamps.put(self.painter, at, half, key, draw)

    def shape(self, points: Iterable[tuple[float, float]], colour: QColor) -> None:
        """A filled polygon without an edge."""
        self.painter.setPen(Qt.PenStyle.NoPen)
        self.painter.setBrush(colour)
        self.painter.drawPolygon(QPolygonF([QPointF(x, y) for x, y in points]))

    def notice(self, title: str, sentence: str) -> None:
        """What a widget says instead of its data: what it is, and why there is nothing to see."""
        middle = self.height / 2
        room = self.width - 2 * theme.PAD_X
        centre = self.width / 2
        self.text(centre, middle - 4, title, theme.BODY_STRONG, theme.TEXT_SOFT, Align.CENTRE, room)
        self.text(centre, middle + 16, sentence, theme.CAPTION, theme.TEXT_DIM, Align.CENTRE, room)
