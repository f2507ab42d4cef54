"""One page of a small window: a title, a few lines to type in, one button, links, and what went wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from desktop_client.windows.countdown import Countdown
from desktop_client.windows.line import LineWithProblem
from desktop_client.windows.page import text
from desktop_client.windows.refusals import Said, too_many_tries

WIDTH: Final = 324


class SmallPage(QWidget):
    """`fields` are called as the gateway calls them, so that what it finds wrong is said at the right one."""

    def __init__(
        self, title: str, words: str, fields: Mapping[str, QLineEdit], action: str, act: Callable[[], None]
    ) -> None:
        super().__init__()
        self.fields = {name: LineWithProblem(line) for name, line in fields.items()}
        self._action, self._is_busy, self._is_shut = action, False, False
        self._text, self.problem = text("caption", words), text("problem")
        self.countdown = Countdown(self)
        self.countdown.changed.connect(self._count)
        self.button = QPushButton(action)
        self.button.setObjectName("main")
        self.button.setDefault(True)
        self.button.clicked.connect(act)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        for part in (text("title", title), self._text, *self.fields.values(), self.problem, self.button):
            column.addWidget(part)
        self._links = QHBoxLayout()
        self._links.setSpacing(14)
        self._links.addStretch()
        column.addLayout(self._links)
        column.addStretch()
        self._text.setVisible(bool(words))
        self.setFixedWidth(WIDTH)

    def add_link(self, words: str, act: Callable[[], None]) -> QPushButton:
        link = QPushButton(words)
        link.setObjectName("link")
        link.setAutoDefault(False)
        link.setCursor(Qt.CursorShape.PointingHandCursor)
        link.clicked.connect(act)
        self._links.insertWidget(self._links.count() - 1, link)
        return link

    def explain(self, words: str) -> None:
        self._text.setText(words)
        self._text.setVisible(bool(words))

    def say(self, words: str, *, is_problem: bool = True) -> None:
        """Show a sentence above the button, in place of all that was said; "" takes it away."""
        self.countdown.stop()
        for field in self.fields.values():
            field.say("")
        self._shut(False)
        self._write(words, is_problem)

    def fail(self, failed: Said, *, shuts: bool = True) -> None:
        """Say what went wrong where it belongs. `shuts`: the button cannot be pressed before the wait is over."""
        self.say(failed.sentence)
        for name, words in failed.at_fields.items():
            self.fields[name].say(words)
        if failed.wait_s:
            self._shut(shuts)
            self.countdown.start(failed.wait_s)

    def focus(self) -> None:
        """Put the cursor where something was wrong or is missing, else into the last line."""
        shown = [field for field in self.fields.values() if not field.isHidden()]
        wanted = [field for field in shown if field.problem.text()] + [
            field for field in shown if not field.line.text()
        ]
        for field in (wanted or shown[-1:])[:1]:
            field.line.setFocus(Qt.FocusReason.OtherFocusReason)

    def set_busy(self, busy: bool) -> None:
        self._is_busy = busy
        self.button.setText("One moment …" if busy else self._action)
        self._shut(self._is_shut)  # before the lines: the focus must not fall on it and be taken from it again
        for field in self.fields.values():
            field.line.setEnabled(not busy)

    def _shut(self, shut: bool) -> None:
        self._is_shut = shut
        self.button.setEnabled(not shut and not self._is_busy)

    def _count(self, left: int) -> None:
        self._write(too_many_tries(left) if left else "", is_problem=True)
        if not left:
            self._shut(False)

    def _write(self, words: str, is_problem: bool) -> None:
        self.problem.setObjectName("problem" if is_problem else "note")
        self.problem.setStyleSheet(self.problem.styleSheet())  # the name chooses the colour
        self.problem.setText(words)
        self.problem.setVisible(bool(words))
