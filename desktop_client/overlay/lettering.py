"""Text that is laid out once: cached, cut with an ellipsis, and with figures that never move."""

from __future__ import annotations

from collections import OrderedDict
from enum import Enum
from functools import lru_cache

from PyQt6.QtCore import QPointF, Qt
from PyQt6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QStaticText, QTransform

from desktop_client.overlay.theme import Style, font

CACHED_TEXTS = 256
ELLIPSIS = "\u2026"
MINUS = "\u2212"
DASH = "\u2013"  # what is shown where nothing is known


class Align(Enum):
    LEFT = 0.0
    CENTRE = 0.5
    RIGHT = 1.0


@lru_cache(maxsize=16)
def measured(style: Style) -> tuple[QFont, QFontMetricsF]:
    """A style's font with its metrics."""
    made = font(style)
    return made, QFontMetricsF(made)


@lru_cache(maxsize=16)
def figure_width(style: Style) -> float:
    """The cell in which every figure of a style stands, in design pixels: the widest of the ten."""
    _, metrics = measured(style)
    return max(metrics.horizontalAdvance(digit) for digit in "0123456789")


class Lettering:
    """Draws text for one window, and keeps what it laid out: at most `CACHED_TEXTS` pieces, the oldest go first."""

    def __init__(self) -> None:
        self._texts: OrderedDict[tuple[str, Style, float], tuple[QStaticText, float]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._texts)

    def text(
        self,
        painter: QPainter,
        at: QPointF,
        text: str,
        style: Style,
        colour: QColor,
        align: Align = Align.LEFT,
        room: float = 0.0,
    ) -> float:
        """Draw with the baseline at `at.y()`; wider than `room` (when above zero) ends in an ellipsis.

        Returns the width drawn, in design pixels.
        """
        laid_out, width = self._laid_out(text, style, room)
        self._draw(painter, QPointF(at.x() - width * align.value, at.y()), laid_out, style, colour)
        return width

    def figures(
        self,
        painter: QPainter,
        at: QPointF,
        text: str,
        style: Style,
        colour: QColor,
        align: Align = Align.RIGHT,
    ) -> float:
        """Draw a number so that a changing digit moves no other: each digit and sign in a cell of one width."""
        cells = [self._cell(character, style) for character in text]
        width = sum(cells)
        x = at.x() - width * align.value
        for character, cell in zip(text, cells, strict=True):
            if character != " ":
                laid_out, own = self._laid_out(character, style, 0.0)
                self._draw(painter, QPointF(x + (cell - own) / 2, at.y()), laid_out, style, colour)
            x += cell
        return width

    def figures_width(self, text: str, style: Style) -> float:
        """How wide `figures` will be, in design pixels."""
        return sum(self._cell(character, style) for character in text)

    def _cell(self, character: str, style: Style) -> float:
        if character.isdigit() or character in ("+", MINUS, " ", DASH):
            return figure_width(style)
        return self._laid_out(character, style, 0.0)[1]

    def _laid_out(self, text: str, style: Style, room: float) -> tuple[QStaticText, float]:
        key = (text, style, room)
        found = self._texts.get(key)
        if found is not None:
            self._texts.move_to_end(key)
            return found
        face, metrics = measured(style)
        shown = text
        if room > 0 and metrics.horizontalAdvance(text) > room:
            shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)
        laid_out = QStaticText(shown)
        laid_out.setTextFormat(Qt.TextFormat.PlainText)
        laid_out.setPerformanceHint(QStaticText.PerformanceHint.AggressiveCaching)
        laid_out.prepare(QTransform(), face)
        self._texts[key] = (laid_out, metrics.horizontalAdvance(shown))
        if len(self._texts) > CACHED_TEXTS:
            self._texts.popitem(last=False)
        return self._texts[key]

    def _draw(self, painter: QPainter, baseline: QPointF, text: QStaticText, style: Style, colour: QColor) -> None:
        face, metrics = measured(style)
        painter.setFont(face)
        painter.setPen(colour)
        painter.drawStaticText(QPointF(round(baseline.x()), round(baseline.y() - metrics.ascent())), text)


def middle_baseline(top: float, height: float, style: Style) -> float:
    """The baseline at which capitals and figures stand in the middle of a row, in design pixels."""
    _, metrics = measured(style)
    return top + (height + metrics.capHeight()) / 2
