"""Where am I signed in? Every computer with its place, and a button that ends it there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout

from contracts.auth import Session as SignedInAt
from desktop_client.account import Account
from desktop_client.gateway import GatewayRefused
from desktop_client.windows.moments import ago, day
from desktop_client.windows.page import text
from desktop_client.windows.section import Section, button, row


class SignInsSection(Section):
    """`clock` says what time it is, with its zone."""

    def __init__(self, account: Account, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        super().__init__(account, "Signed in on")
        self._clock = clock
        self.rows: list[SignInRow] = []
        self._rows = QVBoxLayout()
        self._rows.setSpacing(8)
        self.everywhere = button("Sign out everywhere", self._end_all, "danger")
        self.column.addLayout(self._rows)
        self.column.addLayout(row(self.everywhere))

    def forget(self) -> None:
        """Nobody is signed in any more."""
        self._show(())
        self.say("")

    def load(self) -> None:
        self.run(self._load)

    async def _load(self) -> None:
        self._show(await self.account.sign_ins())

    def _show(self, sign_ins: tuple[SignedInAt, ...]) -> None:
        for shown in self.rows:
            self._rows.removeWidget(shown)
            shown.deleteLater()
        latest_first = sorted(sign_ins, key=lambda each: (each.is_current, each.last_seen_at), reverse=True)
        now = self._clock()
        self.rows = [SignInRow(each, now) for each in latest_first]
        for shown in self.rows:
            shown.end.clicked.connect(lambda _, shown=shown: self._end(shown.sign_in))
            self._rows.addWidget(shown)

    def _end(self, sign_in: SignedInAt) -> None:
        self.run(lambda: self._end_now(sign_in.id), f"{_name(sign_in)} is signed out.")

    async def _end_now(self, sign_in: UUID) -> None:
        try:
            await self.account.end_sign_in(sign_in)
        except GatewayRefused as refusal:
            if refusal.status != 404:  # it ended by itself: what was wanted is so
                raise
        await self._load()

    def _end_all(self) -> None:
        self.run(self.account.sign_out_everywhere)


class SignInRow(QFrame):
    """One computer; the one that the driver sits at has no button, it is signed out at the top of the page."""

    def __init__(self, sign_in: SignedInAt, now: datetime) -> None:
        super().__init__()
        self.sign_in = sign_in
        self.setObjectName("card")
        name = QLabel(_name(sign_in))
        name.setTextFormat(Qt.TextFormat.PlainText)
        seen = "This computer" if sign_in.is_current else f"Seen {ago(sign_in.last_seen_at, now)}"
        self.details = text("note", " · ".join(filter(None, (seen, sign_in.place, f"since {day(sign_in.created_at)}"))))
        self.end = QPushButton("Sign out")
        self.end.setAccessibleName(f"Sign out: {_name(sign_in)}")
        self.end.setAutoDefault(False)
        self.end.setVisible(not sign_in.is_current)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(name)
        words.addWidget(self.details)
        beside = QHBoxLayout(self)
        beside.setContentsMargins(16, 10, 12, 10)
        beside.addLayout(words, 1)
        beside.addWidget(self.end)


def _name(sign_in: SignedInAt) -> str:
    return sign_in.device_name or "A computer without a name"
