"""Qt itself says when a socket can be read: half the price of asking for it through asyncio's loop on top of Qt."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtCore import QSocketNotifier

from desktop_client.telemetry.readiness import Stop


def by_qt(descriptor: int, ready: Callable[[], None]) -> Stop:
    """A `Watch` (see `telemetry.readiness`) for a program that runs Qt's event loop, on every system."""
    # The stubs ask for a voidptr where Qt takes the descriptor itself.
    notifier = QSocketNotifier(descriptor, QSocketNotifier.Type.Read)  # pyright: ignore[reportArgumentType, reportCallIssue]
    notifier.activated.connect(lambda *_: ready())

    def stop() -> None:
        notifier.setEnabled(False)
        notifier.deleteLater()

    return stop
