"""A code of an authenticator app at every sign-in: switched on, switched off, and what to do when the app is lost."""

from __future__ import annotations

from typing import Final

from contracts.auth import SecondFactorState
from desktop_client.account import Account
from desktop_client.windows.enrolment import Enrolment
from desktop_client.windows.moments import day
from desktop_client.windows.page import text
from desktop_client.windows.recovery_codes import RecoveryCodesCard
from desktop_client.windows.section import Section, bring_into_sight, button, row

INTRO: Final = "Whoever knows your password still needs the authenticator app on your phone to sign in."
IS_OFF: Final = "It is switched off."
OFF_WORDS: Final = "From now on your password alone is enough to sign in."
RENEW_WORDS: Final = "The recovery codes that you have will be good for nothing any more."


class SecondFactorSection(Section):
    """Off, being switched on, or on; and for one look the recovery codes."""

    def __init__(self, account: Account) -> None:
        super().__init__(account, "Second factor", INTRO)
        self.state = text("value")
        self.begin = button("Switch on …", lambda: self.run(self._begin))
        self.renew = button("New recovery codes …", lambda: self.run(self._renew))
        self.end = button("Switch off …", lambda: self.run(self._end), "danger")
        self.enrolment = Enrolment()
        self.codes = RecoveryCodesCard()
        self.fields = {"code": self.enrolment.field}
        self.enrolment.confirmed.connect(lambda code: self.run(lambda: self._confirm(code)))
        self.enrolment.cancelled.connect(self._stop_enrolling)
        self.column.addWidget(self.state)
        self.column.addWidget(self.enrolment)
        self.column.addWidget(self.codes)
        self.column.addLayout(row(self.begin, self.renew, self.end))
        self.forget()

    def forget(self) -> None:
        """Nobody is signed in any more."""
        self.codes.forget()
        self.enrolment.forget()
        for part in (self.begin, self.renew, self.end):
            part.hide()
        self.state.clear()
        self.say("")

    def load(self) -> None:
        self.run(self._load)

    async def _load(self) -> None:
        self._show(await self.account.second_factor())

    def _show(self, state: SecondFactorState) -> None:
        self.state.setText(_how(state))
        self.begin.setVisible(not state.totp and self.enrolment.isHidden())
        self.renew.setVisible(state.totp)
        self.end.setVisible(state.totp)

    async def _begin(self) -> None:
        self.enrolment.show_enrolment(await self.account.begin_second_factor())
        self.begin.hide()

    async def _confirm(self, code: str) -> None:
        codes = await self.account.confirm_second_factor(code)
        self.enrolment.forget()
        self.codes.show_codes(codes)
        await self._load()

    def _stop_enrolling(self) -> None:
        self.enrolment.forget()
        self.begin.show()
        self.say("")

    async def _renew(self) -> None:
        async def renew(password: str, code: str | None) -> None:
            self.codes.show_codes(await self.account.new_recovery_codes(password, code))

        if await self.ask_again(renew, RENEW_WORDS, "New codes"):
            await self._load()

    async def _end(self) -> None:
        if await self.ask_again(self.account.end_second_factor, OFF_WORDS, "Switch off"):
            self.codes.forget()
            await self._load()

    def _settle(self) -> None:
        super()._settle()
        if not self.enrolment.isHidden():
            self.enrolment.code.setFocus()
        for card in (self.enrolment, self.codes):
            if not card.isHidden():
                bring_into_sight(card)


def _how(state: SecondFactorState) -> str:
    if not state.totp:
        return IS_OFF
    since = f" since {day(state.enabled_at)}" if state.enabled_at else ""
    return f"It is switched on{since}. Recovery codes left: {state.recovery_codes_left}."
