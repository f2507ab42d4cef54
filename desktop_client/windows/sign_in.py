"""Sign in, begin an account, or get back into one: a small window, and a sentence for whatever goes wrong."""

from __future__ import annotations

from typing import Final, Protocol

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QLineEdit, QWidget

from desktop_client.gateway import GatewayRefused
from desktop_client.windows.line import typed_line
from desktop_client.windows.refusals import FIELDS, SHORTEST_PASSWORD, Said
from desktop_client.windows.small_page import SmallPage
from desktop_client.windows.small_window import SmallWindow

CODE_DIGITS: Final = 8
PASSWORD_NOTE: Final = f"Password, {SHORTEST_PASSWORD} characters or more"
ASKS_FOR_A_CODE: Final = frozenset({"second_factor_required", "invalid_second_factor"})
ANOTHER_CODE: Final = "Another code is on its way."


class Account(Protocol):
    """What the window asks for; `desktop_client.account.Account` is one. All of it raises GatewayFailure."""

    async def sign_in(self, email: str, password: str, second_factor: str | None = None) -> object: ...
    async def register(self, email: str, password: str, display_name: str | None = None) -> None: ...
    async def verify(self, email: str, code: str) -> None: ...
    async def resend(self, email: str) -> None: ...
    async def forgot_password(self, email: str) -> None: ...
    async def reset_password(self, email: str, code: str, new_password: str) -> None: ...


class SignIn(SmallWindow):
    """`signed_in` is emitted once it worked, and the window closes."""

    signed_in = pyqtSignal()

    def __init__(self, account: Account, email: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._account = account
        self.email, self.password = typed_line("E-mail", email), typed_line("Password", secret=True)
        self.new_email, self.new_name = typed_line("E-mail"), typed_line("Name (optional)", longest=64)
        self.new_password = typed_line(PASSWORD_NOTE, secret=True)
        self.code = typed_line("Code from the mail", longest=CODE_DIGITS + 1)
        self.second_factor = typed_line("Six digits, or a recovery code", longest=32)
        self.lost_email = typed_line("E-mail")
        self.reset_code = typed_line("Code from the mail", longest=CODE_DIGITS + 1)
        self.other_password = typed_line(f"New {PASSWORD_NOTE[0].lower()}{PASSWORD_NOTE[1:]}", secret=True)
        self.sign_in = SmallPage(
            *("Sign in", "", {"email": self.email, "password": self.password}, "Sign in", self._sign_in)
        )
        self.register = SmallPage(
            *("Create an account", "A mail with a code comes to your address."),
            {"email": self.new_email, "display_name": self.new_name, "password": self.new_password},
            *("Create account", self._register),
        )
        self.verify = SmallPage("Check your mail", "", {"code": self.code}, "Confirm", self._verify)
        self.prove = SmallPage(
            *("One more proof", "Open your authenticator app and type the code that it shows for RaceOverlay."),
            *({"second_factor": self.second_factor}, "Sign in", self._prove),
        )
        self.forgot = SmallPage(
            *("Forgot your password?", "A code to choose another one comes to your address."),
            *({"email": self.lost_email}, "Send a code", self._forgot),
        )
        self.reset = SmallPage(
            *("Choose a password", "", {"code": self.reset_code, "new_password": self.other_password}),
            *("Change it and sign in", self._reset),
        )
        self._link()
        self._show_first(self.sign_in, self.register, self.verify, self.prove, self.forgot, self.reset)

    def _link(self) -> None:
        self.sign_in.add_link("Create an account", self._ask_for_account)
        self.sign_in.add_link("Forgot your password?", self._ask_for_address)
        self.register.add_link("I have one", lambda: self._show(self.sign_in))
        self.verify.add_link("Send another code", self._resend)
        self.reset.add_link("Send another code", self._forgot_again)
        for page in (self.verify, self.prove, self.forgot, self.reset):
            page.add_link("Back", lambda: self._show(self.sign_in))

    def _sign_in(self) -> None:
        email, password = self.email.text().strip(), self.password.text()
        if not email or not password:
            self.page.say("Type your e-mail address and your password.")
            return
        self._run(self._sign_in_now(email, password))

    async def _sign_in_now(self, email: str, password: str, second_factor: str | None = None) -> None:
        try:
            await self._account.sign_in(email, password, second_factor)
        except GatewayRefused as refusal:
            if refusal.code == "email_not_verified":
                self._expect_code(email, password)
            elif refusal.code in ASKS_FOR_A_CODE and self.page is not self.prove:
                self.second_factor.clear()
                self._show(self.prove)
            else:
                raise
            return
        for secret in (self.password, self.new_password, self.other_password, self.second_factor):
            secret.clear()
        self.signed_in.emit()
        self.accept()

    def _prove(self) -> None:
        code = self.second_factor.text().strip()
        if len(code) < 6:
            self.page.fail(Said(at_fields={"second_factor": "Six digits of the app, or one whole recovery code."}))
            return
        self._run(self._prove_now(self.email.text().strip(), self.password.text(), code))

    async def _prove_now(self, email: str, password: str, code: str) -> None:
        try:
            await self._sign_in_now(email, password, code)
        except GatewayRefused as refusal:
            if refusal.code in ASKS_FOR_A_CODE:
                self.second_factor.clear()  # it is never right a second time
            raise

    def _ask_for_account(self) -> None:
        self.new_email.setText(self.new_email.text() or self.email.text())
        self._show(self.register)

    def _register(self) -> None:
        email, password = self.new_email.text().strip(), self.new_password.text()
        if "@" not in email:
            self.page.fail(Said(at_fields={"email": FIELDS["email"]}))
        elif len(password) < SHORTEST_PASSWORD:
            self.page.fail(Said(at_fields={"password": FIELDS["password"]}))
        else:
            self._run(self._register_now(email, password, self.new_name.text().strip() or None))

    async def _register_now(self, email: str, password: str, name: str | None) -> None:
        await self._account.register(email, password, name)
        self._expect_code(email, password)

    def _expect_code(self, email: str, password: str) -> None:
        self.email.setText(email)
        self.password.setText(password)
        self.code.clear()
        self.verify.explain(_on_its_way(email))
        self._show(self.verify)

    def _verify(self) -> None:
        if code := self._typed_code(self.code):
            self._run(self._verify_now(self.email.text().strip(), code))

    async def _verify_now(self, email: str, code: str) -> None:
        await self._account.verify(email, code)
        self._show(self.sign_in)
        await self._sign_in_now(email, self.password.text())

    def _resend(self) -> None:
        self._run(self._account.resend(self.email.text().strip()), ANOTHER_CODE, by_link=True)

    def _ask_for_address(self) -> None:
        self.lost_email.setText(self.email.text() or self.lost_email.text())
        self._show(self.forgot)

    def _forgot(self) -> None:
        email = self.lost_email.text().strip()
        if "@" not in email:
            self.page.fail(Said(at_fields={"email": FIELDS["email"]}))
        else:
            self._run(self._forgot_now(email))

    async def _forgot_now(self, email: str) -> None:
        await self._account.forgot_password(email)
        self.reset_code.clear()
        self.other_password.clear()
        self.reset.explain(_on_its_way(email))
        self._show(self.reset)

    def _forgot_again(self) -> None:
        self._run(self._account.forgot_password(self.lost_email.text().strip()), ANOTHER_CODE, by_link=True)

    def _reset(self) -> None:
        password = self.other_password.text()
        if not (code := self._typed_code(self.reset_code)):
            return
        if not password:
            self.page.fail(Said(at_fields={"new_password": FIELDS["new_password"]}))
        else:
            self._run(self._reset_now(self.lost_email.text().strip(), code, password))

    async def _reset_now(self, email: str, code: str, password: str) -> None:
        await self._account.reset_password(email, code, password)
        self.email.setText(email)
        self.password.setText(password)
        self._show(self.sign_in)
        await self._sign_in_now(email, password)

    def _typed_code(self, line: QLineEdit) -> str:
        """The digits of a mailed code, however they were written; "" after saying that they are not all there."""
        code = "".join(filter(str.isdigit, line.text()))
        if len(code) == CODE_DIGITS:
            return code
        self.page.fail(Said(at_fields={"code": "The code has eight digits."}))
        return ""


def _on_its_way(email: str) -> str:
    return f"If {email} can be used, a mail with a code of eight digits is on its way to it."
