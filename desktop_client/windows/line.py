"""A line to type in, and the place below it where it is said what is wrong with what was typed."""

from __future__ import annotations

from PyQt6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from desktop_client.windows.page import text

LONGEST_PASSWORD = 128
LONGEST_ADDRESS = 254


def typed_line(name: str, typed: str = "", *, secret: bool = False, longest: int = LONGEST_ADDRESS) -> QLineEdit:
    """`name` stands in the line while it is empty. What is `secret` is shown as dots."""
    line = QLineEdit(typed)
    line.setPlaceholderText(name)
    line.setAccessibleName(name)
    line.setMaxLength(LONGEST_PASSWORD if secret else longest)
    if secret:
        line.setEchoMode(QLineEdit.EchoMode.Password)
    return line


class LineWithProblem(QWidget):
    """What is said below the line is gone as soon as the driver types in it."""

    def __init__(self, line: QLineEdit) -> None:
        super().__init__()
        self.line = line
        self.problem = text("problem")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(line)
        column.addWidget(self.problem)
        self.say("")
        line.textEdited.connect(lambda: self.say(""))

    def say(self, words: str) -> None:
        """Say what is wrong; "" takes it away."""
        self.problem.setText(words)
        self.problem.setVisible(bool(words))
