"""Qt itself says when a socket can be read, at a fraction of what it costs through asyncio's loop on top of Qt."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtCore import QSocketNotifier, Qt, QTimer

from desktop_client.telemetry.readiness import Stop

POLLS_HZ = 60
POLLS_IN_VAIN = 60  # a second of silence


def by_qt(descriptor: int, ready: Callable[[], object]) -> Stop:
    """Call `ready` whenever there is something to read, until what this gives is called. On every system."""
    notifier = _notifier(descriptor)
    notifier.activated.connect(lambda *_: ready())

    def stop() -> None:
        notifier.setEnabled(False)
        notifier.deleteLater()

    return stop


def by_qt_in_bursts(descriptor: int, ready: Callable[[], int]) -> Stop:
    """The same for a game's packets, which come four to seven at once for each instant of the race.

    Every waking of the loop costs more than reading a packet. So the first packet wakes it, and from then on it looks
    `POLLS_HZ` times a second until nothing has come for a while. `ready` says how much it read.
    """
    notifier = _notifier(descriptor)
    timer = QTimer()
    timer.setTimerType(Qt.TimerType.PreciseTimer)
    timer.setInterval(1000 // POLLS_HZ)
    in_vain = 0

    def wake() -> None:
        nonlocal in_vain
        in_vain = 0
        notifier.setEnabled(False)
        timer.start()
        ready()

    def poll() -> None:
        nonlocal in_vain
        in_vain = 0 if ready() else in_vain + 1
        if in_vain > POLLS_IN_VAIN:
            timer.stop()
            notifier.setEnabled(True)

    def stop() -> None:
        timer.stop()
        notifier.setEnabled(False)
        notifier.deleteLater()

    notifier.activated.connect(lambda *_: wake())
    timer.timeout.connect(poll)
    return stop


def _notifier(descriptor: int) -> QSocketNotifier:
    # The stubs ask for a voidptr where Qt takes the descriptor itself.
    return QSocketNotifier(descriptor, QSocketNotifier.Type.Read)  # pyright: ignore[reportArgumentType, reportCallIssue]
