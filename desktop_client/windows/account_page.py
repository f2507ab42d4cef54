"""The account: who is signed in, the password, the computers, and the second factor."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

from PyQt6.QtGui import QShowEvent
from PyQt6.QtWidgets import QPushButton

from desktop_client.account import Account
from desktop_client.gateway import GatewayFailure
from desktop_client.session import SessionState, Stage
from desktop_client.windows.page import Page, text
from desktop_client.windows.password_section import PasswordSection
from desktop_client.windows.second_factor_section import SecondFactorSection
from desktop_client.windows.section import button
from desktop_client.windows.sign_ins_section import SignInsSection

NO_GATEWAY: Final = "No gateway is set up, so there is nothing to sign in to. The overlay needs none."
NOBODY: Final = "Nobody is signed in. The overlay works all the same, with the maps on this computer."
KNOWN: Final = frozenset({Stage.SIGNED_IN, Stage.OFFLINE})


class AccountPage(Page):
    """Needs a running asyncio loop where there is an account. What it shows is asked for whenever it comes in sight."""

    def __init__(self, account: Account | None, open_sign_in: Callable[[], None]) -> None:
        super().__init__("Account")
        self._account = account
        self._leaving: asyncio.Task[None] | None = None
        self._stage: Stage | None = None
        self.who, self.problem = text("value"), text("problem")
        self.sign_in = QPushButton("Sign in …")
        self.sign_in.setObjectName("main")
        self.sign_in.clicked.connect(lambda: open_sign_in())
        self.sign_out = button("Sign out", self._sign_out)
        self.head.addWidget(self.sign_in)
        self.head.addWidget(self.sign_out)
        self.pin(self.who)
        self.pin(self.problem)
        self.sections: tuple[PasswordSection | SignInsSection | SecondFactorSection, ...] = ()
        if account is None:
            self.who.setText(NO_GATEWAY)
            for part in (self.problem, self.sign_in, self.sign_out):
                part.hide()
            return
        self.password, self.sign_ins = PasswordSection(account), SignInsSection(account)
        self.second_factor = SecondFactorSection(account)
        self.sections = (self.sign_ins, self.password, self.second_factor)
        for section in self.sections:
            self.add(section)
        self.password.changed.connect(self.sign_ins.load)
        account.on_change(self.show_state)
        self.show_state(account.state)

    def show_state(self, state: SessionState) -> None:
        """Follow the sign-in: what is to be seen of an account goes with it."""
        is_known, was_known = state.stage in KNOWN, self._stage in KNOWN
        self._stage = state.stage
        user = state.user
        name = f"{user.display_name} · {user.email}" if user and user.display_name else user.email if user else ""
        self.who.setText(name if is_known else "Signing in …" if state.stage is Stage.SIGNING_IN else NOBODY)
        self._say(f"Offline. {state.problem or ''}".strip() if state.stage is Stage.OFFLINE else "")
        self.sign_in.setVisible(not is_known)
        self.sign_in.setEnabled(state.stage is not Stage.SIGNING_IN)
        self.sign_out.setVisible(is_known)
        for section in self.sections:
            section.setVisible(is_known)
        if was_known and not is_known:
            for section in self.sections:
                section.forget()
        if is_known and not was_known and self.isVisible():
            self._load()

    def stop(self) -> None:
        """The program ends, and no answer is waited for."""
        for section in self.sections:
            section.stop()

    def showEvent(self, a0: QShowEvent | None) -> None:
        super().showEvent(a0)
        if self._stage in KNOWN:
            self._load()

    def _load(self) -> None:
        for section in self.sections:
            section.load()

    def _sign_out(self) -> None:
        if self._account is not None and self._leaving is None:
            self._leaving = asyncio.ensure_future(self._sign_out_now(self._account))

    async def _sign_out_now(self, account: Account) -> None:
        try:
            await account.sign_out()
        except GatewayFailure as failure:
            self._say(failure.sentence)
        finally:
            self._leaving = None

    def _say(self, words: str) -> None:
        self.problem.setText(words)
        self.problem.setVisible(bool(words))
