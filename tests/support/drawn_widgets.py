"""Widgets drawn into pictures, and what of their ink lies where it should not."""

from __future__ import annotations

import numpy as np
from PyQt6.QtCore import QRectF, QSizeF, Qt
from PyQt6.QtGui import QImage, QPainter

from desktop_client.overlay.canvas import Canvas, Room
from desktop_client.overlay.lettering import Lettering
from desktop_client.overlay.palette import DARK, Palette
from desktop_client.overlay.stamps import Stamps
from desktop_client.overlay.widget import AnyWidget
from desktop_client.overlay.window import WidgetWindow

BRIGHT = 70  # of 255; the panel, a groove and the driver's band are darker
BORDER = 4  # design pixels at the edge that hold no text


def drawn(widget: AnyWidget, view: object, scale: float = 1.0, palette: Palette = DARK, stretch: float = 1.0) -> QImage:
    """The widget's whole window with this view, over black."""
    window = WidgetWindow(widget, palette=palette)
    natural = widget.natural_size
    window.resize(QSizeF(natural.width() * scale * stretch, natural.height() * scale).toSize())
    window._show(view)
    image = QImage(window.size(), QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.black)
    with QPainter(image) as painter:
        window.paint_on(painter)
    window.deleteLater()
    return image


def brightness(image: QImage) -> np.ndarray:
    """The brightest channel of every pixel, (height, width)."""
    bits = image.constBits()
    bits.setsize(image.sizeInBytes())
    pixels = np.frombuffer(bits, dtype=np.uint8).reshape(image.height(), image.bytesPerLine() // 4, 4)
    return pixels[:, : image.width(), :3].max(axis=2).copy()


def ink(image: QImage) -> int:
    """How many bright pixels a picture has."""
    return int((brightness(image) > BRIGHT).sum())


def ink_at_the_edge(image: QImage, scale: float = 1.0) -> int:
    """Bright pixels in the border, the left one aside, where the tick of the driver's own row stands."""
    bright = brightness(image) > BRIGHT
    edge = max(1, round(BORDER * scale))
    inside = bright.copy()
    inside[edge:-edge, :-edge] = False
    inside[:, :edge] = False
    return int(inside.sum())


def stray_cells(widget: AnyWidget, view: object, scale: float = 1.0, stretch: float = 1.0) -> list[QRectF]:
    """The cells that paint outside of their own rectangle, which a partial repaint would cut off or leave standing."""
    natural = widget.natural_size
    room = Room.of(QSizeF(natural.width() * scale * stretch, natural.height() * scale), natural)
    lettering, stamps, stray = Lettering(), Stamps(), []
    for cell in widget.cells(room, view):
        image = QImage(
            int(room.width * scale) + 80, int(room.height * scale) + 80, QImage.Format.Format_ARGB32_Premultiplied
        )
        image.fill(Qt.GlobalColor.transparent)
        with QPainter(image) as painter:
            painter.translate(40, 40)
            cell.draw(Canvas(painter, lettering, stamps, room))
        rows, columns = np.nonzero(brightness(image) > 12)
        if len(rows) == 0:
            continue
        rect = cell.rect
        left, top, right, bottom = (
            40 + edge * scale for edge in (rect.left(), rect.top(), rect.right(), rect.bottom())
        )
        if columns.min() < left - 1 or columns.max() > right + 1 or rows.min() < top - 1 or rows.max() > bottom + 1:
            stray.append(rect)
    return stray
