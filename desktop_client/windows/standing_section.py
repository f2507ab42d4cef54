"""How does my plan stand? Its name, one sentence, and the button that leads out where something is in the way."""

from __future__ import annotations

from collections.abc import Callable

from desktop_client.account import Account
from desktop_client.licence import Action, LicenceState, Source
from desktop_client.plans import Plans
from desktop_client.windows.page import text
from desktop_client.windows.plan_words import ASKING, how, name_of
from desktop_client.windows.section import Section, button, row


class StandingSection(Section):
    def __init__(self, account: Account, plans: Plans, manage: Callable[[], None]) -> None:
        super().__init__(account, "Your plan")
        self._plans = plans
        self.name, self.how, self.wrong = text("planname"), text("value"), text("problem")
        self.manage = button("Manage payment …", manage)
        self.activate = button("Use it on this computer", lambda: self.run(plans.activate), "main")
        for part in (self.name, self.how, self.wrong):
            self.column.addWidget(part)
        self.column.addLayout(row(self.activate, self.manage))
        self.show_state(plans.state)

    def forget(self) -> None:
        """Nobody is signed in any more."""
        self.say("")

    def show_state(self, state: LicenceState) -> None:
        status = state.status
        plan = state.plan or (status.plan if status is not None else None)
        self.name.setText(name_of(plan) or (ASKING if state.source is Source.NOBODY else "Free"))
        words = how(state) if not state.problem else ""
        self.how.setText("" if words == self.name.text() else words)
        self.how.setVisible(bool(self.how.text()))
        self.wrong.setText(state.problem or "")
        self.wrong.setVisible(bool(state.problem))
        is_paid = status is not None and status.subscription_status is not None
        self.manage.setVisible(is_paid)
        self.activate.setVisible(state.action is Action.ACTIVATE)
