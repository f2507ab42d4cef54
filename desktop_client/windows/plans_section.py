"""The plans that can be had, by the month or the year, and the way to pay for one: the browser's, not ours."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QHBoxLayout

from contracts.license import Interval, Plan
from desktop_client.account import Account
from desktop_client.gateway import GatewayRefused
from desktop_client.licence import LicenceState
from desktop_client.plans import Plans
from desktop_client.windows.controls import Segments
from desktop_client.windows.fields import Option
from desktop_client.windows.page import text
from desktop_client.windows.plan_card import PlanCard
from desktop_client.windows.plan_words import ASKING, has_subscription, price_of
from desktop_client.windows.section import Section, bring_into_sight, button, row

Open = Callable[[str], bool]
INTERVALS: Final = (Option(Interval.MONTH, "Monthly"), Option(Interval.YEAR, "Yearly"))
IN_BROWSER: Final = "The page to pay at is open in your browser. What you do there shows here by itself."
NO_BROWSER: Final = "No browser could be opened. This is the address of the page to pay at:"


class PlansSection(Section):
    """`open_url` gives an address to the system's browser; `sign_in` asks who the driver is, who nobody is yet."""

    def __init__(self, account: Account, plans: Plans, open_url: Open, sign_in: Callable[[], None]) -> None:
        super().__init__(account, "Plans")
        self._plans, self._open, self._sign_in = plans, open_url, sign_in
        self._state, self._is_signed_in = plans.state, False
        self._address = ""
        self.offered: tuple[Plan, ...] = ()
        self.cards: list[PlanCard] = []
        self.interval = Segments("Pay", INTERVALS)
        self.interval.set_value(Interval.MONTH)
        self.interval.changed.connect(lambda _: self._refresh())
        self._row = QHBoxLayout()
        self._row.setSpacing(12)
        self.waiting = text("note")
        self.address = text("code")
        self.address.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.again = button("Open it again", lambda: self._show_page(self._address), "link")
        self.enough = button("Done", self.forget, "link")
        self.column.addLayout(row(self.interval))
        self.column.addLayout(self._row)
        self.column.addWidget(self.waiting)
        self.column.addWidget(self.address)
        self.column.addLayout(row(self.again, self.enough))
        self.interval.hide()
        self.forget()

    def forget(self) -> None:
        """No page to pay at is waited for any more."""
        self._address = ""
        for part in (self.waiting, self.address, self.again, self.enough):
            part.hide()

    @property
    def is_waiting(self) -> bool:
        """Whether the driver may be paying just now, somewhere else."""
        return bool(self._address)

    def load(self) -> None:
        self.run(self._load)

    def show_state(self, state: LicenceState, *, is_signed_in: bool) -> None:
        """Follow how the plan stands: once it is another one, nothing is waited for any more."""
        if self.is_waiting and state.status is not None and state.status != self._state.status:
            self.forget()
        self._state, self._is_signed_in = state, is_signed_in
        self._refresh()

    async def _load(self) -> None:
        offered = await self._plans.offered()
        if offered == self.offered:
            return
        self.offered = offered
        for card in self.cards:
            self._row.removeWidget(card)
            card.deleteLater()
        currency = next((price.currency for plan in offered for price in plan.prices), "")
        self.cards = [PlanCard(plan, currency) for plan in offered]
        for card in self.cards:
            card.chosen.connect(self._choose)
            self._row.addWidget(card, 1)
        self.interval.setVisible(any(price_of(plan, Interval.YEAR) for plan in offered))
        self._refresh()

    def _refresh(self) -> None:
        status = self._state.status
        own = status.plan if status is not None else self._state.plan
        is_change = has_subscription(status)
        may_try = status is None or status.subscription_status is None
        for card in self.cards:
            card.show_price(self.interval.value, is_mine=card.plan.id == own, is_change=is_change, may_try=may_try)

    def _choose(self, plan: Plan) -> None:
        if not self._is_signed_in:
            self._sign_in()
            return
        interval: Interval = self.interval.value
        self.run(lambda: self._pay(plan, interval))

    def manage(self) -> None:
        """Open the page where the plan is changed or cancelled, or the card."""
        self.run(self._manage)

    async def _pay(self, plan: Plan, interval: Interval) -> None:
        if has_subscription(self._state.status):
            await self._manage()
            return
        self.say(ASKING, is_problem=False)
        try:
            self._show_page(await self._plans.checkout(plan.id, interval))
        except GatewayRefused as refusal:
            if refusal.code != "already_subscribed":
                raise
            await self._manage()  # bought a moment ago, on another computer perhaps

    async def _manage(self) -> None:
        self.say(ASKING, is_problem=False)
        self._show_page(await self._plans.portal())

    def _show_page(self, address: str) -> None:
        self.say("")
        is_open = self._open(address)
        self._address = address
        self.waiting.setText(IN_BROWSER if is_open else NO_BROWSER)
        self.address.setText("" if is_open else address)
        for part in (self.waiting, self.enough):
            part.show()
        self.again.setVisible(is_open)
        self.address.setVisible(not is_open)
        bring_into_sight(self.enough)
