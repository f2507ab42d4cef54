"""The account page, on the one loop of Qt and asyncio, before a real HTTPS gateway on loopback."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest
from loopback_accounts import APP_CODE, MAILED_CODE, SECRET, WEAK
from loopback_gateway import EMAIL, PASSWORD, LoopbackGateway, refuses
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QGuiApplication
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QPushButton

from contracts.auth import TotpEnrolment
from desktop_client.account import Account
from desktop_client.session import Stage
from desktop_client.windows.account_page import NO_GATEWAY, NOBODY, AccountPage
from desktop_client.windows.ask_again import AskAgain
from desktop_client.windows.password_section import DONE

Do = Callable[[Coroutine[Any, Any, object]], object]
Run = Callable[[Callable[[], object]], None]
NEW = "another long sentence"


@pytest.fixture
def asked() -> list[str]:
    """How often the page asked for the window to sign in with."""
    return []


@pytest.fixture
def out(driver: Account, asked: list[str]) -> Iterator[AccountPage]:
    """In sight, while nobody is signed in."""
    made = AccountPage(driver, lambda: asked.append("sign in"))
    made.resize(760, 780)
    made.show()
    yield made
    made.stop()
    made.close()


@pytest.fixture
def page(out: AccountPage, driver: Account, server: LoopbackGateway, do: Do, run: Run) -> AccountPage:
    """In sight, with everything that it asks for; the driver is signed in on another computer, too."""
    server.accounts.sign_in_elsewhere()
    do(driver.sign_in(EMAIL, PASSWORD))
    run(lambda: len(out.sign_ins.rows) == 2 and out.second_factor.state.text())
    run(lambda: is_idle(out))
    return out


def is_idle(page: AccountPage) -> bool:
    return not any(section.is_busy for section in page.sections)


def question(page: AccountPage) -> AskAgain | None:
    return next((window for window in page.window().findChildren(AskAgain) if window.isVisible()), None)


def clipboard() -> str:
    board = QGuiApplication.clipboard()
    assert board is not None
    return board.text()


def test_without_a_gateway_there_is_no_account_and_nothing_to_press(qapp: QApplication) -> None:
    page = AccountPage(None, lambda: None)
    page.show()
    assert page.who.text() == NO_GATEWAY
    assert not [button for button in page.findChildren(QPushButton) if button.isVisible()]
    page.close()


def test_whoever_is_not_signed_in_is_offered_that_and_nothing_else(
    out: AccountPage, asked: list[str], server: LoopbackGateway
) -> None:
    assert out.who.text() == NOBODY
    assert [button.text() for button in out.findChildren(QPushButton) if button.isVisible()] == ["Sign in …"]
    out.sign_in.click()
    assert asked == ["sign in"]
    assert server.asked == {}


def test_signing_in_brings_the_computers_and_the_second_factor_into_sight(page: AccountPage) -> None:
    assert page.who.text() == EMAIL
    here, elsewhere = page.sign_ins.rows
    assert here.details.text().startswith("This computer · Turin, Italy · since ")
    assert elsewhere.details.text().startswith("Seen 5 minutes ago · since ")
    assert (here.end.isVisible(), elsewhere.end.isVisible()) == (False, True)
    assert page.second_factor.state.text() == "It is switched off."
    assert (page.second_factor.begin.isVisible(), page.second_factor.end.isVisible()) == (True, False)


def test_another_computer_is_signed_out_and_gone_from_the_list(
    page: AccountPage, server: LoopbackGateway, run: Run
) -> None:
    page.sign_ins.rows[1].end.click()
    run(lambda: len(page.sign_ins.rows) == 1 and is_idle(page))
    assert server.accounts.ended == {0}
    assert page.sign_ins.problem.text() == "Computer 0 is signed out."


def test_a_computer_that_was_signed_out_meanwhile_is_no_failure(
    page: AccountPage, server: LoopbackGateway, run: Run
) -> None:
    server.accounts.ended.add(0)
    page.sign_ins.rows[1].end.click()
    run(lambda: len(page.sign_ins.rows) == 1 and is_idle(page))
    assert page.sign_ins.problem.text() == "Computer 0 is signed out."


def test_signing_out_everywhere_leaves_nothing_of_the_account_in_sight(
    page: AccountPage, server: LoopbackGateway, run: Run, driver: Account
) -> None:
    page.password.current.setText(PASSWORD)
    page.sign_ins.everywhere.click()
    run(lambda: driver.state.stage is Stage.SIGNED_OUT and is_idle(page))
    assert server.accounts.ended == {0, 1}
    assert page.who.text() == NOBODY
    assert (page.sign_ins.rows, page.password.current.text()) == ([], "")
    assert not page.password.isVisible()


def test_signing_out_ends_this_computer_alone(
    page: AccountPage, server: LoopbackGateway, run: Run, driver: Account
) -> None:
    page.sign_out.click()
    run(lambda: driver.state.stage is Stage.SIGNED_OUT)
    assert server.asked["POST /auth/logout"] == 1
    assert server.asked["POST /auth/logout/all"] == 0


def test_a_password_is_changed_once_the_gateway_takes_it(page: AccountPage, server: LoopbackGateway, run: Run) -> None:
    section = page.password
    section.change.click()
    assert section.fields["current_password"].problem.text() == "Type it here."
    section.current.setText("not the password")
    section.new.setText("password1234!")
    section.change.click()
    run(lambda: section.fields["current_password"].problem.text() == "That is not your password." and is_idle(page))
    section.current.setText(PASSWORD)
    section.change.click()
    run(lambda: section.fields["new_password"].problem.text() == WEAK and is_idle(page))
    assert page.window().focusWidget() is section.new
    section.new.setText(NEW)
    QTest.keyClick(section.new, Qt.Key.Key_Return)
    run(lambda: section.problem.text() == DONE and len(page.sign_ins.rows) == 1)
    assert server.accounts.password == NEW
    assert (section.current.text(), section.new.text()) == ("", "")


def test_too_many_tries_are_counted_down_beside_what_was_tried(
    page: AccountPage, server: LoopbackGateway, run: Run
) -> None:
    server.trouble["POST /auth/password/change"] += [refuses(429, "too_many_requests", retry_after=1)]
    page.password.current.setText(PASSWORD)
    page.password.new.setText(NEW)
    page.password.change.click()
    run(lambda: page.password.problem.text() == "Too many tries. The next one can be made in 1 s.")
    run(lambda: page.password.problem.text() == "")


def test_a_second_factor_is_switched_on_with_the_apps_first_code(
    page: AccountPage, server: LoopbackGateway, run: Run, tmp_path: Path
) -> None:
    section = page.second_factor
    section.begin.click()
    run(lambda: section.enrolment.isVisible() and is_idle(page))
    assert section.enrolment.key.text() == "JBSW Y3DP EHPK 3PXP JBSW Y3DP EHPK 3PXP"
    assert section.enrolment.picture.isVisible()
    run(lambda: not section.enrolment.code.visibleRegion().isEmpty())  # the page has scrolled to it
    section.enrolment.copy_key.click()
    assert clipboard() == SECRET
    section.enrolment.copy_link.click()
    assert clipboard().startswith("otpauth://totp/")

    section.enrolment.code.setText("12345")
    section.enrolment.confirm.click()
    assert section.enrolment.field.problem.text() == "The code has six digits."
    section.enrolment.code.setText("000 000")
    section.enrolment.confirm.click()
    run(lambda: "not the code" in section.enrolment.field.problem.text() and is_idle(page))
    section.enrolment.code.setText(APP_CODE)
    section.enrolment.confirm.click()
    run(lambda: section.codes.isVisible() and section.end.isVisible() and is_idle(page))

    assert (section.enrolment.isVisible(), section.enrolment.key.text()) == (False, "")
    assert section.state.text() == "It is switched on since 1 Nov 2026. Recovery codes left: 10."
    section.codes.copy.click()
    assert tuple(clipboard().splitlines()) == server.accounts.recovery_codes
    section.codes.save_to(tmp_path / "codes.txt")
    assert set(server.accounts.recovery_codes) < set((tmp_path / "codes.txt").read_text().splitlines())
    assert (tmp_path / "codes.txt").stat().st_mode & 0o077 == 0, "nobody else on this computer reads them"
    section.codes.done.click()
    assert (section.codes.isVisible(), section.codes.codes) == (False, ())


def test_a_place_that_cannot_be_written_to_is_said_and_the_codes_stay(page: AccountPage, tmp_path: Path) -> None:
    card = page.second_factor.codes
    card.show_codes(("one", "two"))
    (tmp_path / "file").write_text("")
    card.save_to(tmp_path / "file" / "codes.txt")
    assert "cannot be written" in card.said.text()
    assert card.codes == ("one", "two")


def test_a_link_that_is_too_long_for_a_picture_can_still_be_copied(page: AccountPage) -> None:
    enrolment = page.second_factor.enrolment
    enrolment.show_enrolment(TotpEnrolment(SECRET, "otpauth://totp/" + "x" * 400))
    assert not enrolment.picture.isVisible()
    assert enrolment.copy_link.isVisible()


def test_thinking_better_of_it_forgets_the_key(page: AccountPage, run: Run) -> None:
    section = page.second_factor
    section.begin.click()
    run(lambda: section.enrolment.isVisible() and is_idle(page))
    section.enrolment.cancel.click()
    assert (section.enrolment.isVisible(), section.enrolment.key.text(), section.begin.isVisible()) == (False, "", True)


def test_after_a_while_the_password_is_asked_for_once_more_and_then_it_goes_on(
    page: AccountPage, server: LoopbackGateway, run: Run
) -> None:
    server.accounts.is_recent = False
    page.second_factor.begin.click()
    run(lambda: question(page))
    window = question(page)
    assert window is not None
    window.password.setText("not the password")
    window.page.button.click()
    run(lambda: window.page.fields["password"].problem.text() == "That is not your password." and not window.is_busy)
    window.password.setText(PASSWORD)
    window.page.button.click()
    run(lambda: page.second_factor.enrolment.isVisible() and is_idle(page))
    assert question(page) is None


def test_whoever_does_not_prove_it_does_not_go_on(page: AccountPage, server: LoopbackGateway, run: Run) -> None:
    server.accounts.is_recent = False
    page.second_factor.begin.click()
    run(lambda: question(page))
    window = question(page)
    assert window is not None
    window.close()
    run(lambda: is_idle(page))
    assert not page.second_factor.enrolment.isVisible()
    assert page.second_factor.begin.isVisible()
    assert server.asked["POST /auth/mfa/totp"] == 1


def test_a_second_factor_is_renewed_and_switched_off_with_password_and_code(
    page: AccountPage, server: LoopbackGateway, run: Run
) -> None:
    section, accounts = page.second_factor, server.accounts
    accounts.has_factor, accounts.recovery_codes = True, ("OLD1-CODE",)
    section.load()
    run(lambda: section.renew.isVisible() and is_idle(page))
    assert section.state.text().endswith("Recovery codes left: 1.")

    def answer(code: str) -> None:
        run(lambda: question(page))
        window = question(page)
        assert window is not None
        window.password.setText(PASSWORD)
        window.page.button.click()
        run(lambda: window.second_factor.isVisible() and not window.is_busy)
        assert window.second_factor.hasFocus()
        window.second_factor.setText(code)
        window.page.button.click()

    section.renew.click()
    answer("OLD1-CODE")
    run(lambda: section.codes.isVisible() and is_idle(page))
    assert section.codes.codes == accounts.recovery_codes
    assert section.state.text().endswith("Recovery codes left: 10.")

    section.end.click()
    answer(APP_CODE)
    run(lambda: section.state.text() == "It is switched off." and is_idle(page))
    assert not accounts.has_factor
    assert not section.codes.isVisible()


def test_without_the_gateway_each_part_says_so_and_can_be_tried_again(
    page: AccountPage, server: LoopbackGateway, do: Do, run: Run
) -> None:
    do(server.stop())
    page.password.current.setText(PASSWORD)
    page.password.new.setText(NEW)
    page.password.change.click()
    run(lambda: page.password.problem.text() == "The gateway cannot be reached; is there a network?" and is_idle(page))
    do(server.start())
    page.password.change.click()
    run(lambda: page.password.problem.text() == DONE and is_idle(page))


def test_a_client_that_starts_offline_says_whose_account_it_is_and_that_nobody_can_be_asked(
    page: AccountPage, server: LoopbackGateway, driver: Account, do: Do, run: Run
) -> None:
    session: Any = driver._session
    session._access = None  # as after a start: the access token is in memory alone
    do(server.stop())
    page.sign_ins.load()
    run(lambda: driver.state.stage is Stage.OFFLINE and is_idle(page))
    assert page.who.text() == EMAIL
    assert page.problem.text().startswith("Offline. The gateway cannot be reached")
    assert page.sign_out.isVisible()


def test_a_session_that_was_ended_elsewhere_takes_the_account_out_of_sight(
    page: AccountPage, server: LoopbackGateway, driver: Account, run: Run
) -> None:
    server.accounts._end_sign_ins({0, 1})
    page.sign_ins.load()
    run(lambda: driver.state.stage is Stage.SIGNED_OUT and is_idle(page))
    assert page.who.text() == NOBODY
    assert page.sign_ins.rows == []


def test_the_mailed_code_is_no_code_of_the_app(page: AccountPage, run: Run) -> None:
    page.second_factor.begin.click()
    run(lambda: page.second_factor.enrolment.isVisible() and is_idle(page))
    page.second_factor.enrolment.code.setText(MAILED_CODE)
    page.second_factor.enrolment.confirm.click()
    assert page.second_factor.enrolment.field.problem.text() == "The code has six digits."
