"""A word over the game for a moment: what a hotkey has just done, where that is not to be seen at once."""

from __future__ import annotations

from typing import Final

from PyQt6.QtCore import QRect, QSize, QSizeF, Qt, QTimer
from PyQt6.QtGui import QPainter, QPaintEvent
from PyQt6.QtWidgets import QWidget

from desktop_client.overlay import theme
from desktop_client.overlay.canvas import Canvas, Room
from desktop_client.overlay.layout import DESIGN_HEIGHT
from desktop_client.overlay.lettering import Align, Lettering, middle_baseline
from desktop_client.overlay.palette import DARK, Palette
from desktop_client.overlay.stamps import Stamps
from desktop_client.overlay.window import FLAGS

SEEN_FOR_S: Final = 1.5
HEIGHT: Final = 44.0
TOP: Final = 0.2  # of the screen's height: under the flags and the delta, over the road
WIDEST: Final = 480.0


class Banner(QWidget):
    """No click and no key ever reaches it. One at a time: the next word takes the place of the last."""

    def __init__(self, *, composited: bool = True) -> None:
        super().__init__(None, FLAGS)
        self._composited = composited
        self._text = ""
        self._palette = DARK
        self._room = Room(1.0, HEIGHT, 1.0)
        self._lettering, self._stamps = Lettering(), Stamps()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(int(SEEN_FOR_S * 1000))
        self._timer.timeout.connect(self.hide)
        self.setWindowTitle("RaceOverlay banner")
        self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground, composited)
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_X11NetWmWindowTypeNotification)
        self.setAttribute(Qt.WidgetAttribute.WA_MacAlwaysShowToolWindow)
        self.setAttribute(Qt.WidgetAttribute.WA_QuitOnClose, False)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def say(self, text: str, screen: QRect, palette: Palette) -> None:
        """Show a few words at the top of this screen, in these colours."""
        self._text, self._palette = text, palette
        scale = screen.height() / DESIGN_HEIGHT
        width = min(WIDEST, self._lettering.text_width(text, theme.BODY_STRONG) + 4 * theme.PAD_X)
        size = QSize(round(width * scale), round(HEIGHT * scale))
        self._room = Room.of(QSizeF(size), QSizeF(width, HEIGHT))
        left = screen.x() + (screen.width() - size.width()) // 2
        self.setGeometry(QRect(left, screen.y() + round(screen.height() * TOP), size.width(), size.height()))
        self.show()
        self.update()
        self._timer.start()

    def paintEvent(self, a0: QPaintEvent | None) -> None:
        with QPainter(self) as painter:
            canvas = Canvas(painter, self._lettering, self._stamps, self._room, self._palette)
            canvas.panel(opaque=not self._composited)
            baseline = middle_baseline(0, canvas.height, theme.BODY_STRONG)
            room = canvas.width - 2 * theme.PAD_X
            canvas.text(canvas.width / 2, baseline, self._text, theme.BODY_STRONG, align=Align.CENTRE, room=room)
