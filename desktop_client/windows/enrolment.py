"""What the authenticator app must be told, and the first code that it shows then."""

from __future__ import annotations

from typing import Final

import segno
from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QGuiApplication, QImage, QPixmap
from PyQt6.QtWidgets import QFrame, QLabel, QVBoxLayout

from contracts.auth import TotpEnrolment
from desktop_client.windows.line import LineWithProblem, typed_line
from desktop_client.windows.page import text
from desktop_client.windows.section import FIELD_WIDTH, button, row

DIGITS: Final = 6
KEY_WORDS: Final = "1. Scan this with your authenticator app, or type the key. A password manager takes the link."
CODE_WORDS: Final = "2. Type the code that the app shows for RaceOverlay now."
MARGIN: Final = 4  # light modules around the dark ones, or no camera finds them
MODULE_PX: Final = 4


class Enrolment(QFrame):
    """Hidden until there is one to show, and forgotten when it is over."""

    confirmed = pyqtSignal(str)  # the six digits
    cancelled = pyqtSignal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("card")
        self._enrolment = TotpEnrolment("", "")
        self.picture = QLabel()
        self.picture.setAccessibleName("The link as a QR code")
        self.key = text("code")
        self.key.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.copy_key = button("Copy key", lambda: copy(self._enrolment.secret))
        self.copy_link = button("Copy link", lambda: copy(self._enrolment.uri))
        self.code = typed_line("Six digits", longest=DIGITS + 1)
        self.code.setObjectName("field")
        self.code.returnPressed.connect(self._confirm)
        self.field = LineWithProblem(self.code)
        self.field.setFixedWidth(FIELD_WIDTH)
        self.confirm = button("Confirm", self._confirm)
        self.cancel = button("Cancel", self.cancelled.emit)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 16)
        column.setSpacing(10)
        column.addWidget(text("value", KEY_WORDS))
        column.addWidget(self.picture)
        column.addWidget(self.key)
        column.addLayout(row(self.copy_key, self.copy_link))
        column.addWidget(text("value", CODE_WORDS))
        column.addWidget(self.field)
        column.addLayout(row(self.confirm, self.cancel))
        self.hide()

    def show_enrolment(self, enrolment: TotpEnrolment) -> None:
        self._enrolment = enrolment
        self.picture.setPixmap(drawn(enrolment.uri))
        self.picture.setVisible(not self.picture.pixmap().isNull())
        self.key.setText(in_groups(enrolment.secret))
        self.code.clear()
        self.show()
        self.code.setFocus()

    def forget(self) -> None:
        """The key is the app's alone from now on."""
        self._enrolment = TotpEnrolment("", "")
        self.picture.clear()
        self.key.clear()
        self.code.clear()
        self.hide()

    def _confirm(self) -> None:
        code = "".join(filter(str.isdigit, self.code.text()))
        if len(code) == DIGITS:
            self.confirmed.emit(code)
        else:
            self.field.say("The code has six digits.")


def in_groups(secret: str) -> str:
    """Four letters each, as one reads them out: the app does not mind the spaces."""
    return " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))


def drawn(link: str) -> QPixmap:
    """A picture that a camera reads the link from; an empty one where the link is too long for that."""
    try:
        code = segno.make_qr(link, error="l")
    except segno.DataOverflowError:
        return QPixmap()
    light = [bytes(0 if dark else 255 for dark in line) for line in code.matrix_iter(scale=MODULE_PX, border=MARGIN)]
    size = len(light)
    return QPixmap.fromImage(QImage(b"".join(light), size, size, size, QImage.Format.Format_Grayscale8))


def copy(words: str) -> None:
    clipboard = QGuiApplication.clipboard()
    if clipboard is not None:
        clipboard.setText(words)
