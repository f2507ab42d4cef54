"""Channels over time as filled curves that are painted once and then only pushed to the left.

A trace moves by whole columns and a column never changes, so a repaint is a scroll of the pixels that are there and
a few segments at the right edge: tens of microseconds instead of milliseconds.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from PyQt6.QtCore import QPointF, QRect, QRectF, Qt
from PyQt6.QtGui import QColor, QPainter, QPen, QPixmap, QPolygonF

from desktop_client.telemetry.frame import Floats

FILL_ALPHA = 80
LINE_WIDTH = 2.0
MARK_WIDTH = 4.0

_NO_PEN, _NO_BRUSH = Qt.PenStyle.NoPen, Qt.BrushStyle.NoBrush  # looked up once: an enum of Qt's is slow to read
_REPLACE = QPainter.CompositionMode.CompositionMode_Source
_BLEND = QPainter.CompositionMode.CompositionMode_SourceOver


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """`values` are shares of the height, 0..1, oldest first; not-a-number leaves a hole.

    The area down, or up, to `base` is filled, and no line is drawn where the value is `base`: a pedal at rest draws
    nothing over another's trace. Where `marks` is above zero the line is `mark_colour`, and twice as wide.
    """

    values: Floats
    colour: QColor
    base: float = 0.0
    fill_alpha: int = FILL_ALPHA
    line_width: float = LINE_WIDTH
    marks: Floats | None = None
    mark_colour: QColor | None = None


class TraceStrip:
    """The pixels of one trace in one place of one window."""

    def __init__(self) -> None:
        self._pixels: QPixmap | None = None
        self._brush: _Brush | None = None
        self._key: Hashable = None
        self._newest = 0
        self.columns_painted = 0

    def paint(self, painter: QPainter, box: QRectF, curves: Sequence[Curve], newest: int, series: Hashable) -> None:
        """Paint the curves into a box in the painter's units, with the newest value at its right edge.

        All curves are equally long, and their last value is column number `newest` of `series`. Another series, size
        or set of colours is painted afresh.
        """
        device = painter.device()
        ratio = 1.0 if device is None else device.devicePixelRatioF()
        scale = painter.transform().m11() * ratio
        width, height = max(1, round(box.width() * scale)), max(1, round(box.height() * scale))
        columns = len(curves[0].values)
        key = (series, width, height, ratio, columns, *(curve.colour.rgba() for curve in curves))
        pixels, brush = self._pixels, self._brush
        if pixels is None or brush is None or key != self._key or not 0 <= newest - self._newest < columns - 1:
            pixels, brush = QPixmap(width, height), _Brush(curves, width, height, scale)
            pixels.fill(Qt.GlobalColor.transparent)  # or a pixmap has no transparency at all
            self._pixels, self._brush, self._key = pixels, brush, key
            brush.paint(pixels, curves, newest, columns)
            self.columns_painted += columns
        elif newest > self._newest:
            pixels.setDevicePixelRatio(1.0)
            brush.push(pixels, curves, newest, newest - self._newest)
            self.columns_painted += newest - self._newest
        pixels.setDevicePixelRatio(ratio)
        self._newest = newest
        _copy(painter, box.topLeft(), pixels, ratio)


def _copy(painter: QPainter, at: QPointF, pixels: QPixmap, ratio: float) -> None:
    """Copy pixel by pixel: a pixmap that goes through a scaled painter is sampled anew, which costs five times more."""
    place = painter.transform().map(at)
    painter.setWorldMatrixEnabled(False)
    painter.drawPixmap(QPointF(round(place.x() * ratio) / ratio, round(place.y() * ratio) / ratio), pixels)
    painter.setWorldMatrixEnabled(True)


class _Ink:
    """The pens of one curve, and where on the strip its values lie."""

    def __init__(self, curve: Curve, height: int, scale: float) -> None:
        thick = curve.line_width * scale
        self.foot = height - thick / 2
        self.room = self.foot - thick / 2
        self.at_rest = curve.base
        self.base = self.foot - self.room * curve.base
        self.fill = QColor(curve.colour)
        self.fill.setAlpha(curve.fill_alpha)
        self.pen = _pen(curve.colour, thick)
        self.mark_pen = _pen(curve.mark_colour or curve.colour, MARK_WIDTH * scale)


class _Piece(NamedTuple):
    """An unbroken part of a curve: its values, where they are on the strip, and which of them are marked."""

    ink: _Ink
    values: list[float]
    points: list[QPointF]
    marks: list[bool] | None


class _Brush:
    """Paints columns onto a strip of pixels; the newest column stands in its last pixel."""

    def __init__(self, curves: Sequence[Curve], width: int, height: int, scale: float) -> None:
        self._width, self._height = width, height
        self._inks = [_Ink(curve, height, scale) for curve in curves]
        self._columns = len(curves[0].values)
        self._per_column = width / (self._columns - 1)
        self._margin = math.ceil(MARK_WIDTH * scale) + 1

    def push(self, pixels: QPixmap, curves: Sequence[Curve], newest: int, columns: int) -> None:
        """Push the strip to the left and paint so many new columns."""
        pushed = self._whole_pixels(newest) - self._whole_pixels(newest - columns)
        if pushed:
            pixels.scroll(-pushed, 0, pixels.rect())
        self.paint(pixels, curves, newest, columns + 1 + math.ceil(self._margin / self._per_column))

    def paint(self, pixels: QPixmap, curves: Sequence[Curve], newest: int, columns: int) -> None:
        """Paint the newest columns over whatever is there: all fills first, so that no line is dimmed by one."""
        columns = min(columns, self._columns)
        first = newest - columns + 1
        shift = self._width - 1 - self._whole_pixels(newest)
        left = 0 if columns == self._columns else math.floor(first * self._per_column) + shift + self._margin
        area = QRect(left, 0, self._width - left, self._height)
        pieces = list(self._pieces(curves, columns, first * self._per_column + shift))
        with QPainter(pixels) as painter:
            painter.setCompositionMode(_REPLACE)
            painter.fillRect(area, Qt.GlobalColor.transparent)
            painter.setCompositionMode(_BLEND)
            painter.setClipRect(area)
            painter.setPen(_NO_PEN)
            for piece in pieces:  # without antialiasing: the line hides the edge
                painter.setBrush(piece.ink.fill)
                _fill(painter, piece)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setBrush(_NO_BRUSH)
            for piece in pieces:
                _line(painter, piece)

    def _whole_pixels(self, column: int) -> int:
        """How far a column is from column 0: whole pixels only, or new columns would not fit those that are there."""
        return math.floor(column * self._per_column)

    def _pieces(self, curves: Sequence[Curve], columns: int, left: float) -> Iterator[_Piece]:
        """The unbroken pieces of the newest columns, the first of which is at `left`."""
        for ink, curve in zip(self._inks, curves, strict=True):
            known = curve.values[-columns:].tolist()
            marks = None if curve.marks is None else [mark > 0 for mark in curve.marks[-columns:].tolist()]
            for start, end in _unbroken(known):
                values = known[start:end]
                at = [
                    QPointF(left + (start + index) * self._per_column, ink.foot - ink.room * min(1.0, max(0.0, value)))
                    for index, value in enumerate(values)
                ]
                yield _Piece(ink, values, at, marks[start:end] if marks and any(marks) else None)


def _fill(painter: QPainter, piece: _Piece) -> None:
    ink, points = piece.ink, piece.points
    if any(value != ink.at_rest for value in piece.values):
        ends = QPointF(points[0].x(), ink.base), QPointF(points[-1].x(), ink.base)
        painter.drawPolygon(QPolygonF([ends[0], *points, ends[1]]))


def _line(painter: QPainter, piece: _Piece) -> None:
    ink = piece.ink
    painter.setPen(ink.pen)
    for line in _runs(piece.points, [value != ink.at_rest for value in piece.values]):
        painter.drawPolyline(QPolygonF(line))
    if piece.marks is not None:
        painter.setPen(ink.mark_pen)
        for line in _runs(piece.points, piece.marks):
            painter.drawPolyline(QPolygonF(line))


def _pen(colour: QColor, width: float) -> QPen:
    pen = QPen(colour, width)
    pen.setJoinStyle(Qt.PenJoinStyle.BevelJoin)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    return pen


def _runs(points: list[QPointF], wanted: list[bool]) -> Iterator[list[QPointF]]:
    """The unbroken parts of a line that lead from or to a wanted point."""
    if all(wanted):
        yield points
        return
    line: list[QPointF] = []
    for index in range(1, len(points)):
        if wanted[index - 1] or wanted[index]:
            line = line or [points[index - 1]]
            line.append(points[index])
        elif line:
            yield line
            line = []
    if line:
        yield line


def _unbroken(values: list[float]) -> Iterator[tuple[int, int]]:
    """Where each run of two or more known values begins and ends."""
    start = 0
    for index, value in enumerate(values):
        if not math.isfinite(value):
            if index - start >= 2:
                yield start, index
            start = index + 1
    if len(values) - start >= 2:
        yield start, len(values)
