"""The numbers and names of corners, on the outer side of the bend."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from PyQt6.QtCore import QRectF

from desktop_client.overlay import theme
from desktop_client.overlay.callouts import Callout, placed
from desktop_client.overlay.canvas import Canvas
from desktop_client.overlay.fit import Projection
from desktop_client.overlay.lettering import Align, middle_baseline
from desktop_client.race.corners import Corner
from desktop_client.race.track_shape import TrackShape

STYLE = theme.CAPTION
HEIGHT = 12.0
CLEAR = 16.0  # between the middle of the line and a label: half of a dot with its number, and air
EDGE = 2.0


class Label(NamedTuple):
    """What stands beside which place of the ground, and where on the ground "outwards" is from there."""

    title: str
    at: tuple[float, float]
    outwards: tuple[float, float]  # of length 1


def labels(shape: TrackShape, *, names: bool) -> tuple[Label, ...]:
    """A label for every corner of the circuit, from the line on."""
    corners = shape.corners
    if not corners:
        return ()
    apexes = np.array([corner.apex_m for corner in corners])
    hand = np.array([-1.0 if corner.hand == "L" else 1.0 for corner in corners])
    x, y = shape.place(apexes)
    out_x, out_y = shape.beside(apexes, hand) - np.stack((x, y))
    rows = zip(corners, x.tolist(), y.tolist(), out_x.tolist(), out_y.tolist(), strict=True)
    return tuple(Label(_title(corner, names), (at_x, at_y), (to_x, to_y)) for corner, at_x, at_y, to_x, to_y in rows)


def paint_spread(canvas: Canvas, found: Sequence[Label], shape: TrackShape, through: Projection) -> None:
    """Paint as many labels as there is room for, clear of the line and of one another: for what stays."""
    line = through.points(np.stack((shape.x, shape.y)))
    room = QRectF(EDGE, EDGE, canvas.width - 2 * EDGE, canvas.height - 2 * EDGE)
    boxes = placed(list(_callouts(canvas, found, through)), line, CLEAR, room)
    for label, box in zip(found, boxes, strict=True):
        if box is not None:
            _paint(canvas, label.title, box.center().x(), box.center().y())


def paint_moving(canvas: Canvas, found: Sequence[Label], through: Projection) -> None:
    """Paint each label right outside of its corner, without looking for a better place: for what moves."""
    for label in found:
        at = through.point(*label.at)
        if 0 < at.x() < canvas.width and 0 < at.y() < canvas.height:
            half = canvas.text_width(label.title, STYLE) / 2
            to_x, to_y = _direction(label, through)
            reach = CLEAR + HEIGHT / 2 + abs(to_x) * half
            x, y = at.x() + to_x * reach, at.y() + to_y * reach
            if half + EDGE < x < canvas.width - half - EDGE and HEIGHT < y < canvas.height - HEIGHT:
                _paint(canvas, label.title, x, y)


def _title(corner: Corner, names: bool) -> str:
    return corner.title if names else str(corner.number)


def _callouts(canvas: Canvas, found: Sequence[Label], through: Projection) -> Iterator[Callout]:
    for label in found:
        at = through.point(*label.at)
        width = canvas.text_width(label.title, STYLE) + 2
        yield Callout(at.x(), at.y(), _direction(label, through), width, HEIGHT)


def _direction(label: Label, through: Projection) -> tuple[float, float]:
    """Outwards on the widget, of length 1."""
    at = through.point(*label.at)
    to = through.point(label.at[0] + label.outwards[0], label.at[1] + label.outwards[1])
    length = math.hypot(to.x() - at.x(), to.y() - at.y()) or 1.0
    return (to.x() - at.x()) / length, (to.y() - at.y()) / length


def _paint(canvas: Canvas, title: str, x: float, y: float) -> None:
    baseline = middle_baseline(y - HEIGHT / 2, HEIGHT, STYLE)
    canvas.text(x, baseline, title, STYLE, canvas.palette.text_dim, Align.CENTRE)
