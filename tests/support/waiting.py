"""Waiting for a condition instead of for a time."""

from __future__ import annotations

import asyncio
import inspect
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")


async def eventually(question: Callable[[], T | Awaitable[T]], *, within: float = 60.0) -> T:
    """Ask until the answer is true, and return it. AssertionError after `within` seconds."""
    deadline = time.monotonic() + within
    while True:
        answer = question()
        if inspect.isawaitable(answer):
            answer = await answer
        if answer:
            return answer  # type: ignore[return-value]  # awaited above
        assert time.monotonic() < deadline, f"still not so after {within:.0f} s: {inspect.getsource(question).strip()}"
        await asyncio.sleep(0.01)
