"""The status page: a small window that is looked at when nothing is to be seen on the overlay."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PyQt6.QtCore import Qt, QTimer
from PyQt6.QtGui import QHideEvent, QPainter, QPaintEvent, QShowEvent
from PyQt6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from desktop_client.overlay.palette import DARK
from desktop_client.status import Light, Row, Snapshot, rows
from desktop_client.windows import look

REFRESH_MS: Final = 500
NAME_WIDTH: Final = 132
SENTENCE_WIDTH: Final = 440
EDGE_OF_SCREEN: Final = 80  # what title bar and task bar take of its height
COLOURS: Final = {Light.GOOD: DARK.gained, Light.IDLE: DARK.text_dim, Light.BAD: DARK.lost}


class StatusPage(QWidget):
    """Asks for a snapshot twice a second while it is open, and for nothing while it is not."""

    def __init__(self, snapshot: Callable[[], Snapshot]) -> None:
        super().__init__()
        self._snapshot = snapshot
        self._shown: tuple[Row, ...] = ()
        self._lines: list[tuple[_Lamp, QLabel, QLabel]] = []
        self.setWindowTitle("RaceOverlay status")
        self.setWindowIcon(look.icon())
        self.setStyleSheet(look.style_sheet())
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(14)
        self._grid.setVerticalSpacing(12)
        title = QLabel("Status")
        title.setObjectName("title")
        self._head = QHBoxLayout()
        self._head.setSpacing(8)
        self._head.addWidget(title)
        self._head.addStretch()
        self._page = QWidget()
        column = QVBoxLayout(self._page)
        column.setContentsMargins(28, 24, 28, 24)
        column.setSpacing(18)
        column.addLayout(self._head)
        column.addLayout(self._grid)
        column.addStretch()
        self._scroll = QScrollArea()
        self._scroll.setWidget(self._page)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        around = QVBoxLayout(self)
        around.setContentsMargins(0, 0, 0, 0)
        around.addWidget(self._scroll)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.refresh)

    def offer(self, words: str, act: Callable[[], object]) -> None:
        """Put a button beside the title; where there is no tray, this window is the way to everything else."""
        button = QPushButton(words)
        button.clicked.connect(lambda: act())
        self._head.addWidget(button)

    def refresh(self) -> None:
        """Show how things stand now; does nothing when nothing changed."""
        shown = rows(self._snapshot())
        if shown == self._shown:
            return
        self._shown = shown
        while len(self._lines) < len(shown):
            self._add_line()
        for line, row in zip(self._lines, shown, strict=False):
            lamp, name, sentence = line
            lamp.show_light(row.light)
            name.setText(row.name)
            sentence.setText(row.sentence)
            _fit_height(name, NAME_WIDTH)
            _fit_height(sentence, SENTENCE_WIDTH)
        for number, line in enumerate(self._lines):
            for part in line:
                part.setVisible(number < len(shown))
        self._fit()

    def showEvent(self, a0: QShowEvent | None) -> None:
        self.refresh()
        self._timer.start(REFRESH_MS)
        super().showEvent(a0)

    def hideEvent(self, a0: QHideEvent | None) -> None:
        self._timer.stop()
        super().hideEvent(a0)

    def _fit(self) -> None:
        """As large as what is said, as far as the screen goes; what is longer is scrolled."""
        column = self._page.layout()
        screen = self.screen()
        if column is None or screen is None:
            return
        column.activate()
        wanted, most = self._page.sizeHint(), screen.availableGeometry().height() - EDGE_OF_SCREEN
        bar = self._scroll.verticalScrollBar()
        beside = bar.sizeHint().width() if bar is not None and wanted.height() > most else 0
        self.resize(wanted.width() + beside, min(wanted.height(), most))

    def _add_line(self) -> None:
        name, sentence = QLabel(), QLabel()
        name.setObjectName("caption")
        name.setWordWrap(True)
        name.setFixedWidth(NAME_WIDTH)
        sentence.setWordWrap(True)
        sentence.setFixedWidth(SENTENCE_WIDTH)
        sentence.setTextFormat(Qt.TextFormat.PlainText)
        sentence.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        line = (_Lamp(), name, sentence)
        row = len(self._lines)
        self._lines.append(line)
        for column, part in enumerate(line):
            self._grid.addWidget(part, row, column, Qt.AlignmentFlag.AlignTop)


def _fit_height(label: QLabel, width: int) -> None:
    label.ensurePolished()  # its height depends on the style's font
    label.setMinimumHeight(0)  # what a longer sentence needed before would count as needed still
    label.setFixedHeight(label.heightForWidth(width))


class _Lamp(QWidget):
    """A dot whose colour says how a row stands; a bad one is a ring too, for those who see colours differently."""

    def __init__(self) -> None:
        super().__init__()
        self._light = Light.IDLE
        self.setFixedSize(12, 20)

    def show_light(self, light: Light) -> None:
        self._light = light
        self.setAccessibleName(light.name.lower())
        self.update()

    def paintEvent(self, a0: QPaintEvent | None) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.translate(0, 5)
        colour = COLOURS[self._light]
        painter.setPen(colour)
        painter.setBrush(colour if self._light is Light.GOOD else Qt.BrushStyle.NoBrush)
        painter.drawEllipse(1, 1, 9, 9)
        if self._light is Light.BAD:
            painter.drawLine(3, 8, 8, 3)
