"""Who is sitting here? Asked once more before something that a stranger at this computer must not be able to do."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QWidget

from desktop_client.gateway import GatewayRefused
from desktop_client.windows.line import typed_line
from desktop_client.windows.refusals import Said
from desktop_client.windows.small_page import SmallPage
from desktop_client.windows.small_window import SmallWindow

Proof = Callable[[str, str | None], Awaitable[None]]
WORDS: Final = "Type your password once more."


class AskAgain(SmallWindow):
    """Gives the password to `use`, and the second factor where `use` is told that there is one to be given."""

    def __init__(self, use: Proof, words: str = WORDS, action: str = "Go on", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._use = use
        self._answered: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.password = typed_line("Password", secret=True)
        self.second_factor = typed_line("Six digits, or a recovery code", longest=32)
        fields = {"password": self.password, "second_factor": self.second_factor}
        page = SmallPage("Is it you?", words, fields, action, self._prove)
        page.fields["second_factor"].hide()
        page.add_link("Cancel", self.reject)
        self.finished.connect(self._close)
        self._show_first(page)

    async def answer(self) -> bool:
        """Show the window; whether `use` was content, False when the driver thought better of it."""
        self.show()
        try:
            return await self._answered
        finally:
            self.deleteLater()

    def _prove(self) -> None:
        asked_for_code = not self.page.fields["second_factor"].isHidden()
        code = self.second_factor.text().strip() if asked_for_code else ""
        if not self.password.text():
            self.page.fail(Said(at_fields={"password": "Type your password."}))
        elif asked_for_code and len(code) < 6:
            self.page.fail(Said(at_fields={"second_factor": "Six digits of the app, or one whole recovery code."}))
        else:
            self._run(self._prove_now(self.password.text(), code or None))

    async def _prove_now(self, password: str, code: str | None) -> None:
        try:
            await self._use(password, code)
        except GatewayRefused as refusal:
            if refusal.code == "second_factor_required" and code is None:
                self.page.fields["second_factor"].show()
                return
            if refusal.code == "invalid_second_factor":
                self.second_factor.clear()  # it is never right a second time
            raise
        self.accept()

    def _close(self, result: int) -> None:
        self.password.clear()
        if not self._answered.done():
            self._answered.set_result(result == self.DialogCode.Accepted)
