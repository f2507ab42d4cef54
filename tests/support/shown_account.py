"""Looking at an account page as a driver does: is it busy, what does it ask, what was copied."""

from __future__ import annotations

from PyQt6.QtGui import QGuiApplication

from desktop_client.windows.account_page import AccountPage
from desktop_client.windows.ask_again import AskAgain


def is_idle(page: AccountPage) -> bool:
    return not any(section.is_busy for section in page.sections)


def question(page: AccountPage) -> AskAgain | None:
    return next((window for window in page.window().findChildren(AskAgain) if window.isVisible()), None)


def clipboard() -> str:
    board = QGuiApplication.clipboard()
    assert board is not None
    return board.text()
