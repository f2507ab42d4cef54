"""Ctrl-C and SIGTERM in a Qt program: Python would run its handler only when Qt next happened to call Python."""

from __future__ import annotations

import contextlib
import signal
import socket
from collections.abc import Callable, Iterator

from PyQt6 import sip
from PyQt6.QtCore import QSocketNotifier


@contextlib.contextmanager
def on_interrupt(act: Callable[[], None]) -> Iterator[None]:
    """Call `act` in the Qt thread on the first SIGINT or SIGTERM, at once."""
    reader, writer = socket.socketpair()
    reader.setblocking(False)
    writer.setblocking(False)
    before = signal.set_wakeup_fd(writer.fileno(), warn_on_full_buffer=False)
    notifier = QSocketNotifier(sip.voidptr(reader.fileno()), QSocketNotifier.Type.Read)
    notifier.activated.connect(lambda: reader.recv(64))  # waking Python up is all: it then runs the handler
    handlers = {number: signal.signal(number, lambda *_: act()) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
        notifier.setEnabled(False)
        signal.set_wakeup_fd(before)
        reader.close()
        writer.close()
