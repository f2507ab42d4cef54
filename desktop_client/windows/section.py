"""A part of the account page: it asks the gateway for one thing at a time, and says what came of it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from PyQt6.QtCore import QTimer
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from desktop_client.account import Account
from desktop_client.gateway import GatewayFailure, GatewayRefused
from desktop_client.windows.ask_again import AskAgain, Proof
from desktop_client.windows.countdown import Countdown
from desktop_client.windows.line import LineWithProblem
from desktop_client.windows.page import text
from desktop_client.windows.refusals import said, too_many_tries
from desktop_client.windows.small_window import OURS

log = logging.getLogger(__name__)

Work = Callable[[], Awaitable[None]]
PROVE_FIRST: Final = "reauthentication_required"
FIELD_WIDTH: Final = 320


class Section(QWidget):
    """Parts are added to `column`. `fields` are those at which the gateway may find something wrong, by its names."""

    def __init__(self, account: Account, heading: str, intro: str = "") -> None:
        super().__init__()
        self.account = account
        self.fields: Mapping[str, LineWithProblem] = {}
        self.problem = text("problem")
        self.problem.hide()
        self._working: asyncio.Task[None] | None = None
        self._countdown = Countdown(self)
        self._countdown.changed.connect(lambda left: self._write(too_many_tries(left) if left else "", True))
        line = QFrame()
        line.setObjectName("line")
        self.inside = QWidget()
        self.column = QVBoxLayout(self.inside)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(12)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(12)
        whole.addWidget(line)
        whole.addWidget(text("heading", heading))
        if intro:
            whole.addWidget(text("note", intro))
        whole.addWidget(self.inside)
        whole.addWidget(self.problem)

    @property
    def is_busy(self) -> bool:
        return self._working is not None

    def load(self) -> None:
        """Ask how it stands now, where there is something to ask; not while something else is asked."""

    def stop(self) -> None:
        """The program ends, and no answer is waited for."""
        if self._working is not None:
            self._working.cancel()

    def run(self, work: Work, done: str = "") -> None:
        """Do it, and say `done`; where the password is wanted first, ask for it and do it then."""
        if self._working is None:
            self._working = asyncio.ensure_future(self._guarded(work, done))
            self.inside.setEnabled(False)

    async def ask_again(self, use: Proof, words: str, action: str) -> bool:
        """Have the driver prove who it is to `use`; False when the driver thought better of it."""
        return await AskAgain(use, words, action, self.window()).answer()

    def say(self, words: str, *, is_problem: bool = True) -> None:
        """Show a sentence below the section, in place of all that was said; "" takes it away."""
        self._countdown.stop()
        for field in self.fields.values():
            field.say("")
        self._write(words, is_problem)

    async def _guarded(self, work: Work, done: str) -> None:
        self.say("")
        try:
            try:
                await work()
            except GatewayRefused as refusal:
                if refusal.code != PROVE_FIRST:
                    raise
                if not await AskAgain(self.account.reauthenticate, parent=self.window()).answer():
                    return
                await work()
            if done:
                self.say(done, is_problem=False)
        except GatewayFailure as failure:
            self._fail(failure)
        except Exception:
            log.exception("a part of the account page failed")
            self.say(OURS)
        finally:
            self._working = None
            self.inside.setEnabled(True)
            self._settle()

    def _settle(self) -> None:
        """Put the cursor where something was wrong."""
        for field in self.fields.values():
            if field.problem.text():
                field.line.setFocus()
                return

    def _fail(self, failure: GatewayFailure) -> None:
        failed = said(failure, self.fields)
        self.say(failed.sentence)
        for name, words in failed.at_fields.items():
            self.fields[name].say(words)
        if failed.wait_s:
            self._countdown.start(failed.wait_s)

    def _write(self, words: str, is_problem: bool) -> None:
        self.problem.setObjectName("problem" if is_problem else "note")
        self.problem.setStyleSheet(self.problem.styleSheet())  # the name chooses the colour
        self.problem.setText(words)
        self.problem.setVisible(bool(words))


def bring_into_sight(part: QWidget) -> None:
    """Scroll the page to it, once it has its place there."""
    around = part.parentWidget()
    while around is not None and not isinstance(around, QScrollArea):
        around = around.parentWidget()
    if around is not None:
        soon = QTimer(part)
        soon.setSingleShot(True)
        soon.timeout.connect(lambda: around.ensureWidgetVisible(part))
        soon.timeout.connect(soon.deleteLater)
        soon.start(0)


def button(words: str, act: Callable[[], object], name: str = "") -> QPushButton:
    made = QPushButton(words)
    made.setObjectName(name)
    made.setAutoDefault(False)
    made.clicked.connect(lambda: act())
    return made


def row(*parts: QWidget) -> QHBoxLayout:
    """Parts beside each other, from the left."""
    made = QHBoxLayout()
    made.setSpacing(8)
    for part in parts:
        made.addWidget(part)
    made.addStretch()
    return made
