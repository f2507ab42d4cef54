"""The account page, on the one loop of Qt and asyncio, before a real HTTPS gateway on loopback."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from loopback_accounts import WEAK
from loopback_gateway import EMAIL, PASSWORD, LoopbackGateway, refuses
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QPushButton
from shown_account import is_idle

from desktop_client.account import Account
from desktop_client.session import Stage
from desktop_client.windows.account_page import NO_GATEWAY, NOBODY, AccountPage
from desktop_client.windows.password_section import DONE

Do = Callable[[Coroutine[Any, Any, object]], object]
Run = Callable[[Callable[[], object]], None]
NEW = "another long sentence"


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
