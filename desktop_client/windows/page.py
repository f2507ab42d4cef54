"""The frame of a page in the settings window: a title, what belongs beside it, and parts below that scroll."""

from __future__ import annotations

from typing import Final

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLayout, QScrollArea, QVBoxLayout, QWidget

EDGE: Final = 28


class Page(QWidget):
    """Parts are added below each other, and keep their heights; what is pinned stays in sight above them."""

    def __init__(self, title: str, intro: str = "") -> None:
        super().__init__()
        self.head = QHBoxLayout()
        self.head.setSpacing(10)
        self.title = text("title", title)
        self.head.addWidget(self.title)
        self.head.addStretch()
        self._top = QVBoxLayout()
        self._top.setContentsMargins(EDGE, 22, EDGE, 16)
        self._top.setSpacing(12)
        self._top.addLayout(self.head)
        if intro:
            self._top.addWidget(text("note", intro))
        self.inside = QWidget()
        self.column = QVBoxLayout(self.inside)
        self.column.setContentsMargins(EDGE, 0, EDGE, EDGE)
        self.column.setSpacing(16)
        self.column.addStretch()
        scroll = QScrollArea()
        scroll.setWidget(self.inside)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addLayout(self._top)
        whole.addWidget(scroll, 1)

    def pin(self, part: QWidget) -> None:
        """Put a part above those that scroll."""
        self._top.addWidget(part)

    def add(self, part: QWidget | QLayout) -> None:
        """Put a part below the others."""
        place = self.column.count() - 1
        if isinstance(part, QLayout):
            self.column.insertLayout(place, part)
        else:
            self.column.insertWidget(place, part)

    def add_heading(self, words: str) -> None:
        """A line across the page with what follows below it."""
        line = QFrame()
        line.setObjectName("line")
        self.add(line)
        self.add(text("heading", words))


def text(name: str, words: str = "") -> QLabel:
    """A label that breaks its lines; `name` says how it looks."""
    label = QLabel(words)
    label.setObjectName(name)
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    return label
