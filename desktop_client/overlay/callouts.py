"""Where labels may stand beside a line so that they cover neither it, nor what moves along it, nor one another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from PyQt6.QtCore import QRectF

from desktop_client.telemetry.frame import Floats


class Callout(NamedTuple):
    """A label of a size, for the place (x, y) of the line, that would rather stand in the direction `away`."""

    x: float
    y: float
    away: tuple[float, float]
    width: float
    height: float


def placed(callouts: Sequence[Callout], line: Floats, clear: float, room: QRectF) -> list[QRectF | None]:
    """A box for each label, or None where there is no room for it; those that come first choose first.

    Every box is at least `clear` away from every point of the line, of shape (2, n), and lies inside the room.
    """
    taken: list[QRectF] = []
    boxes: list[QRectF | None] = []
    for callout in callouts:
        box = next((box for box in _tries(callout, clear) if _is_free(box, line, clear, room, taken)), None)
        boxes.append(box)
        if box is not None:
            taken.append(box.adjusted(-2, -2, 2, 2))
    return boxes


def _tries(callout: Callout, clear: float) -> list[QRectF]:
    """Away from the bend first, then a little to each side, further out, and at last into it."""
    x, y = callout.away
    found: list[QRectF] = []
    for turn, further in ((0, 1), (0, 5), (35, 2), (-35, 2), (65, 2), (-65, 2), (0, 12), (180, 1), (150, 3), (-150, 3)):
        cos, sin = np.cos(np.radians(turn)), np.sin(np.radians(turn))
        to_x, to_y = float(x * cos - y * sin), float(x * sin + y * cos)
        # The nearest edge of the box, and not its middle, stays clear of the line.
        reach = clear + further + abs(to_x) * callout.width / 2 + abs(to_y) * callout.height / 2
        box = QRectF(0, 0, callout.width, callout.height)
        box.moveCenter(QRectF(callout.x + to_x * reach, callout.y + to_y * reach, 0, 0).center())
        found.append(box)
    return found


def _is_free(box: QRectF, line: Floats, clear: float, room: QRectF, taken: list[QRectF]) -> bool:
    if not room.contains(box) or any(box.intersects(other) for other in taken):
        return False
    x, y = line
    away_x = np.maximum(np.abs(x - box.center().x()) - box.width() / 2, 0.0)
    away_y = np.maximum(np.abs(y - box.center().y()) - box.height() / 2, 0.0)
    return bool((np.hypot(away_x, away_y) >= clear).all())
