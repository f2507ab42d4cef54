"""Where a dragged widget comes to rest: at the screen's edges and middle, beside the others, on the grid."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Sequence
from typing import Final

from PyQt6.QtCore import QPoint, QRect, QSize

GUTTER: Final = 8  # between neighbours
REACH: Final = 10  # pixels from which an edge pulls
SMALLEST: Final = 24


class Align(enum.StrEnum):
    LEFT = "left"
    CENTRE = "centre"
    RIGHT = "right"
    TOP = "top"
    MIDDLE = "middle"
    BOTTOM = "bottom"


class Grip(enum.Flag):
    """What of a window is held: nothing but edges resizes it, no edge at all moves it."""

    NONE = 0
    LEFT = enum.auto()
    RIGHT = enum.auto()
    TOP = enum.auto()
    BOTTOM = enum.auto()


def grip_at(at: QPoint, size: QSize, edge: int = 10) -> Grip:
    """The edges within `edge` pixels of a place in a window."""
    grip = Grip.NONE
    if at.x() < edge:
        grip |= Grip.LEFT
    elif at.x() >= size.width() - edge:
        grip |= Grip.RIGHT
    if at.y() < edge:
        grip |= Grip.TOP
    elif at.y() >= size.height() - edge:
        grip |= Grip.BOTTOM
    return grip


def moved(rect: QRect, by: QPoint, others: Iterable[QRect], screen: QRect, grid: int) -> QRect:
    """The rectangle moved and come to rest. It stays whole on the screen; `grid` 1 snaps to edges only."""
    to = rect.translated(by)
    others = list(others)
    x = _rest(to.x(), to.width(), screen.x(), screen.width(), [(o.x(), o.width()) for o in others], grid)
    y = _rest(to.y(), to.height(), screen.y(), screen.height(), [(o.y(), o.height()) for o in others], grid)
    return QRect(
        max(screen.x(), min(x, screen.x() + screen.width() - to.width())),
        max(screen.y(), min(y, screen.y() + screen.height() - to.height())),
        to.width(),
        to.height(),
    )


def resized(rect: QRect, grip: Grip, by: QPoint, screen: QRect) -> QRect:
    """The rectangle with the held edges moved. A corner keeps the proportions, a side does not."""
    sideways = (-by.x() if grip & Grip.LEFT else by.x()) if grip & (Grip.LEFT | Grip.RIGHT) else 0
    downwards = (-by.y() if grip & Grip.TOP else by.y()) if grip & (Grip.TOP | Grip.BOTTOM) else 0
    if grip & (Grip.LEFT | Grip.RIGHT) and grip & (Grip.TOP | Grip.BOTTOM):
        factor = max((rect.width() + sideways) / rect.width(), (rect.height() + downwards) / rect.height())
        factor = min(factor, screen.width() / rect.width(), screen.height() / rect.height())
        width, height = round(rect.width() * factor), round(rect.height() * factor)
    else:
        width, height = rect.width() + sideways, rect.height() + downwards
    width = max(SMALLEST, min(width, screen.width()))
    height = max(SMALLEST, min(height, screen.height()))
    left = rect.x() + rect.width() - width if grip & Grip.LEFT else rect.x()
    top = rect.y() + rect.height() - height if grip & Grip.TOP else rect.y()
    left = max(screen.x(), min(left, screen.x() + screen.width() - width))
    top = max(screen.y(), min(top, screen.y() + screen.height() - height))
    return QRect(left, top, width, height)


def aligned(rects: Sequence[QRect], how: Align) -> list[QRect]:
    """The rectangles on one line with the first one."""
    if not rects:
        return []
    anchor = rects[0]
    return [_aligned(rect, anchor, how) for rect in rects]


def _aligned(rect: QRect, anchor: QRect, how: Align) -> QRect:
    to = QRect(rect)
    match how:
        case Align.LEFT:
            to.moveLeft(anchor.x())
        case Align.RIGHT:
            to.moveLeft(anchor.x() + anchor.width() - rect.width())
        case Align.CENTRE:
            to.moveLeft(anchor.x() + (anchor.width() - rect.width()) // 2)
        case Align.TOP:
            to.moveTop(anchor.y())
        case Align.BOTTOM:
            to.moveTop(anchor.y() + anchor.height() - rect.height())
        case Align.MIDDLE:
            to.moveTop(anchor.y() + (anchor.height() - rect.height()) // 2)
    return to


def _rest(start: int, length: int, low: int, room: int, others: Iterable[tuple[int, int]], grid: int) -> int:
    """Where one side comes to rest: the nearest pull within reach, else the grid."""
    pulls = [low, low + room - length, low + (room - length) // 2]
    for other, size in others:
        pulls += [other, other + size - length, other + size + GUTTER, other - GUTTER - length]
    nearest = min(pulls, key=lambda pull: abs(pull - start))
    if abs(nearest - start) <= REACH:
        return nearest
    return low + round((start - low) / grid) * grid
