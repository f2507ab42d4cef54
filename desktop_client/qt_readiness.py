"""Qt itself says when a socket can be read: half the price of asking for it through asyncio's loop on top of Qt."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtCore import QSocketNotifier

from desktop_client.telemetry.readiness import Stop


def by_qt(descriptor: int, ready: Callable[[], None]) -> Stop:
    """A `Watch` (see `telemetry.readiness`) for a program that runs Qt's event loop, on every system."""
    notifier = QSocketNotifier(descriptor, QSocketNotifier.Type.Read)  # pyright: ignore  # the stubs want an address
    notifier.activated.connect(lambda *_: ready())

    def stop() -> None:
        notifier.setEnabled(False)
        notifier.deleteLater()

    return stop
