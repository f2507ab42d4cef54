"""The signs for bringing widgets on one line: a line, and two boxes that rest on it."""

from __future__ import annotations

from typing import Final

from PyQt6.QtCore import QRectF, Qt
from PyQt6.QtGui import QColor, QIcon, QPainter, QPixmap, QTransform

from desktop_client.overlay.palette import DARK
from desktop_client.overlay.snapping import Align
from desktop_client.windows import look

SIZE: Final = 18
RATIO: Final = 2  # of the pixmap's pixels to the icon's: sharp on every usual screen
LONG, SHORT = 12.0, 7.0

BESIDE_A_LINE: Final = {Align.LEFT: 0.0, Align.CENTRE: 0.5, Align.RIGHT: 1.0}
SAME_BELOW: Final = {Align.TOP: Align.LEFT, Align.MIDDLE: Align.CENTRE, Align.BOTTOM: Align.RIGHT}


def align_icon(how: Align) -> QIcon:
    """The sign of one way to align, and its faded self."""
    icon = QIcon()
    icon.addPixmap(_drawn(how, DARK.text_soft, DARK.you), QIcon.Mode.Normal)
    icon.addPixmap(_drawn(how, look.FADED, look.FADED), QIcon.Mode.Disabled)
    return icon


def _drawn(how: Align, box: QColor, line: QColor) -> QPixmap:
    picture = QPixmap(SIZE * RATIO, SIZE * RATIO)
    picture.setDevicePixelRatio(RATIO)
    picture.fill(Qt.GlobalColor.transparent)
    with QPainter(picture) as painter:
        if how in SAME_BELOW:  # the same, with the axes exchanged
            painter.setTransform(QTransform(0, 1, 1, 0, 0, 0))
        at = BESIDE_A_LINE[SAME_BELOW.get(how, how)]
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(box)
        for top, width in ((3.0, LONG), (10.5, SHORT)):
            painter.drawRect(QRectF(3 + (LONG - width) * at, top, width, 4.5))
        painter.setBrush(line)
        painter.drawRect(QRectF(1.5 + (SIZE - 4.5) * at, 1, 1.5, SIZE - 2))
    return picture
