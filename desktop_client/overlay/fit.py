"""From metres on the ground to design pixels on a widget."""

from __future__ import annotations

import numpy as np
from PyQt6.QtCore import QPointF, QRectF

from desktop_client.telemetry.frame import Floats

SMALLEST_SPAN_M = 200.0  # the first metres of an unknown circuit are not blown up


class Fit:
    """Fits points of shape (2, n), in metres with y to the left of x, into a room with y pointing down."""

    def __init__(self, points: Floats, room: QRectF, rotation_deg: float = 0.0) -> None:
        angle = np.deg2rad(rotation_deg)
        turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        low, high = np.zeros(2), np.zeros(2)
        if points.shape[1]:
            turned = turn @ points
            low, high = turned.min(axis=1), turned.max(axis=1)
        span = np.maximum(high - low, SMALLEST_SPAN_M)
        scale = min(room.width() / span[0], room.height() / span[1])
        self._matrix: Floats = np.diag([scale, -scale]) @ turn
        centre = np.array([room.center().x(), room.center().y()])
        self._shift: Floats = centre - np.diag([scale, -scale]) @ (low + high) / 2

    def points(self, points: Floats) -> Floats:
        """Points of shape (2, n) on the widget."""
        return self._matrix @ points + self._shift[:, None]

    def point(self, x: float, y: float) -> QPointF:
        at = self._matrix @ np.array([x, y]) + self._shift
        return QPointF(float(at[0]), float(at[1]))
