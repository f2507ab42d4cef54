"""What leads out of the client leads to addresses that nobody between can read or change."""

from __future__ import annotations

import pytest
from PyQt6.QtCore import QUrl
from PyQt6.QtGui import QDesktopServices

from desktop_client.windows.browser import may_be_opened, open_in_browser


@pytest.mark.parametrize(
    "address",
    ["https://checkout.stripe.example/c/pay/cs_1#fid", "https://pay.example:8443/", "http://127.0.0.1:12111/pay?one=1"],
)
def test_what_is_encrypted_or_does_not_leave_this_computer_may_be_opened(address: str) -> None:
    assert may_be_opened(address)


@pytest.mark.parametrize(
    "address",
    [
        "http://pay.example/",
        "http://127.0.0.1.pay.example/",
        "http://127.0.0.1@pay.example/",
        "https://user:secret@pay.example/",
        "https:///nowhere",
        "https://pay.example:port/",
        "https://[broken/",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "ms-settings:privacy",
        "C:\\windows\\system32\\calc.exe",
        "",
    ],
)
def test_nothing_else_is_even_offered_to_the_system(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    offered: list[QUrl] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: offered.append(url) or True)
    assert not open_in_browser(address)
    assert offered == []


def test_the_system_gets_the_address_as_it_was_said(monkeypatch: pytest.MonkeyPatch) -> None:
    offered: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: offered.append(url.toString()) or True)
    address = "https://pay.example/c/cs_1?from=overlay&again=1#part"
    assert open_in_browser(address)
    assert offered == [address]
