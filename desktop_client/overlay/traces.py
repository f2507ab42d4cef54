"""Channels over time as filled curves that are painted once and then only pushed to the left.

A trace moves by whole columns and a column never changes, so a repaint is a scroll of the pixels that are there and
a few segments at the right edge: tens of microseconds instead of milliseconds.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass

from PyQt6.QtCore import QPointF, QRect, QRectF, Qt
from PyQt6.QtGui import QColor, QPainter, QPen, QPixmap, QPolygonF

from desktop_client.telemetry.frame import Floats

FILL_ALPHA = 80
LINE_WIDTH = 2.0
MARK_WIDTH = 4.0


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
        looks = tuple((curve.colour.rgba(), curve.base) for curve in curves)
        key = (series, width, height, ratio, columns, looks)
        pixels = self._pixels
        if pixels is None or key != self._key or not 0 <= newest - self._newest < columns - 1:
            pixels = QPixmap(width, height)
            self._pixels, self._key = pixels, key
            pixels.fill(Qt.GlobalColor.transparent)
            _Brush(pixels, curves, newest, scale).paint(columns)
            self.columns_painted += columns
            pixels.setDevicePixelRatio(ratio)
        elif newest > self._newest:
            pixels.setDevicePixelRatio(1.0)
            _Brush(pixels, curves, newest, scale).push(newest - self._newest)
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


class _Brush:
    """Paints columns onto a strip of pixels; column `newest` stands in its last pixel."""

    def __init__(self, pixels: QPixmap, curves: Sequence[Curve], newest: int, scale: float) -> None:
        self._pixels = pixels
        self._curves = curves
        self._newest = newest
        self._scale = scale
        self._per_column = pixels.width() / (len(curves[0].values) - 1)
        self._margin = math.ceil(MARK_WIDTH * scale) + 1
        # Whole pixels only, or what was painted before would not fit what comes after it.
        self._right = math.floor(newest * self._per_column) - pixels.width() + 1

    def push(self, columns: int) -> None:
        """Push the strip to the left and paint so many new columns."""
        pushed = math.floor(self._newest * self._per_column) - math.floor((self._newest - columns) * self._per_column)
        if pushed:
            self._pixels.scroll(-pushed, 0, self._pixels.rect())
        self.paint(columns + 1 + math.ceil(self._margin / self._per_column))

    def paint(self, columns: int) -> None:
        """Paint the newest columns over whatever is there."""
        columns = min(columns, len(self._curves[0].values))
        first = self._newest - columns + 1
        left = 0 if columns == len(self._curves[0].values) else math.floor(self._x(first)) + self._margin
        area = QRect(left, 0, self._pixels.width() - left, self._pixels.height())
        with QPainter(self._pixels) as painter:
            painter.setClipRect(area)
            painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Clear)
            painter.fillRect(area, Qt.GlobalColor.transparent)
            painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)
            for curve in self._curves:
                self._curve(painter, curve, first, columns)

    def _x(self, column: int) -> float:
        return column * self._per_column - self._right

    def _curve(self, painter: QPainter, curve: Curve, first: int, columns: int) -> None:
        thick = curve.line_width * self._scale
        foot = self._pixels.height() - thick / 2
        room = foot - thick / 2
        fill = QColor(curve.colour)
        fill.setAlpha(curve.fill_alpha)
        base = foot - room * curve.base
        pen = _pen(curve.colour, thick)
        for start, values in _pieces(curve.values[-columns:].tolist()):
            points = [
                QPointF(self._x(first + start + index), foot - room * min(1.0, max(0.0, value)))
                for index, value in enumerate(values)
            ]
            if any(value != curve.base for value in values):
                painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)  # the line hides the edge
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(fill)
                ends = (QPointF(points[0].x(), base), QPointF(points[-1].x(), base))
                painter.drawPolygon(QPolygonF([ends[0], *points, ends[1]]))
                painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(pen)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            for line in _runs(points, [value != curve.base for value in values]):
                painter.drawPolyline(QPolygonF(line))
            if curve.marks is not None:
                marked = [mark > 0 for mark in curve.marks[-columns:][start : start + len(values)].tolist()]
                painter.setPen(_pen(curve.mark_colour or curve.colour, MARK_WIDTH * self._scale))
                for line in _runs(points, marked):
                    painter.drawPolyline(QPolygonF(line))


def _pen(colour: QColor, width: float) -> QPen:
    pen = QPen(colour, width)
    pen.setJoinStyle(Qt.PenJoinStyle.BevelJoin)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    return pen


def _runs(points: list[QPointF], wanted: list[bool]) -> Iterator[list[QPointF]]:
    """The unbroken parts of a line that lead from or to a wanted point."""
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


def _pieces(values: list[float]) -> Iterator[tuple[int, list[float]]]:
    """The unbroken pieces of two or more known values, each with the index of its first one."""
    start = 0
    for index in range(len(values) + 1):
        if index == len(values) or not math.isfinite(values[index]):
            if index - start >= 2:
                yield start, values[start:index]
            start = index + 1
