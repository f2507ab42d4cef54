"""Flags as cloth: each has a pattern of its own, so that it is told from all others without any colour."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QPainter, QPainterPath, QPen, QPolygonF

from desktop_client.overlay import theme
from desktop_client.overlay.canvas import Canvas
from desktop_client.overlay.lettering import Align, middle_baseline
from desktop_client.overlay.palette import CLOTH
from desktop_client.race.flags import Sign

DIM = 0.35  # of a flag in the dark half of its blink
RADIUS = 3.0
BOARDS = {Sign.SAFETY_CAR: "SC", Sign.VIRTUAL_SAFETY_CAR: "VSC", Sign.FORMATION: "FL"}


def paint_cloth(canvas: Canvas, box: QRectF, sign: Sign, *, lit: bool = True) -> None:
    """Paint the flag of a sign into a box; not `lit`, it is there but dim."""
    painter = canvas.painter
    painter.save()
    if not lit:
        painter.setOpacity(DIM)
    edge = QPainterPath()
    edge.addRoundedRect(box, RADIUS, RADIUS)
    painter.setClipPath(edge, Qt.ClipOperation.IntersectClip)
    painter.setPen(Qt.PenStyle.NoPen)
    PATTERNS[sign](painter, box)
    painter.restore()
    if sign in BOARDS:
        style = theme.HERO if box.height() > 24 else theme.CAPTION_STRONG
        ink = CLOTH["black"] if lit else canvas.palette.text
        baseline = middle_baseline(box.top(), box.height(), style)
        canvas.text(box.center().x(), baseline, BOARDS[sign], style, ink, Align.CENTRE)


def _plain(colour: str) -> Callable[[QPainter, QRectF], None]:
    def paint(painter: QPainter, box: QRectF) -> None:
        painter.fillRect(box, CLOTH[colour])

    return paint


def _yellow(painter: QPainter, box: QRectF) -> None:
    """Yellow with dark folds: by brightness alone it would be a white flag."""
    painter.fillRect(box, CLOTH["yellow"])
    fold = box.height() / 5
    painter.setPen(QPen(CLOTH["black"], fold * 0.6))
    for index in range(-2, int(box.width() / fold / 2) + 3):
        x = box.left() + index * fold * 2.5
        painter.drawLine(QPointF(x, box.bottom() + fold), QPointF(x + box.height() + 2 * fold, box.top() - fold))


def _double(painter: QPainter, box: QRectF) -> None:
    """Two cloths side by side."""
    half = box.width() / 2 - box.height() / 20
    for left in (box.left(), box.right() - half):
        painter.save()
        painter.setClipRect(QRectF(left, box.top(), half, box.height()), Qt.ClipOperation.IntersectClip)
        _yellow(painter, box)
        painter.restore()


def _red(painter: QPainter, box: QRectF) -> None:
    painter.fillRect(box, CLOTH["red"])
    bar, inset = box.height() / 5, box.width() / 5
    left, top = box.left() + inset, box.center().y() - bar / 2
    painter.fillRect(QRectF(left, top, box.width() - 2 * inset, bar), CLOTH["white"])


def _debris(painter: QPainter, box: QRectF) -> None:
    painter.fillRect(box, CLOTH["yellow"])
    stripe = box.width() / 7
    for index in (1, 3, 5):
        painter.fillRect(QRectF(box.left() + index * stripe, box.top(), stripe, box.height()), CLOTH["red"])


def _blue(painter: QPainter, box: QRectF) -> None:
    painter.fillRect(box, CLOTH["blue"])
    painter.setPen(QPen(CLOTH["white"], box.height() / 4))
    painter.drawLine(box.bottomLeft() + QPointF(-4, 4), box.topRight() + QPointF(4, -4))


def _meatball(painter: QPainter, box: QRectF) -> None:
    _black(painter, box)
    painter.setBrush(CLOTH["orange"])
    painter.setPen(Qt.PenStyle.NoPen)
    painter.drawEllipse(box.center(), box.height() * 0.3, box.height() * 0.3)


def _black(painter: QPainter, box: QRectF) -> None:
    painter.fillRect(box, CLOTH["black"])
    painter.setPen(QPen(CLOTH["white"], 3))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), RADIUS, RADIUS)


def _black_white(painter: QPainter, box: QRectF) -> None:
    painter.fillRect(box, CLOTH["white"])
    half = QPainterPath(box.topLeft())
    half.lineTo(box.bottomRight())
    half.lineTo(box.bottomLeft())
    painter.fillPath(half, CLOTH["black"])


def _chequered(painter: QPainter, box: QRectF) -> None:
    painter.fillRect(box, CLOTH["white"])
    rows = 4
    side = box.height() / rows
    for row in range(rows):
        for column in range(int(box.width() / side) + 1):
            if (row + column) % 2:
                corner = QPointF(box.left() + column * side, box.top() + row * side)
                painter.fillRect(QRectF(corner.x(), corner.y(), side, side), CLOTH["black"])


def _hollow(painter: QPainter, box: QRectF) -> None:
    """A yellow somewhere else: the edge of the cloth only."""
    painter.setPen(QPen(CLOTH["yellow"], 4))
    painter.setBrush(QColor(0, 0, 0, 0))
    painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), RADIUS, RADIUS)


def _clear(painter: QPainter, box: QRectF) -> None:
    painter.fillRect(box, CLOTH["green"])
    middle, unit = box.center(), box.height() / 5
    painter.setPen(QPen(CLOTH["white"], max(2.0, unit * 0.7)))
    tick = ((-1.3, 0.1), (-0.3, 1.1), (1.5, -1.1))
    painter.drawPolyline(QPolygonF([middle + QPointF(*point) * unit for point in tick]))


PATTERNS: dict[Sign, Callable[[QPainter, QRectF], None]] = {
    Sign.RED: _red,
    Sign.BLACK: _black,
    Sign.MEATBALL: _meatball,
    Sign.SAFETY_CAR: _plain("yellow"),
    Sign.VIRTUAL_SAFETY_CAR: _plain("yellow"),
    Sign.DOUBLE_YELLOW: _double,
    Sign.YELLOW: _yellow,
    Sign.DEBRIS: _debris,
    Sign.BLUE: _blue,
    Sign.BLACK_WHITE: _black_white,
    Sign.CHEQUERED: _chequered,
    Sign.WHITE: _plain("white"),
    Sign.YELLOW_ELSEWHERE: _hollow,
    Sign.FORMATION: _plain("white"),
    Sign.CLEAR: _clear,
}
