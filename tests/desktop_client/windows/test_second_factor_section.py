"""The second factor on the account page, before a real HTTPS gateway on loopback."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from loopback_accounts import APP_CODE, MAILED_CODE, SECRET
from loopback_gateway import PASSWORD, LoopbackGateway
from shown_account import clipboard, is_idle, question

from contracts.auth import TotpEnrolment
from desktop_client.windows.account_page import AccountPage

Run = Callable[[Callable[[], object]], None]


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
    enrolment.show_enrolment(TotpEnrolment(SECRET, "otpauth://totp/" + "x" * 3000))
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


def test_the_mailed_code_is_no_code_of_the_app(page: AccountPage, run: Run) -> None:
    page.second_factor.begin.click()
    run(lambda: page.second_factor.enrolment.isVisible() and is_idle(page))
    page.second_factor.enrolment.code.setText(MAILED_CODE)
    page.second_factor.enrolment.confirm.click()
    assert page.second_factor.enrolment.field.problem.text() == "The code has six digits."
