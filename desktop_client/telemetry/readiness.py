"""Who says that a socket has something to read: asyncio's loop, or whatever else a program waits with."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

Stop = Callable[[], object]
Notify = Callable[[int, Callable[[], object]], Stop]
"""Calls back whenever the descriptor can be read, until what it gave is called."""

Watch = Callable[[int, Callable[[], int]], Stop]
"""As `Notify`; the callback says how much it read, so that nobody need look again soon where it was nothing.

Raises NotImplementedError where descriptors cannot be watched.
"""


def by_the_loop(descriptor: int, ready: Callable[[], int]) -> Stop:
    """Let the running asyncio loop watch."""
    loop = asyncio.get_running_loop()
    loop.add_reader(descriptor, ready)
    return lambda: loop.remove_reader(descriptor)
