"""The plan page, on the one loop of Qt and asyncio, before a real HTTPS gateway on loopback."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest
from loopback_gateway import EMAIL, PASSWORD, LoopbackGateway, refuses
from PyQt6.QtCore import QCoreApplication, QEvent, Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QPushButton

from contracts.license import Checkout, Interval
from desktop_client.account import Account
from desktop_client.gateway import Gateway
from desktop_client.licence import Licence
from desktop_client.plans import Plans
from desktop_client.session import Session
from desktop_client.vault import FileVault
from desktop_client.windows.plan_page import NO_GATEWAY, NOBODY, PlanPage
from desktop_client.windows.plans_section import IN_BROWSER, NO_BROWSER
from desktop_client.windows.settings import NAV_WIDTH, SMALLEST

Do = Callable[[Coroutine[Any, Any, object]], object]
Run = Callable[[Callable[[], object]], None]
ATTIC = "f" * 32


class Browser:
    """Opens what it is given, or cannot."""

    def __init__(self) -> None:
        self.opened: list[str] = []
        self.works = True

    def open(self, address: str) -> bool:
        self.opened.append(address)
        return self.works


class Driver:
    """Everything that a page needs of the cloud; the licence is watched as the client watches it."""

    def __init__(self, server: LoopbackGateway, folder: Path) -> None:
        self.door = Gateway(server.address, server.authority, first_pause_s=0.001)
        vault = FileVault(folder / "secrets")
        session = Session(self.door, vault, folder / "lock")
        self.licence = Licence(self.door, session, vault, folder / "lease.lock", first_pause_s=0.01)
        self.account = Account(self.door, session)
        self.plans = Plans(self.door, session, self.licence, vault)
        self.watching: asyncio.Task[None] | None = None

    async def begin(self) -> None:
        self.watching = asyncio.ensure_future(self.licence.watch())

    async def stop(self) -> None:
        if self.watching is not None:
            self.watching.cancel()
            await asyncio.gather(self.watching, return_exceptions=True)
        await self.door.close()


@pytest.fixture
def driver(do: Do, server: LoopbackGateway, tmp_path: Path) -> Iterator[Driver]:
    made = Driver(server, tmp_path)
    do(made.begin())
    yield made
    do(made.stop())


@pytest.fixture
def browser() -> Browser:
    return Browser()


@pytest.fixture
def out(driver: Driver, browser: Browser, asked: list[str], run: Run) -> Iterator[PlanPage]:
    """In sight, while nobody is signed in."""
    made = PlanPage(driver.account, driver.plans, lambda: asked.append("sign in"), browser.open)
    made.resize(760, 780)
    made.show()
    run(lambda: len(made.offers.cards) == 3 and is_idle(made))
    yield made
    made.stop()
    made.close()


@pytest.fixture
def page(out: PlanPage, driver: Driver, server: LoopbackGateway, do: Do, run: Run) -> PlanPage:
    """In sight, with everything that it asks for; the driver has the free plan, and a second computer."""
    server.leases.seats = 5
    server.devices[ATTIC] = "a key"
    server.plans.names[ATTIC] = "Rig in the attic"
    do(driver.account.sign_in(EMAIL, PASSWORD))
    run(lambda: driver.plans.state.code == "valid" and len(out.devices.rows) == 2 and is_idle(out))
    return out


def is_idle(page: PlanPage) -> bool:
    return not any(section.is_busy for section in page.sections)


def buttons(page: PlanPage) -> list[str]:
    return [card.choose.text() for card in page.offers.cards if card.choose.isVisible()]


def test_without_a_gateway_there_is_nothing_to_buy(qapp: QApplication) -> None:
    page = PlanPage(None, None, lambda: None)
    page.show()
    assert page.who.text() == NO_GATEWAY
    assert not [button for button in page.findChildren(QPushButton) if button.isVisible()]
    page.close()


def test_whoever_is_not_signed_in_sees_the_plans_and_is_asked_who_they_are_before_they_buy(
    out: PlanPage, asked: list[str], browser: Browser, server: LoopbackGateway
) -> None:
    assert out.who.text() == NOBODY
    assert [card.name.text() for card in out.offers.cards] == ["Free", "Pro", "Team"]
    assert (out.standing.isVisible(), out.devices.isVisible()) == (False, False)
    out.offers.cards[1].choose.click()
    assert asked == ["sign in"]
    assert (browser.opened, server.plans.bought) == ([], [])


def test_the_plan_that_one_has_is_said_and_the_others_can_be_chosen_by_the_month_or_the_year(page: PlanPage) -> None:
    assert (page.standing.name.text(), page.standing.how.text()) == ("Free", "There is nothing to pay.")
    assert buttons(page) == ["Your plan", "Choose", "Choose"]
    pro = page.offers.cards[1]
    assert (pro.sum.text(), pro.each.text()) == ("€5.99", "a month, before tax")
    assert pro.trial.text().startswith("The first 14 days are free.")
    QTest.mouseClick(page.offers.interval.group.button(1), Qt.MouseButton.LeftButton)
    assert (pro.sum.text(), pro.each.text()) == ("€59", "a year, 18 % less, before tax")
    assert not page.standing.manage.isVisible()


def test_who_pays_in_the_browser_has_the_plan_here_as_soon_as_the_event_tells_of_it(
    page: PlanPage, browser: Browser, server: LoopbackGateway, driver: Driver, run: Run
) -> None:
    page.offers.interval.group.button(1).click()
    page.offers.cards[1].choose.click()
    run(lambda: browser.opened and is_idle(page))
    assert browser.opened == [server.plans.page]
    assert server.plans.bought == [Checkout("pro", Interval.YEAR)]
    assert (page.offers.waiting.text(), page.offers.is_waiting) == (IN_BROWSER, True)
    server.plans.pay()
    driver.licence.wake()  # as license.changed does
    run(lambda: page.standing.name.text() == "Pro")
    assert page.standing.how.text() == "Renews on 26 Jan 2027."
    assert page.standing.manage.isVisible()
    assert not page.offers.is_waiting
    assert not page.offers.waiting.isVisible()
    assert buttons(page) == ["Your plan", "Change …"]


def test_an_event_that_got_lost_is_made_up_for_when_the_driver_comes_back_from_the_browser(
    page: PlanPage, browser: Browser, server: LoopbackGateway, run: Run
) -> None:
    page.offers.cards[1].choose.click()
    run(lambda: browser.opened and is_idle(page))
    server.plans.pay()
    QCoreApplication.sendEvent(page.window(), QEvent(QEvent.Type.WindowActivate))
    run(lambda: page.standing.name.text() == "Pro")


def test_an_answer_that_got_lost_is_asked_for_once_more_with_the_same_key(
    page: PlanPage, browser: Browser, server: LoopbackGateway, run: Run
) -> None:
    server.trouble["POST /license/checkout"] += [refuses(503, "unavailable")]
    page.offers.cards[1].choose.click()
    run(lambda: browser.opened and is_idle(page))
    assert server.asked["POST /license/checkout"] == 2
    keys = {r.headers["idempotency-key"] for r in server.seen if r.path == "/license/checkout"}
    assert len(keys) == 1


def test_without_a_browser_the_address_can_be_taken_along(
    page: PlanPage, browser: Browser, server: LoopbackGateway, run: Run
) -> None:
    browser.works = False
    page.offers.cards[1].choose.click()
    run(lambda: page.offers.address.isVisible() and is_idle(page))
    assert (page.offers.waiting.text(), page.offers.address.text()) == (NO_BROWSER, server.plans.page)
    page.offers.enough.click()
    assert not page.offers.address.isVisible()


def test_a_plan_that_was_bought_elsewhere_a_moment_ago_leads_to_where_it_is_changed(
    page: PlanPage, browser: Browser, server: LoopbackGateway, run: Run
) -> None:
    server.trouble["POST /license/checkout"] += [refuses(409, "already_subscribed")]
    page.offers.cards[2].choose.click()
    run(lambda: browser.opened and is_idle(page))
    assert browser.opened == ["https://pay.raceoverlay.example/portal"]


def test_another_plan_is_a_change_of_the_one_that_is_paid_for(
    page: PlanPage, browser: Browser, server: LoopbackGateway, driver: Driver, run: Run
) -> None:
    server.plans.pay()
    driver.licence.wake()
    run(lambda: page.standing.name.text() == "Pro" and is_idle(page))
    page.offers.cards[2].choose.click()
    run(lambda: len(browser.opened) == 1 and is_idle(page))
    page.standing.manage.click()
    run(lambda: len(browser.opened) == 2 and is_idle(page))
    assert set(browser.opened) == {"https://pay.raceoverlay.example/portal"}
    assert server.plans.bought == []


def test_payments_that_cannot_be_made_just_now_are_said_and_can_be_tried_again(
    page: PlanPage, browser: Browser, server: LoopbackGateway, do: Do, run: Run
) -> None:
    server.trouble["POST /license/checkout"] += [
        refuses(409, "payments_unavailable", title="Nothing can be bought just now.")
    ]
    page.offers.cards[1].choose.click()
    run(lambda: page.offers.problem.text() == "Nothing can be bought just now." and is_idle(page))
    do(server.stop())
    page.offers.cards[1].choose.click()
    run(lambda: page.offers.problem.text() == "The gateway cannot be reached; is there a network?" and is_idle(page))
    do(server.start())
    page.offers.cards[1].choose.click()
    run(lambda: browser.opened and is_idle(page))
    assert page.offers.problem.text() == ""


def test_a_plan_that_is_suspended_says_why_and_the_way_out(
    page: PlanPage, server: LoopbackGateway, driver: Driver, run: Run
) -> None:
    server.plans.pay(valid=False, code="suspended_unpaid", subscription_status="unpaid", entitlements=("widgets",))
    driver.licence.wake()
    run(lambda: page.standing.wrong.isVisible())
    assert page.standing.name.text() == "Pro"
    assert "until the open payment is made" in page.standing.wrong.text()
    assert page.standing.manage.isVisible()


def test_a_computer_is_renamed_in_its_place(page: PlanPage, server: LoopbackGateway, run: Run) -> None:
    row = page.devices.rows[1]
    assert (row.name.text(), page.devices.rows[0].details.text()[:13]) == ("Rig in the attic", "This computer")
    row.rename.click()
    row.line.setText("Rig in the cellar")
    QTest.keyClick(row.line, Qt.Key.Key_Return)
    run(lambda: page.devices.rows[1].name.text() == "Rig in the cellar" and is_idle(page))
    assert server.plans.names[ATTIC] == "Rig in the cellar"


def test_a_computer_is_taken_off_after_one_more_question(page: PlanPage, server: LoopbackGateway, run: Run) -> None:
    assert page.devices.seats.text() == "2 of 5 in use. 3 more can be taken off for others at the moment."
    row = page.devices.rows[1]
    row.remove.click()
    assert ATTIC in server.devices
    row.really.click()
    run(lambda: len(page.devices.rows) == 1 and is_idle(page))
    assert ATTIC not in server.devices
    assert page.devices.problem.text() == "Rig in the attic is taken off."
    assert page.devices.seats.text() == "1 of 5 in use. 2 more can be taken off for others at the moment."


def test_a_computer_that_is_off_already_is_no_failure(page: PlanPage, server: LoopbackGateway, run: Run) -> None:
    del server.devices[ATTIC]
    page.devices.rows[1].really.click()
    run(lambda: len(page.devices.rows) == 1 and is_idle(page))
    assert page.devices.problem.text() == "Rig in the attic is taken off."


def test_when_no_more_can_be_taken_off_it_is_said_from_when_on(
    page: PlanPage, server: LoopbackGateway, run: Run
) -> None:
    server.plans.transfers_left = 0
    page.devices.load()
    run(lambda: "No more can be taken off for another before" in page.devices.seats.text() and is_idle(page))
    page.devices.rows[1].really.click()
    run(lambda: page.devices.problem.text() == "Too many computers were exchanged lately." and is_idle(page))
    assert ATTIC in server.devices


def test_signing_out_leaves_only_what_everybody_may_see(page: PlanPage, driver: Driver, do: Do, run: Run) -> None:
    do(driver.account.sign_out())
    run(lambda: page.who.text() == NOBODY)
    assert page.devices.rows == []
    assert not page.standing.isVisible()
    assert len(page.offers.cards) == 3


def test_the_plans_fit_beside_each_other_in_the_smallest_window(page: PlanPage) -> None:
    page.resize(SMALLEST.width() - NAV_WIDTH - 1, SMALLEST.height())
    assert page.inside.minimumSizeHint().width() <= page.width()


def test_offline_is_said_plainly(page: PlanPage, server: LoopbackGateway, driver: Driver, do: Do, run: Run) -> None:
    session: Any = driver.account._session
    session._access = None  # as after a start: the access token is in memory alone
    do(server.stop())
    page.devices.load()
    run(lambda: page.problem.text().startswith("Offline. The gateway cannot be reached") and is_idle(page))
    assert page.devices.problem.text() == "The gateway cannot be reached; is there a network?"
    assert page.devices.isVisible()
