"""Text that is shaped once: cached as glyphs, cut with an ellipsis, and with figures that never move."""

from __future__ import annotations

from collections import OrderedDict
from enum import Enum
from functools import lru_cache
from typing import NamedTuple

from PyQt6.QtCore import QPointF, Qt
from PyQt6.QtGui import QColor, QFont, QFontMetricsF, QGlyphRun, QPainter, QTextLayout

from desktop_client.overlay.theme import Style, font

CACHED_TEXTS = 256
ELLIPSIS = "\u2026"
MINUS = "\u2212"
DASH = "\u2013"  # what is shown where nothing is known


class Align(Enum):
    LEFT = 0.0
    CENTRE = 0.5
    RIGHT = 1.0


class Shaped(NamedTuple):
    """Glyphs around the origin of a baseline (several runs where a fallback font helps out), and their width."""

    runs: list[QGlyphRun]
    width: float


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
    """Draws text for one window, and keeps what it shaped: at most `CACHED_TEXTS` pieces, the oldest go first."""

    def __init__(self) -> None:
        self._texts: OrderedDict[tuple[str, Style, float | None], Shaped] = OrderedDict()

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
        return _draw(painter, at, self._kept(text, style, room), colour, align)

    def text_width(self, text: str, style: Style) -> float:
        """How wide `text` will be, in design pixels."""
        return self._kept(text, style, 0.0).width

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
        return _draw(painter, at, self._kept(text, style, None), colour, align)

    def figures_width(self, text: str, style: Style) -> float:
        """How wide `figures` will be, in design pixels."""
        return self._kept(text, style, None).width

    def _kept(self, text: str, style: Style, room: float | None) -> Shaped:
        """The shaped text; `room` None stands for figures."""
        key = (text, style, room)
        found = self._texts.get(key)
        if found is not None:
            self._texts.move_to_end(key)
            return found
        made = _in_cells(text, style) if room is None else _shape(_cut(text, style, room), style)
        self._texts[key] = made
        if len(self._texts) > CACHED_TEXTS:
            self._texts.popitem(last=False)
        return made


def _draw(painter: QPainter, at: QPointF, shaped: Shaped, colour: QColor, align: Align) -> float:
    painter.setPen(colour)
    corner = QPointF(round(at.x() - shaped.width * align.value), round(at.y()))
    for run in shaped.runs:
        painter.drawGlyphRun(corner, run)
    return shaped.width


def _cut(text: str, style: Style, room: float) -> str:
    _, metrics = measured(style)
    if room > 0 and metrics.horizontalAdvance(text) > room:
        return metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)
    return text


def _shape(text: str, style: Style) -> Shaped:
    face, metrics = measured(style)
    layout = QTextLayout(text, face)
    layout.beginLayout()
    line = layout.createLine()
    if not line.isValid():
        layout.endLayout()
        return Shaped([], 0.0)
    line.setLineWidth(1e6)
    layout.endLayout()
    runs = layout.glyphRuns()
    for run in runs:  # from the line's top to its baseline
        run.setPositions([position - QPointF(0.0, line.ascent()) for position in run.positions()])
    return Shaped(runs, metrics.horizontalAdvance(text))


def _in_cells(text: str, style: Style) -> Shaped:
    runs: list[QGlyphRun] = []
    x = 0.0
    for character in text:
        glyph, cell = _glyph(character, style)
        shift = QPointF(x + (cell - glyph.width) / 2, 0.0)
        for run in glyph.runs:
            moved = [position + shift for position in run.positions()]
            if runs and runs[-1].rawFont() == run.rawFont():
                runs[-1].setGlyphIndexes([*runs[-1].glyphIndexes(), *run.glyphIndexes()])
                runs[-1].setPositions([*runs[-1].positions(), *moved])
            else:
                own = QGlyphRun(run)
                own.setPositions(moved)
                runs.append(own)
        x += cell
    return Shaped(runs, x)


@lru_cache(maxsize=512)
def _glyph(character: str, style: Style) -> tuple[Shaped, float]:
    """A character with the width of its cell."""
    shaped = _shape(character, style)
    is_figure = character.isdigit() or character in ("+", MINUS, " ", DASH)
    return shaped, figure_width(style) if is_figure else shaped.width


def middle_baseline(top: float, height: float, style: Style) -> float:
    """The baseline at which capitals and figures stand in the middle of a row, in design pixels."""
    _, metrics = measured(style)
    return top + (height + metrics.capHeight()) / 2
