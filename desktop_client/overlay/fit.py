"""From metres on the ground, with y to the left of x, to design pixels on a widget, with y pointing down."""

from __future__ import annotations

import math

import numpy as np
from PyQt6.QtCore import QPointF, QRectF

from desktop_client.telemetry.frame import Floats

SMALLEST_SPAN_M = 200.0  # the first metres of an unknown circuit are not blown up


class Projection:
    """Turns by `turn_deg` counter-clockwise, scales by `scale` pixels per metre, and puts the ground at its place."""

    def __init__(self, turn_deg: float, scale: float, ground: tuple[float, float], at: QPointF) -> None:
        """The place `ground`, in metres, comes to stand at `at`."""
        self.scale = scale
        cos, sin = math.cos(math.radians(turn_deg)) * scale, math.sin(math.radians(turn_deg)) * scale
        self._cos, self._sin = cos, sin
        self._x = at.x() - cos * ground[0] + sin * ground[1]
        self._y = at.y() + sin * ground[0] + cos * ground[1]
        self._matrix: Floats = np.array([[cos, -sin], [-sin, -cos]])
        self._shift: Floats = np.array([[self._x], [self._y]])

    def points(self, points: Floats) -> Floats:
        """Points of shape (2, n) on the widget."""
        return self._matrix @ points + self._shift

    def point(self, x: float, y: float) -> QPointF:
        return QPointF(self._x + self._cos * x - self._sin * y, self._y - self._sin * x - self._cos * y)


def whole(points: Floats, room: QRectF, turn_deg: float = 0.0) -> Projection:
    """All points of shape (2, n) as big as the room allows, in its middle."""
    angle = math.radians(turn_deg)
    turn = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    low, high = np.zeros(2), np.zeros(2)
    if points.shape[1]:
        turned = turn @ points
        low, high = turned.min(axis=1), turned.max(axis=1)
    span = np.maximum(high - low, SMALLEST_SPAN_M)
    scale = min(room.width() / float(span[0]), room.height() / float(span[1]))
    middle = turn.T @ ((low + high) / 2)
    return Projection(turn_deg, max(scale, 1e-9), (float(middle[0]), float(middle[1])), room.center())


def around(ground: tuple[float, float], heading_deg: float | None, at: QPointF, scale: float) -> Projection:
    """The neighbourhood of a place, with what lies in the direction of `heading_deg` above it; None is y upwards."""
    return Projection(0.0 if heading_deg is None else 90.0 - heading_deg, scale, ground, at)
