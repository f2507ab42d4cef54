"""A widget as it will look over the game: its own example on a drawn race track."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from PyQt6.QtCore import QPoint, QSize, QSizeF, Qt
from PyQt6.QtGui import QImage, QPainter, QPainterPath, QPaintEvent
from PyQt6.QtWidgets import QSizePolicy, QWidget

from desktop_client.overlay import theme
from desktop_client.overlay.backdrop import backdrop
from desktop_client.overlay.palette import DARK, Palette
from desktop_client.overlay.widget import AnyWidget
from desktop_client.overlay.window import WidgetWindow

HEIGHT: Final = 268
MARGIN: Final = 20
TRACK: Final = QSize(960, 540)


@lru_cache(maxsize=1)
def track() -> QImage:
    """The track behind every preview, drawn once."""
    return backdrop(TRACK)


class Preview(QWidget):
    """Shows one widget with the settings and colours it was given last, as large as it is, or as there is room."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._window: WidgetWindow | None = None
        self._scale = 1.0

    def show_widget(self, widget: AnyWidget, palette: Palette, scale: float) -> None:
        """Show this widget, `scale` times its design size."""
        if self._window is None or type(self._window.widget) is not type(widget):
            self._window = WidgetWindow(widget, palette=palette)
        self._window.equip(widget)
        self._window.wear(palette)
        self._scale = scale
        self.setAccessibleName(f"{widget.title} as it will look")
        self.update()

    @property
    def drawn_size(self) -> QSize:
        """The size in which the widget is drawn: its own, or less where that does not fit."""
        if self._window is None:
            return QSize()
        wanted = self._wanted
        room = QSizeF(self.width() - 2 * MARGIN, self.height() - 2 * MARGIN)
        fitting = wanted.scaled(room, Qt.AspectRatioMode.KeepAspectRatio)
        return (wanted if wanted.width() <= fitting.width() else fitting).toSize()

    @property
    def _wanted(self) -> QSizeF:
        return QSizeF() if self._window is None else self._window.widget.natural_size * self._scale

    def _say_share(self, painter: QPainter, share: float) -> None:
        """That what is seen is smaller than it will be."""
        painter.setFont(theme.font(theme.CAPTION))
        painter.setPen(DARK.text)
        place = self.rect().adjusted(MARGIN, 0, -12, -8)
        painter.drawText(place, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom, f"drawn at {share:.0%}")

    def paintEvent(self, a0: QPaintEvent | None) -> None:
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            corners = QPainterPath()
            corners.addRoundedRect(self.rect().toRectF(), theme.RADIUS, theme.RADIUS)
            painter.setClipPath(corners)
            behind = track().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatioByExpanding)
            painter.drawImage(QPoint(0, (self.height() - behind.height()) // 2), behind)
            if self._window is None:
                return
            size = self.drawn_size
            self._window.resize(size)
            self._window.show_demo()
            if size.height() < round(self._wanted.height()):
                self._say_share(painter, size.height() / self._wanted.height())
            painter.translate((self.width() - size.width()) // 2, (self.height() - size.height()) // 2)
            self._window.paint_on(painter)
