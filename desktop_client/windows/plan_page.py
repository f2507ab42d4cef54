"""The plan: how it stands, which others there are, and the computers that use it. One pays in the browser."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PyQt6.QtCore import QEvent, QObject
from PyQt6.QtGui import QShowEvent
from PyQt6.QtWidgets import QPushButton

from desktop_client.account import Account
from desktop_client.licence import LicenceState
from desktop_client.plans import Plans
from desktop_client.session import SessionState, Stage
from desktop_client.windows.browser import open_in_browser
from desktop_client.windows.devices_section import DevicesSection
from desktop_client.windows.page import Page, text
from desktop_client.windows.plans_section import Open, PlansSection
from desktop_client.windows.standing_section import StandingSection

NO_GATEWAY: Final = "No gateway is set up, so there is nothing to buy. Every overlay works all the same."
NOBODY: Final = "Nobody is signed in. Every overlay works all the same; a plan is for an account."
KNOWN: Final = frozenset({Stage.SIGNED_IN, Stage.OFFLINE})


class PlanPage(Page):
    """Needs a running asyncio loop where there are plans. What it shows is asked for whenever it comes in sight."""

    def __init__(
        self,
        account: Account | None,
        plans: Plans | None,
        open_sign_in: Callable[[], None],
        open_url: Open = open_in_browser,
    ) -> None:
        super().__init__("Plan")
        self._plans = plans
        self._stage: Stage | None = None
        self.who, self.problem = text("value"), text("problem")
        self.sign_in = QPushButton("Sign in …")
        self.sign_in.clicked.connect(lambda: open_sign_in())
        self.head.addWidget(self.sign_in)
        self.pin(self.who)
        self.pin(self.problem)
        self.sections: tuple[StandingSection | PlansSection | DevicesSection, ...] = ()
        if account is None or plans is None:
            self.who.setText(NO_GATEWAY)
            self.problem.hide()
            self.sign_in.hide()
            return
        self.offers = PlansSection(account, plans, open_url, open_sign_in)
        self.standing = StandingSection(account, plans, self.offers.manage)
        self.devices = DevicesSection(account, plans)
        self.sections = (self.standing, self.offers, self.devices)
        for section in self.sections:
            self.add(section)
        plans.on_change(self.show_licence)
        account.on_change(self.show_session)
        self.show_session(account.state)

    def show_session(self, state: SessionState) -> None:
        """Follow the sign-in: the plans are for everybody to see, the rest goes with it."""
        is_known, was_known = state.stage in KNOWN, self._stage in KNOWN
        self._stage = state.stage
        self.who.setText("" if is_known else "Signing in …" if state.stage is Stage.SIGNING_IN else NOBODY)
        self.who.setVisible(not is_known)
        is_offline = state.stage is Stage.OFFLINE
        self.problem.setText(f"Offline. {state.problem or ''}".strip() if is_offline else "")
        self.problem.setVisible(is_offline)
        self.sign_in.setVisible(not is_known)
        self.sign_in.setEnabled(state.stage is not Stage.SIGNING_IN)
        self.standing.setVisible(is_known)
        self.devices.setVisible(is_known)
        if was_known and not is_known:
            for section in self.sections:
                section.forget()
        self._show_licence()
        if is_known and not was_known and self.isVisible():
            self.load()

    def show_licence(self, _state: LicenceState) -> None:
        """Follow how the plan stands: who paid in the browser sees it here."""
        self._show_licence()
        if self.isVisible() and self._stage in KNOWN:
            self.devices.load()

    def load(self) -> None:
        """Ask for everything anew."""
        if self._plans is not None:
            self.offers.load()
            if self._stage in KNOWN:
                self.devices.load()

    def stop(self) -> None:
        """The program ends, and no answer is waited for."""
        for section in self.sections:
            section.stop()

    def showEvent(self, a0: QShowEvent | None) -> None:
        super().showEvent(a0)
        window = self.window()
        if window is not None:
            window.installEventFilter(self)
        self.load()

    def eventFilter(self, a0: QObject | None, a1: QEvent | None) -> bool:
        """Whoever comes back from the browser has paid, perhaps: that is asked, should no event have told of it."""
        came_back = a1 is not None and a1.type() is QEvent.Type.WindowActivate
        if came_back and self._plans is not None and self.isVisible() and self.offers.is_waiting:
            self._plans.look_again()
        return super().eventFilter(a0, a1)

    def _show_licence(self) -> None:
        if self._plans is None:
            return
        state = self._plans.state
        self.standing.show_state(state)
        self.offers.show_state(state, is_signed_in=self._stage in KNOWN)
