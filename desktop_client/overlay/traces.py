"""A channel over time as a filled curve."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from PyQt6.QtCore import QPointF, Qt
from PyQt6.QtGui import QColor, QPainter, QPen, QPolygonF

from desktop_client.overlay.canvas import Canvas
from desktop_client.telemetry.frame import Floats

FILL_ALPHA = 80
LINE_WIDTH = 2.0


@dataclass(frozen=True, slots=True, eq=False)
class Trace:
    """`values` are shares of the height, 0..1, oldest first; not-a-number leaves a hole."""

    values: Floats
    colour: QColor
    filled: bool = True


def paint_trace(canvas: Canvas, trace: Trace, x: float, y: float, width: float, height: float) -> None:
    """Paint the curve into a box, with the newest value at its right edge."""
    painter = canvas.painter
    step = width / max(1, len(trace.values) - 1)
    fill = QColor(trace.colour)
    fill.setAlpha(FILL_ALPHA)
    pen = QPen(trace.colour, LINE_WIDTH if trace.filled else 1.0)
    pen.setJoinStyle(Qt.PenJoinStyle.BevelJoin)
    for start, values in _pieces(trace.values):
        kept = _corners(values)
        heights = np.clip(values[kept], 0.0, 1.0)
        across = (x + (start + kept) * step).tolist()
        down = (y + height * (1 - heights)).tolist()
        top = [QPointF(*at) for at in zip(across, down, strict=True)]
        if trace.filled and heights.any():
            foot = y + height
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)  # the line hides the edge; ten times faster
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(fill)
            painter.drawPolygon(QPolygonF([QPointF(across[0], foot), *top, QPointF(across[-1], foot)]))
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for line in _off_the_floor(top, y + height) if trace.filled else (top,):
            painter.drawPolyline(QPolygonF(line))


def _off_the_floor(points: list[QPointF], floor: float) -> Iterator[list[QPointF]]:
    """The parts of a line where the pedal is down: a pedal at rest draws no line over the other's."""
    line: list[QPointF] = []
    for before, after in itertools.pairwise(points):
        if before.y() < floor or after.y() < floor:
            line = line or [before]
            line.append(after)
        elif line:
            yield line
            line = []
    if line:
        yield line


def _pieces(values: Floats) -> list[tuple[int, Floats]]:
    """The unbroken pieces of two or more values, each with the index of its first one."""
    known = np.isfinite(values)
    cuts = np.flatnonzero(np.diff(known.astype(np.int8))) + 1
    starts = [0, *cuts.tolist()]
    pieces = zip(starts, np.split(values, cuts), strict=True)
    return [(start, piece) for start, piece in pieces if len(piece) >= 2 and known[start]]


def _corners(values: Floats) -> np.ndarray[tuple[int], np.dtype[np.intp]]:
    """The points that a level line cannot leave out: a pedal held still costs two points, not two hundred."""
    moves = np.diff(values) != 0
    return np.flatnonzero(np.concatenate(([True], moves[1:] | moves[:-1], [True])))
