"""The recovery codes, in the one moment in which they can be seen."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QFileDialog, QFrame, QGridLayout, QVBoxLayout

from desktop_client.files import write_atomically
from desktop_client.windows.enrolment import copy
from desktop_client.windows.page import text
from desktop_client.windows.section import button, row

WORDS: Final = "Keep these recovery codes where your phone is not. Each signs in once, and nobody can show them again."
FILE_NAME: Final = "RaceOverlay recovery codes.txt"
HEAD: Final = "RaceOverlay: each of these codes signs in once, in place of one of the authenticator app.\n\n"
COLUMNS: Final = 2


class RecoveryCodesCard(QFrame):
    """Hidden until there are some, and emptied when the driver has them."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("card")
        self.codes: tuple[str, ...] = ()
        self.said = text("note")
        self.copy = button("Copy", lambda: copy("\n".join(self.codes)))
        self.save = button("Save …", self._ask_where_to)
        self.done = button("I have them", self.forget)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(32)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(COLUMNS, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 16)
        column.setSpacing(10)
        column.addWidget(text("value", WORDS))
        column.addLayout(self._grid)
        column.addWidget(self.said)
        column.addLayout(row(self.copy, self.save, self.done))
        self.forget()

    def show_codes(self, codes: tuple[str, ...]) -> None:
        self.forget()
        self.codes = codes
        for number, code in enumerate(codes):
            label = text("code", code)
            label.setWordWrap(False)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            self._grid.addWidget(label, number // COLUMNS, number % COLUMNS)
        self.show()

    def forget(self) -> None:
        self.codes = ()
        while (item := self._grid.takeAt(0)) is not None:
            if (label := item.widget()) is not None:
                label.deleteLater()
        self._say("")
        self.hide()

    def save_to(self, file: Path) -> None:
        """Write them into a file that only the driver may read."""
        try:
            write_atomically(file, (HEAD + "\n".join(self.codes) + "\n").encode())
        except OSError as error:
            self._say(f"{file.name} cannot be written: {error.strerror or error}.")
        else:
            self._say(f"They are in {file.name}.", is_problem=False)

    def _ask_where_to(self) -> None:
        dialog = QFileDialog(self.window(), "Save the recovery codes", "", "Text (*.txt)")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("txt")
        dialog.selectFile(FILE_NAME)
        dialog.fileSelected.connect(lambda chosen: self.save_to(Path(chosen)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _say(self, words: str, *, is_problem: bool = True) -> None:
        self.said.setObjectName("problem" if is_problem else "note")
        self.said.setStyleSheet(self.said.styleSheet())  # the name chooses the colour
        self.said.setText(words)
        self.said.setVisible(bool(words))
