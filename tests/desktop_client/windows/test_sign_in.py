from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator

import pytest
import qasync
from loopback_accounts import APP_CODE, MAILED_CODE, WEAK
from loopback_gateway import EMAIL, PASSWORD, LoopbackGateway, refuses
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest

from contracts.problem import FieldError, ProblemDetails
from desktop_client.account import Account
from desktop_client.gateway import GatewayFailure, GatewayRefused, GatewayUnreachable
from desktop_client.session import Stage
from desktop_client.windows.sign_in import SignIn


def refused(code: str, status: int = 400, title: str = "No.", **more: object) -> GatewayRefused:
    return GatewayRefused(ProblemDetails(type="x", title=title, status=status, code=code, **more))  # type: ignore[arg-type]


class Answers:
    """Stands where the cloud stands: answers each call with the next thing it was given."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, ...]] = []
        self.failures: list[GatewayFailure | None] = []
        self.may_answer = asyncio.Event()
        self.may_answer.set()

    async def _answer(self, *call: str | None) -> None:
        self.asked.append(tuple(part or "" for part in call))
        await self.may_answer.wait()
        if self.failures and (failure := self.failures.pop(0)) is not None:
            raise failure

    async def sign_in(self, email: str, password: str, second_factor: str | None = None) -> object:
        return await self._answer("sign_in", email, password, *([second_factor] if second_factor else []))

    async def register(self, email: str, password: str, display_name: str | None = None) -> None:
        await self._answer("register", email, password, display_name)

    async def verify(self, email: str, code: str) -> None:
        await self._answer("verify", email, code)

    async def resend(self, email: str) -> None:
        await self._answer("resend", email)

    async def forgot_password(self, email: str) -> None:
        await self._answer("forgot_password", email)

    async def reset_password(self, email: str, code: str, new_password: str) -> None:
        await self._answer("reset_password", email, code, new_password)


@pytest.fixture
def account(loop: qasync.QEventLoop) -> Answers:
    return Answers()


@pytest.fixture
def window(account: Answers, loop: qasync.QEventLoop) -> Iterator[SignIn]:
    dialog = SignIn(account)
    dialog.show()
    yield dialog
    dialog.close()


def type_into(window: SignIn, *texts: str) -> None:
    """Type with the keyboard only: the first field has the focus, Tab leads on, Return presses the button."""
    for number, text in enumerate(texts):
        if number:
            QTest.keyClick(window.focusWidget(), Qt.Key.Key_Tab)
        QTest.keyClicks(window.focusWidget(), text)
    QTest.keyClick(window.focusWidget(), Qt.Key.Key_Return)


def test_signing_in_needs_nothing_but_the_keyboard(
    window: SignIn, account: Answers, run: Callable[[Callable[[], object]], None]
) -> None:
    window.email.setFocus()
    type_into(window, "driver@raceoverlay.test", "a long password")
    run(lambda: window.result() == SignIn.DialogCode.Accepted)
    assert account.asked == [("sign_in", "driver@raceoverlay.test", "a long password")]
    assert window.password.text() == "", "a password is not kept longer than it is needed"


def test_while_it_is_busy_nothing_can_be_sent_twice(
    window: SignIn, account: Answers, run: Callable[[Callable[[], object]], None]
) -> None:
    account.may_answer.clear()
    window.email.setFocus()
    type_into(window, "driver@raceoverlay.test", "a long password")
    run(lambda: account.asked)
    assert not window.page.button.isEnabled()
    assert window.page.button.text() == "One moment …"
    window.page.button.click()
    account.may_answer.set()
    run(lambda: not window.is_busy)
    assert len(account.asked) == 1


@pytest.mark.parametrize(
    ("failure", "words"),
    [
        (refused("invalid_credentials", 401, "The password is not right."), "The password is not right."),
        (GatewayUnreachable("There is no network."), "There is no network."),
        (refused("too_many_requests", 429), "Too many tries. Wait a little, then try again."),
        (
            refused("invalid_request", 422, errors=(FieldError("email", "Expected `str` matching regex"),)),
            "",  # it is said at the line itself
        ),
    ],
)
def test_what_goes_wrong_is_a_sentence_and_one_can_try_again(
    window: SignIn,
    account: Answers,
    run: Callable[[Callable[[], object]], None],
    failure: GatewayFailure,
    words: str,
) -> None:
    account.failures = [failure]
    window.email.setFocus()
    type_into(window, "driver@raceoverlay.test", "a long password")
    run(lambda: account.asked and not window.is_busy)
    assert window.page.problem.text() == words
    assert window.page.fields["email"].problem.text() == ("" if words else "That is not a whole e-mail address.")
    assert window.page.button.isEnabled()
    assert (window.password if words else window.email).hasFocus()
    QTest.keyClick(window.focusWidget(), Qt.Key.Key_Return)
    run(lambda: window.result() == SignIn.DialogCode.Accepted)


def test_empty_fields_are_not_sent(window: SignIn, account: Answers) -> None:
    window.page.button.click()
    assert window.page.problem.text() == "Type your e-mail address and your password."
    assert account.asked == []


def test_an_account_begins_with_a_code_and_ends_signed_in(
    window: SignIn, account: Answers, run: Callable[[Callable[[], object]], None]
) -> None:
    window._show(window.register)
    window.new_email.setFocus()
    type_into(window, "new@raceoverlay.test", "Ines", "short")
    assert window.page.fields["password"].problem.text() == "A password has 12 to 128 characters."
    window.new_password.setText("a long enough password")
    window.page.button.click()
    run(lambda: window.page is window.verify and not window.is_busy)

    account.failures = [refused("invalid_code", title="The code is wrong.")]
    type_into(window, "11111111")
    run(lambda: window.page.fields["code"].problem.text() == "The code is wrong." and not window.is_busy)
    window.code.clear()
    type_into(window, "12345678")
    run(lambda: window.result() == SignIn.DialogCode.Accepted)
    assert [call[0] for call in account.asked] == ["register", "verify", "verify", "sign_in"]
    assert account.asked[-1] == ("sign_in", "new@raceoverlay.test", "a long enough password")


def test_an_address_that_is_not_proved_yet_is_asked_for_its_code(
    window: SignIn, account: Answers, run: Callable[[Callable[[], object]], None]
) -> None:
    account.failures = [refused("email_not_verified", 403)]
    window.email.setFocus()
    type_into(window, "new@raceoverlay.test", "a long password")
    run(lambda: window.page is window.verify and not window.is_busy)
    window._resend()
    run(lambda: window.page.problem.text() == "Another code is on its way.")
    assert account.asked[-1] == ("resend", "new@raceoverlay.test")


def test_closing_the_window_ends_what_it_was_doing(
    window: SignIn, account: Answers, run: Callable[[Callable[[], object]], None]
) -> None:
    account.may_answer.clear()
    window.email.setFocus()
    type_into(window, "driver@raceoverlay.test", "a long password")
    run(lambda: account.asked)
    window.close()
    run(lambda: not window.is_busy)
    assert window.result() == SignIn.DialogCode.Rejected


@pytest.fixture
def real(driver: Account) -> Iterator[SignIn]:
    """The window before a real gateway on loopback."""
    dialog = SignIn(driver)
    dialog.show()
    yield dialog
    dialog.close()


def test_whoever_has_a_second_factor_is_asked_for_it_and_may_mistype_it(
    real: SignIn, driver: Account, server: LoopbackGateway, run: Callable[[Callable[[], object]], None]
) -> None:
    server.accounts.has_factor = True
    real.email.setFocus()
    type_into(real, EMAIL, PASSWORD)
    run(lambda: real.page is real.prove and not real.is_busy)
    type_into(real, "000000")
    run(lambda: "not right" in real.page.fields["second_factor"].problem.text() and not real.is_busy)
    assert real.second_factor.text() == ""
    type_into(real, APP_CODE)
    run(lambda: real.result() == SignIn.DialogCode.Accepted)
    assert driver.state.stage is Stage.SIGNED_IN
    assert [login.second_factor for login in server.accounts.logins] == [None, "000000", APP_CODE]


def test_half_a_code_is_not_sent(
    real: SignIn, server: LoopbackGateway, run: Callable[[Callable[[], object]], None]
) -> None:
    server.accounts.has_factor = True
    real.email.setFocus()
    type_into(real, EMAIL, PASSWORD)
    run(lambda: real.page is real.prove and not real.is_busy)
    type_into(real, "123")
    assert "Six digits" in real.page.fields["second_factor"].problem.text()
    assert len(server.accounts.logins) == 1


def test_a_forgotten_password_ends_signed_in_with_another_one(
    real: SignIn, driver: Account, server: LoopbackGateway, run: Callable[[Callable[[], object]], None]
) -> None:
    real.email.setText(EMAIL)
    real._ask_for_address()
    QTest.keyClick(real.focusWidget(), Qt.Key.Key_Return)
    run(lambda: real.page is real.reset and not real.is_busy)

    type_into(real, "0000 0000", "password1234!")
    run(lambda: "ask for a new one" in real.page.fields["code"].problem.text() and not real.is_busy)
    assert real.reset_code.hasFocus()
    real._forgot_again()
    run(lambda: real.page.problem.text() == "Another code is on its way." and not real.is_busy)

    real.reset_code.setText(f"{MAILED_CODE[:4]} {MAILED_CODE[4:]}")
    QTest.keyClick(real.focusWidget(), Qt.Key.Key_Return)
    run(lambda: real.page.fields["new_password"].problem.text() == WEAK and not real.is_busy)
    assert real.other_password.hasFocus()
    real.other_password.clear()
    type_into(real, "another long sentence")
    run(lambda: real.result() == SignIn.DialogCode.Accepted)
    assert driver.state.stage is Stage.SIGNED_IN
    assert server.asked["POST /auth/password/forgot"] == 2


def test_what_is_wrong_at_a_field_is_gone_once_it_is_changed(real: SignIn) -> None:
    real._ask_for_address()
    real.page.button.click()
    assert real.page.fields["email"].problem.text() == "That is not a whole e-mail address."
    QTest.keyClicks(real.lost_email, "d")
    assert real.page.fields["email"].problem.text() == ""


def test_after_too_many_tries_the_seconds_are_counted_down_until_the_next(
    real: SignIn, server: LoopbackGateway, run: Callable[[Callable[[], object]], None]
) -> None:
    server.trouble["POST /auth/login"] += [refuses(429, "too_many_requests", retry_after=2)]
    real.email.setFocus()
    type_into(real, EMAIL, PASSWORD)
    run(lambda: real.page.problem.text() == "Too many tries. The next one can be made in 2 s.")
    run(lambda: not real.is_busy)
    assert not real.page.button.isEnabled()
    real.page.button.click()
    run(lambda: real.page.problem.text() == "Too many tries. The next one can be made in 1 s.")
    run(lambda: real.page.button.isEnabled())
    assert real.page.problem.text() == ""
    assert server.asked["POST /auth/login"] == 1
    QTest.keyClick(real.focusWidget(), Qt.Key.Key_Return)
    run(lambda: real.result() == SignIn.DialogCode.Accepted)


def test_a_mail_that_must_wait_keeps_nobody_from_typing_the_code_that_came(
    real: SignIn, server: LoopbackGateway, run: Callable[[Callable[[], object]], None]
) -> None:
    server.trouble["POST /auth/login"] += [refuses(403, "email_not_verified")]
    real.email.setFocus()
    type_into(real, EMAIL, PASSWORD)
    run(lambda: real.page is real.verify and not real.is_busy)
    server.trouble["POST /auth/verify/resend"] += [refuses(429, "too_many_requests", retry_after=300)]
    real._resend()
    run(lambda: real.page.problem.text() == "Too many tries. The next one can be made in 5 min.")
    run(lambda: not real.is_busy)
    type_into(real, MAILED_CODE)
    run(lambda: real.result() == SignIn.DialogCode.Accepted)
