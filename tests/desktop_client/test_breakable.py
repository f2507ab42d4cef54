from __future__ import annotations

import asyncio

import pytest

from desktop_client.breakable import Breakable


async def test_what_is_under_way_ends_and_the_next_piece_is_done() -> None:
    breakable = Breakable()

    async def wait() -> None:
        async with breakable.work():
            await asyncio.Event().wait()

    for _ in range(2):
        waiting = asyncio.create_task(wait())
        await asyncio.sleep(0)
        breakable.break_off()
        breakable.break_off()
        with pytest.raises(TimeoutError):
            await waiting
    breakable.break_off()
    async with breakable.work():
        await asyncio.sleep(0)


async def test_a_cancellation_stays_one_also_at_the_moment_of_breaking_off() -> None:
    breakable = Breakable()

    async def wait() -> None:
        async with breakable.work():
            await asyncio.Event().wait()

    waiting = asyncio.create_task(wait())
    await asyncio.sleep(0)
    breakable.break_off()
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
