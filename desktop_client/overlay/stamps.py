"""Small shapes that are drawn once and then only copied: twenty round dots a frame are dear to draw."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable
from typing import TypeVar

from PyQt6.QtCore import QPointF, Qt
from PyQt6.QtGui import QPainter, QPixmap

KEPT_STAMPS = 128

Look = TypeVar("Look", bound=Hashable)


class Stamps:
    """The stamps of one window, at most `KEPT_STAMPS`; the oldest go first."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[Hashable, float], QPixmap] = OrderedDict()

    def __len__(self) -> int:
        return len(self._kept)

    def put(self, painter: QPainter, at: QPointF, half: float, key: Hashable, draw: Callable[[QPainter], None]) -> None:
        """Copy the shape of this key to where its middle is `at`.

        `draw` paints it around the origin, at most `half` design pixels to each side; it is called when the key is
        new or the widget was scaled.
        """
        painter.drawPixmap(QPointF(at.x() - half, at.y() - half), self._of(key, _scale(painter), half, draw))

    def scatter(
        self,
        painter: QPainter,
        half: float,
        places: Iterable[tuple[float, float, Look]],
        drawing: Callable[[Look], Callable[[QPainter], None]],
    ) -> None:
        """Copy many shapes of one size, each to its x and y. The look of a shape is its key, and says how it is drawn.

        What is the same for all of them is asked of the painter once.
        """
        scale = _scale(painter)
        for x, y, look in places:
            kept = self._kept.get((look, scale))
            if kept is None:
                kept = self._of(look, scale, half, drawing(look))
            painter.drawPixmap(QPointF(x - half, y - half), kept)

    def _of(self, key: Hashable, scale: float, half: float, draw: Callable[[QPainter], None]) -> QPixmap:
        kept = self._kept.get((key, scale))
        if kept is None:
            kept = self._drawn(half, scale, draw)
            self._kept[key, scale] = kept
            if len(self._kept) > KEPT_STAMPS:
                self._kept.popitem(last=False)
        return kept

    def _drawn(self, half: float, scale: float, draw: Callable[[QPainter], None]) -> QPixmap:
        side = max(1, round(2 * half * scale))
        pixmap = QPixmap(side, side)
        pixmap.setDevicePixelRatio(side / (2 * half))
        pixmap.fill(Qt.GlobalColor.transparent)
        with QPainter(pixmap) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.translate(half, half)
            draw(painter)
        return pixmap


def _scale(painter: QPainter) -> float:
    """Pixels of the screen per unit of the painter."""
    device = painter.device()
    return painter.transform().m11() * (1.0 if device is None else device.devicePixelRatioF())
