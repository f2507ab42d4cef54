"""What a widget paints on: a painter in design pixels, with the product's own text, bars and panel."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from typing import NamedTuple

from PyQt6.QtCore import QPointF, QRectF, QSizeF, Qt
from PyQt6.QtGui import QColor, QPainter, QPen, QPolygonF

from desktop_client.overlay import theme
from desktop_client.overlay.lettering import Align, Lettering, middle_baseline
from desktop_client.overlay.palette import DARK, Palette
from desktop_client.overlay.stamps import Look, Stamps
from desktop_client.overlay.theme import Style

# Looked up once: an enum of Qt's is slow to read.
_NO_PEN, _NO_BRUSH = Qt.PenStyle.NoPen, Qt.BrushStyle.NoBrush
_SMOOTH = QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing


class Room(NamedTuple):
    """A window's inside in design pixels, and how many pixels of the screen one of them takes."""

    width: float
    height: float
    scale: float

    @classmethod
    def of(cls, pixels: QSizeF, natural: QSizeF) -> Room:
        """`pixels` is the room on the device in its independent pixels, `natural` the widget's design size."""
        scale = max(0.01, min(pixels.width() / natural.width(), pixels.height() / natural.height()))
        return cls(pixels.width() / scale, pixels.height() / scale, scale)


class Canvas:
    """A painter scaled to design pixels. `width` and `height` are the widget's own, never below its natural size."""

    def __init__(
        self, painter: QPainter, lettering: Lettering, stamps: Stamps, room: Room, palette: Palette = DARK
    ) -> None:
        self.painter = painter
        self.palette = palette
        self.width, self.height = room.width, room.height
        self._lettering = lettering
        self._stamps = stamps
        painter.setRenderHints(_SMOOTH)
        painter.scale(room.scale, room.scale)

    def panel(self, opaque: bool, height: float | None = None) -> None:
        """The one surface, or as much of it as is `height` from the top.

        Without a compositor it is opaque and has square corners.
        """
        area = QRectF(0, 0, self.width, self.height if height is None else height)
        if opaque:
            self.painter.fillRect(area, self.palette.surface_opaque)
            return
        self.painter.setPen(QPen(self.palette.hairline, 1))
        self.painter.setBrush(self.palette.surface)
        self.painter.drawRoundedRect(area.adjusted(0.5, 0.5, -0.5, -0.5), theme.RADIUS, theme.RADIUS)

    def text(
        self,
        x: float,
        baseline: float,
        text: str,
        style: Style,
        colour: QColor | None = None,
        align: Align = Align.LEFT,
        room: float = 0.0,
    ) -> float:
        return self._lettering.text(
            self.painter, QPointF(x, baseline), text, style, colour or self.palette.text, align, room
        )

    def figures(
        self,
        x: float,
        baseline: float,
        text: str,
        style: Style,
        colour: QColor | None = None,
        align: Align = Align.RIGHT,
    ) -> float:
        return self._lettering.figures(
            self.painter, QPointF(x, baseline), text, style, colour or self.palette.text, align
        )

    def text_width(self, text: str, style: Style) -> float:
        return self._lettering.text_width(text, style)

    def figures_width(self, text: str, style: Style) -> float:
        return self._lettering.figures_width(text, style)

    def box(self, x: float, y: float, width: float, height: float, colour: QColor, radius: float = 2.0) -> None:
        """A filled box without an edge."""
        self.painter.setPen(_NO_PEN)
        self.painter.setBrush(colour)
        self.painter.drawRoundedRect(QRectF(x, y, width, height), radius, radius)

    def chip(self, right: float, middle: float, text: str, colour: QColor, filled: bool = False) -> float:
        """A short word in a small box that ends at `right`; returns the width it took."""
        height = 18.0
        baseline = middle_baseline(middle - height / 2, height, theme.CAPTION_STRONG)
        width = self.figures_width(text, theme.CAPTION_STRONG) + 12
        box = QRectF(right - width, middle - height / 2, width, height).adjusted(0.5, 0.5, -0.5, -0.5)
        self.painter.setPen(QPen(colour, 1))
        self.painter.setBrush(colour if filled else _NO_BRUSH)
        self.painter.drawRoundedRect(box, 3, 3)
        ink = self.palette.on_meaning if filled else colour
        self.text(right - width / 2, baseline, text, theme.CAPTION_STRONG, ink, Align.CENTRE)
        return width

    def stamp(self, at: QPointF, half: float, key: Hashable, draw: Callable[[QPainter], None]) -> None:
        """A small shape around `at`, drawn once per key and copied from then on: see `Stamps.put`."""
        self._stamps.put(self.painter, at, half, key, draw)

    def scatter(
        self,
        half: float,
        places: Iterable[tuple[float, float, Look]],
        drawing: Callable[[Look], Callable[[QPainter], None]],
    ) -> None:
        """Many small shapes of one size: see `Stamps.scatter`."""
        self._stamps.scatter(self.painter, half, places, drawing)

    def shape(self, points: Iterable[tuple[float, float]], colour: QColor) -> None:
        """A filled polygon without an edge."""
        self.painter.setPen(_NO_PEN)
        self.painter.setBrush(colour)
        self.painter.drawPolygon(QPolygonF([QPointF(x, y) for x, y in points]))

    def notice(self, title: str, sentence: str) -> None:
        """What a widget says instead of its data: what it is, and why there is nothing to see."""
        middle = self.height / 2
        room = self.width - 2 * theme.PAD_X
        centre = self.width / 2
        self.text(centre, middle - 4, title, theme.BODY_STRONG, self.palette.text_soft, Align.CENTRE, room)
        self.text(centre, middle + 16, sentence, theme.CAPTION, self.palette.text_dim, Align.CENTRE, room)
