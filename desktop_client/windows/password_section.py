"""Another password for the account that is signed in."""

from __future__ import annotations

from typing import Final

from PyQt6.QtCore import pyqtSignal

from desktop_client.account import Account
from desktop_client.windows.form import FormGrid
from desktop_client.windows.line import LineWithProblem, typed_line
from desktop_client.windows.refusals import SHORTEST_PASSWORD
from desktop_client.windows.section import FIELD_WIDTH, Section, button, row

INTRO: Final = f"{SHORTEST_PASSWORD} characters or more. Every other computer of yours has to sign in again."
DONE: Final = "Your password is changed. Every other computer of yours is signed out."


class PasswordSection(Section):
    changed = pyqtSignal()

    def __init__(self, account: Account) -> None:
        super().__init__(account, "Password", INTRO)
        self.current, self.new = typed_line("", secret=True), typed_line("", secret=True)
        self.fields = {"current_password": LineWithProblem(self.current), "new_password": LineWithProblem(self.new)}
        grid = FormGrid()
        for words, field in zip(("Current password", "New password"), self.fields.values(), strict=True):
            field.line.setObjectName("field")
            field.line.setAccessibleName(words)
            field.line.returnPressed.connect(self._change)
            field.setFixedWidth(FIELD_WIDTH)
            grid.add(words, field)
        self.change = button("Change password", self._change)
        self.column.addLayout(grid)
        self.column.addLayout(row(self.change))

    def forget(self) -> None:
        """Nobody is signed in any more: what was typed is gone, too."""
        self.current.clear()
        self.new.clear()
        self.say("")

    def _change(self) -> None:
        missing = next((field for field in self.fields.values() if not field.line.text()), None)
        if missing is None:
            self.run(self._change_now, DONE)
        else:
            self.say("")
            missing.say("Type it here." if missing.line is self.current else INTRO.partition(". ")[0] + ".")
            missing.line.setFocus()

    async def _change_now(self) -> None:
        await self.account.change_password(self.current.text(), self.new.text())
        self.current.clear()
        self.new.clear()
        self.changed.emit()
