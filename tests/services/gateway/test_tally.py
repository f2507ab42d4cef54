"""Counting in one process: all or nothing, and no more memory than it was given."""

from __future__ import annotations

from services.gateway.tally import Draw, OwnTally

SECOND = 1_000_000


class Clock:
    def __init__(self) -> None:
        self.now = 5 * SECOND

    def __call__(self) -> int:
        return self.now


def one_a_second(key: str, burst: int = 1, *, counts: bool = True) -> Draw:
    return (key, SECOND, burst, counts)


async def test_whoever_is_refused_has_used_nothing_up():
    tally = OwnTally(clock=Clock())
    await tally.take([one_a_second("full")])
    refused = await tally.take([one_a_second("full"), one_a_second("other")])
    assert refused == [-SECOND, 0]
    assert await tally.take([one_a_second("other")]) == [0]


async def test_what_is_only_looked_at_does_not_count_and_refuses_all_the_same():
    tally = OwnTally(clock=Clock())
    for _ in range(3):
        assert await tally.take([one_a_second("seen", counts=False)]) == [0]
    await tally.take([one_a_second("seen")])
    assert await tally.take([one_a_second("seen", counts=False)]) == [-SECOND]


async def test_what_has_grown_back_is_forgotten():
    clock = Clock()
    tally = OwnTally(clock=clock)
    for at in range(1000):
        await tally.take([one_a_second(f"{at}")])
    assert len(tally) == 1000
    clock.now += 2 * SECOND
    for at in range(300):
        await tally.take([one_a_second(f"new {at}")])
    assert len(tally) == 300


async def test_a_flood_of_callers_takes_no_more_memory_than_was_given_and_forgets_the_longest_unused_first():
    tally = OwnTally(most=100, clock=Clock())
    await tally.take([one_a_second("faithful", burst=10_000)])
    for at in range(5000):
        await tally.take([one_a_second(f"{at}")])
        if at % 50 == 0:
            await tally.take([one_a_second("faithful", burst=10_000)])
        assert len(tally) <= 101
    assert await tally.take([one_a_second("faithful", burst=10_000)]) == [(10_000 - 102) * SECOND]
