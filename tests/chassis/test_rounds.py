from __future__ import annotations

import asyncio

import pytest
from waiting import eventually

from chassis.rounds import Rounds
from contracts.problem import Unavailable


async def test_work_is_done_until_none_is_left_and_again_after_a_wake():
    left = [3]

    async def work() -> bool:
        if left[0]:
            left[0] -= 1
            return True
        return False

    rounds = Rounds("test", work)
    await rounds.open()
    await eventually(lambda: left == [0])
    left[0] = 2
    rounds.wake()
    await eventually(lambda: left == [0])
    await rounds.close()


@pytest.mark.parametrize("error", [Unavailable(), RuntimeError("nobody thought of it")])
async def test_work_that_fails_is_tried_again(error: Exception):
    tries: list[int] = []

    async def work() -> bool:
        tries.append(1)
        raise error

    rounds = Rounds("test", work)
    await rounds.open()
    await eventually(lambda: tries)
    rounds.wake()
    await eventually(lambda: len(tries) > 1)
    await rounds.close()


@pytest.mark.parametrize("steps", range(5))
async def test_a_wake_at_the_moment_of_closing_does_not_keep_it_open(steps: int):
    rounds_done: list[int] = []

    async def work() -> bool:
        rounds_done.append(1)
        return False

    rounds = Rounds("test", work)
    await rounds.open()
    await eventually(lambda: rounds_done)
    rounds.wake()
    for _ in range(steps):
        await asyncio.sleep(0)
    closing = asyncio.create_task(rounds.close())
    done, _ = await asyncio.wait([closing], timeout=3)
    assert done


async def test_closing_waits_for_no_further_piece_of_work():
    """What asks others may turn the cancellation into an answer of its own."""
    begun: list[int] = []

    async def work() -> bool:
        begun.append(1)
        try:
            await asyncio.sleep(3600)
        except asyncio.CancelledError:
            return True
        return False

    rounds = Rounds("test", work)
    await rounds.open()
    await eventually(lambda: begun)
    await rounds.close()
    assert begun == [1]
