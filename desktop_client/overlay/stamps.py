"""Small shapes that are drawn once and then only copied: twenty round dots a frame are dear to draw."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable

from PyQt6.QtCore import QPointF, Qt
from PyQt6.QtGui import QPainter, QPixmap

KEPT_STAMPS = 128


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
        device = painter.device()
        scale = painter.transform().m11() * (1.0 if device is None else device.devicePixelRatioF())
        kept = self._kept.get((key, scale))
        if kept is None:
            kept = self._drawn(half, scale, draw)
            self._kept[key, scale] = kept
            if len(self._kept) > KEPT_STAMPS:
                self._kept.popitem(last=False)
        painter.drawPixmap(QPointF(at.x() - half, at.y() - half), kept)

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
