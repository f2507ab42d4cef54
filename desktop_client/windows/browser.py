"""The way out to the system's browser: only to addresses that nobody between can read or change."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from PyQt6.QtCore import QUrl
from PyQt6.QtGui import QDesktopServices

THIS_COMPUTER: Final = "127.0.0.1"  # pages of a cloud that runs here, for those who work on it


def may_be_opened(address: str) -> bool:
    try:
        parts = urlsplit(address)
        port_is_one = parts.port is None or parts.port > 0
    except ValueError:
        return False
    if not port_is_one or parts.username or parts.password or not parts.hostname:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname == THIS_COMPUTER)


def open_in_browser(address: str) -> bool:
    """Whether the system took it; what is not to be opened is not even offered to it."""
    return may_be_opened(address) and QDesktopServices.openUrl(QUrl(address, QUrl.ParsingMode.StrictMode))
