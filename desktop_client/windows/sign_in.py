"""Sign in, or begin an account: one small window, three pages, and a sentence for whatever goes wrong."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any, Final, Protocol

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QCloseEvent
from PyQt6.QtWidgets import QDialog, QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from desktop_client.gateway import GatewayFailure, GatewayRefused
from desktop_client.windows import look

log = logging.getLogger(__name__)

WIDTH: Final = 324
SHORTEST_PASSWORD: Final = 12
FIELDS: Final = {
    "email": "That is not a whole e-mail address.",
    "password": f"A password has {SHORTEST_PASSWORD} to 128 characters.",
    "code": "The code has eight digits.",
    "display_name": "A name has up to 64 characters.",
}


class Account(Protocol):
    """What the window asks for; `desktop_client.cloud.Cloud` is one. All of it raises GatewayFailure."""

    async def sign_in(self, email: str, password: str) -> object: ...
    async def register(self, email: str, password: str, display_name: str | None = None) -> None: ...
    async def verify(self, email: str, code: str) -> None: ...
    async def resend(self, email: str) -> None: ...


class SignIn(QDialog):
    """Needs a running asyncio loop. `signed_in` is emitted once it worked, and the window closes."""

    signed_in = pyqtSignal()

    def __init__(self, account: Account, email: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._account = account
        self._working: asyncio.Task[None] | None = None
        self.setWindowTitle("RaceOverlay")
        self.setWindowIcon(look.icon())
        self.setStyleSheet(look.style_sheet())

        self.email, self.password = _field("E-mail", email), _field("Password", secret=True)
        self.new_email, self.new_name = _field("E-mail"), _field("Name (optional)")
        self.new_password = _field(f"Password, {SHORTEST_PASSWORD} characters or more", secret=True)
        self.code = _field("Code from the mail")
        self.code.setMaxLength(8)
        self.sign_in = _Page("Sign in", "", (self.email, self.password), "Sign in", self._sign_in)
        self.sign_in.add_link("Create an account", lambda: self._show(self.register))
        self.register = _Page(
            *("Create an account", "A mail with a code comes to your address."),
            *((self.new_email, self.new_name, self.new_password), "Create account", self._register),
        )
        self.register.add_link("I have one", lambda: self._show(self.sign_in))
        self.verify = _Page("Check your mail", "", (self.code,), "Confirm", self._verify)
        self.verify.add_link("Send another code", self._resend)
        self.verify.add_link("Back", lambda: self._show(self.sign_in))

        self.page = self.sign_in
        sign = QLabel()
        sign.setPixmap(look.mark(44))
        around = QVBoxLayout(self)
        around.setContentsMargins(28, 26, 28, 18)
        around.setSpacing(14)
        around.setSizeConstraint(QVBoxLayout.SizeConstraint.SetFixedSize)  # as tall as the page that is shown
        around.addWidget(sign)
        for page in (self.sign_in, self.register, self.verify):
            page.setFixedWidth(WIDTH)
            around.addWidget(page)
        self._show(self.sign_in)

    @property
    def is_busy(self) -> bool:
        return self._working is not None

    def closeEvent(self, a0: QCloseEvent | None) -> None:
        if self._working is not None:
            self._working.cancel()
        super().closeEvent(a0)

    def _show(self, page: _Page) -> None:
        if page is self.register and not self.new_email.text():
            self.new_email.setText(self.email.text())
        self.page = page
        for other in (self.sign_in, self.register, self.verify):
            other.setVisible(other is page)
        page.say("")
        self._focus()

    def _focus(self) -> None:
        """Put the cursor where something is missing, else where something was wrong: into the last field."""
        fields = self.page.fields
        missing = next((field for field in fields if not field.text()), fields[-1])
        missing.setFocus(Qt.FocusReason.OtherFocusReason)

    def _sign_in(self) -> None:
        email, password = self.email.text().strip(), self.password.text()
        if not email or not password:
            self.page.say("Type your e-mail address and your password.")
            return
        self._run(self._sign_in_now(email, password))

    async def _sign_in_now(self, email: str, password: str) -> None:
        try:
            await self._account.sign_in(email, password)
        except GatewayRefused as refusal:
            if refusal.code != "email_not_verified":
                raise
            self._expect_code(email, password)
            return
        self.password.clear()
        self.new_password.clear()
        self.signed_in.emit()
        self.accept()

    def _register(self) -> None:
        email, password = self.new_email.text().strip(), self.new_password.text()
        if "@" not in email:
            self.page.say(FIELDS["email"])
        elif len(password) < SHORTEST_PASSWORD:
            self.page.say(FIELDS["password"])
        else:
            self._run(self._register_now(email, password, self.new_name.text().strip() or None))

    async def _register_now(self, email: str, password: str, name: str | None) -> None:
        await self._account.register(email, password, name)
        self._expect_code(email, password)

    def _expect_code(self, email: str, password: str) -> None:
        self.email.setText(email)
        self.password.setText(password)
        self.code.clear()
        self.verify.explain(f"If {email} can be used, a mail with a code of eight digits is on its way to it.")
        self._show(self.verify)

    def _verify(self) -> None:
        code = "".join(filter(str.isdigit, self.code.text()))
        if len(code) != 8:
            self.page.say(FIELDS["code"])
            return
        self._run(self._verify_now(self.email.text().strip(), code))

    async def _verify_now(self, email: str, code: str) -> None:
        await self._account.verify(email, code)
        self._show(self.sign_in)
        await self._sign_in_now(email, self.password.text())

    def _resend(self) -> None:
        self._run(self._account.resend(self.email.text().strip()), done="Another code is on its way.")

    def _run(self, work: Coroutine[Any, Any, None], done: str = "") -> None:
        if self._working is not None:
            work.close()
            return
        self._working = asyncio.ensure_future(self._guarded(work, done))
        self.page.set_busy(True)

    async def _guarded(self, work: Coroutine[Any, Any, None], done: str) -> None:
        page = self.page
        page.say("")
        try:
            await work
            page.say(done, is_problem=False)
        except GatewayFailure as failure:
            self.page.say(sentence(failure))
        except Exception:
            log.exception("the sign-in window failed")
            self.page.say("Something went wrong in RaceOverlay itself; its log says what.")
        finally:
            self._working = None
            page.set_busy(False)
            self._focus()


def sentence(failure: GatewayFailure) -> str:
    """What went wrong, for the driver: fields in our own words, everything else in the gateway's."""
    if isinstance(failure, GatewayRefused):
        named = [FIELDS[error.field] for error in failure.errors if error.field in FIELDS]
        if named:
            return " ".join(dict.fromkeys(named))
        if failure.status == 429:
            wait = failure.retry_after
            return f"Too many tries. Wait {wait} s, then try again." if wait else "Too many tries. Wait a little."
    return failure.sentence


class _Page(QWidget):
    """A title, a few fields, one button, links, and the place where a problem is said."""

    def __init__(
        self, title: str, text: str, fields: tuple[QLineEdit, ...], action: str, act: Callable[[], None]
    ) -> None:
        super().__init__()
        self.fields, self._action = fields, action
        self._title, self._text, self.problem = _label("title", title), _label("caption", text), _label("problem", "")
        self.button = QPushButton(action)
        self.button.setObjectName("main")
        self.button.setDefault(True)
        self.button.clicked.connect(act)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        for part in (self._title, self._text, *fields, self.problem, self.button):
            column.addWidget(part)
        self._links = QHBoxLayout()
        self._links.addStretch()
        column.addLayout(self._links)
        column.addStretch()
        self._text.setVisible(bool(text))

    def add_link(self, text: str, act: Callable[[], None]) -> None:
        link = QPushButton(text)
        link.setObjectName("link")
        link.setAutoDefault(False)
        link.setCursor(Qt.CursorShape.PointingHandCursor)
        link.clicked.connect(act)
        self._links.insertWidget(self._links.count() - 1, link)

    def explain(self, text: str) -> None:
        self._text.setText(text)
        self._text.setVisible(bool(text))

    def say(self, text: str, *, is_problem: bool = True) -> None:
        """Show a sentence above the button; "" takes it away."""
        self.problem.setObjectName("problem" if is_problem else "note")
        self.problem.setStyleSheet(self.problem.styleSheet())  # the name chooses the colour
        self.problem.setText(text)
        self.problem.setVisible(bool(text))

    def set_busy(self, busy: bool) -> None:
        self.button.setText("One moment …" if busy else self._action)
        for part in (self.button, *self.fields):
            part.setEnabled(not busy)


def _field(placeholder: str, text: str = "", *, secret: bool = False) -> QLineEdit:
    field = QLineEdit(text)
    field.setPlaceholderText(placeholder)
    field.setAccessibleName(placeholder)
    field.setMaxLength(128 if secret else 254)
    if secret:
        field.setEchoMode(QLineEdit.EchoMode.Password)
    return field


def _label(name: str, text: str) -> QLabel:
    label = QLabel(text)
    label.setObjectName(name)
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    return label
