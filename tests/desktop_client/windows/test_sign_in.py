from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator

import pytest
import qasync
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication
from waiting import eventually

from contracts.problem import FieldError, ProblemDetails
from desktop_client.gateway import GatewayFailure, GatewayRefused, GatewayUnreachable
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
def loop(qapp: QApplication) -> Iterator[qasync.QEventLoop]:
    made = qasync.QEventLoop(qapp, already_running=False)
    asyncio.set_event_loop(made)
    yield made
    made.close()
    asyncio.set_event_loop(None)


@pytest.fixture
def run(loop: qasync.QEventLoop) -> Callable[[Callable[[], object]], None]:
    """Let the loop of Qt and asyncio turn until something is so."""
    return lambda question: loop.run_until_complete(eventually(question, within=10.0))


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
