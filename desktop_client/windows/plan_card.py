"""One plan on the plan page: what it is called, what it costs, what it brings, and the button that chooses it."""

from __future__ import annotations

from typing import Final

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QFrame, QGridLayout, QLabel, QVBoxLayout

from contracts.license import Interval, Plan
from desktop_client.windows.page import text
from desktop_client.windows.plan_words import brings, each, money, price_of, trial
from desktop_client.windows.section import button

MINE: Final = "Your plan"
CHOOSE: Final = "Choose"
CHANGE: Final = "Change …"


class PlanCard(QFrame):
    chosen = pyqtSignal(object)  # the plan

    def __init__(self, plan: Plan, currency: str) -> None:
        """`currency` is that of the other plans, for one that costs nothing."""
        super().__init__()
        self.plan = plan
        self._nothing = money(0, currency)
        self.name = text("planname", plan.name)
        self.sum, self.each = text("price"), text("note")
        self.summary = text("note", plan.summary)
        self.trial = text("note")
        self.choose = button(CHOOSE, lambda: self.chosen.emit(self.plan))
        self.choose.setCursor(Qt.CursorShape.PointingHandCursor)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 16)
        column.setSpacing(8)
        for part in (self.name, self.sum, self.each, self.summary):
            column.addWidget(part)
        column.addLayout(_listed(brings(plan)))
        column.addSpacing(4)
        column.addStretch()
        column.addWidget(self.trial)
        column.addWidget(self.choose)

    def show_price(self, interval: Interval, *, is_mine: bool, is_change: bool, may_try: bool) -> None:
        """What it costs for so long. `is_change`: another plan is being paid for; `may_try`: there was none ever."""
        price, is_free = price_of(self.plan, interval), not self.plan.prices
        self.sum.setText(money(price.amount, price.currency) if price else self._nothing if is_free else "")
        self.each.setText(each(self.plan, price) if price else "for good" if is_free else "not sold that way")
        words = trial(price) if price and may_try and not is_mine else ""
        self.trial.setText(words)
        self.trial.setVisible(bool(words))
        self.choose.setText(MINE if is_mine else CHANGE if is_change else CHOOSE)
        self.choose.setAccessibleName(f"{self.choose.text()}: {self.plan.name}")
        self.choose.setEnabled(not is_mine)
        self.choose.setVisible(is_mine or price is not None)
        self.choose.setObjectName("" if is_mine or is_change else "main")
        self.setObjectName("own" if is_mine else "card")
        self.setStyleSheet(self.styleSheet())  # the names choose the colours


def _listed(lines: tuple[str, ...]) -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(8)
    grid.setVerticalSpacing(6)
    grid.setColumnStretch(1, 1)
    for number, line in enumerate(lines):
        grid.addWidget(QLabel("✓"), number, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(text("", line), number, 1)
    return grid
