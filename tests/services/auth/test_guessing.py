from __future__ import annotations

import asyncio

import pytest

from chassis.database import Database
from contracts.problem import NotFound, TooManyRequests, Unavailable
from services.auth.caller import Caller
from services.auth.domain.guessing import PER_ACCOUNT_AND_ADDRESS, PER_ADDRESS, Guessed
from services.auth.guessing import Guessing
from services.auth.store.guesses import GuessStore

HERE = Caller("192.0.2.1")


@pytest.fixture
async def database(database_of):
    database = Database(await database_of("auth"))
    await database.open()
    yield database
    await database.close()


@pytest.fixture
def guessing(database: Database) -> Guessing:
    return Guessing(database, b"s" * 32, at_once=4)


async def guess(guessing: Guessing, account: str, outcome: Exception | None, caller: Caller = HERE, **more: str) -> str:
    try:
        async with guessing.guarded(Guessed.PASSWORD, account, caller, wrong=(NotFound,), **more):
            if outcome:
                raise outcome
    except TooManyRequests as problem:
        return "wait" if (problem.retry_after or 0) >= 1 else "wait, but not how long"
    except Exception as error:
        return type(error).__name__
    return "right"


async def test_a_hundred_wrong_guesses_at_once_are_five(guessing: Guessing):
    answers = await asyncio.gather(*(guess(guessing, "a@b.example", NotFound()) for _ in range(100)))
    # One more is free of a pause and causes the first.
    assert answers.count("NotFound") == PER_ACCOUNT_AND_ADDRESS.free + 1
    assert answers.count("wait") == 100 - PER_ACCOUNT_AND_ADDRESS.free - 1


async def test_many_who_guess_for_the_first_time_at_one_moment_do_not_wait_for_each_other_for_ever(database: Database):
    guessing = Guessing(database, b"s" * 32, at_once=8)
    answers: list[str] = []
    for number in range(8):
        address = Caller(f"198.51.100.{number}")
        drivers = [f"driver{number}.{each % 4}@b.example" for each in range(16)]
        answers += await asyncio.gather(*(guess(guessing, driver, None, address) for driver in drivers))
    assert not [answer for answer in answers if not answer.startswith(("right", "wait"))]


async def test_a_hundred_right_ones_in_a_row_all_pass(guessing: Guessing):
    assert {await guess(guessing, "a@b.example", None) for _ in range(100)} == {"right"}


async def test_a_failure_that_is_no_wrong_guess_is_not_charged_and_one_that_broke_off_is(guessing: Guessing):
    assert {await guess(guessing, "a@b.example", Unavailable()) for _ in range(20)} == {"Unavailable"}
    broken = [await guess(guessing, "a@b.example", RuntimeError()) for _ in range(20)]
    assert broken.count("RuntimeError") == PER_ACCOUNT_AND_ADDRESS.free + 1


async def test_a_refused_guess_costs_nothing(guessing: Guessing, database: Database):
    for _ in range(10):
        await guess(guessing, "a@b.example", NotFound())
    async with database.transaction() as tx:
        before = await tx.rows("SELECT * FROM guesses ORDER BY key")
    assert await guess(guessing, "a@b.example", NotFound()) == "wait"
    async with database.transaction() as tx:
        assert await tx.rows("SELECT * FROM guesses ORDER BY key") == before


async def test_one_address_cannot_try_one_password_on_everybody(guessing: Guessing):
    answers = [await guess(guessing, f"driver{n}@b.example", NotFound()) for n in range(PER_ADDRESS.free + 20)]
    assert answers[: PER_ADDRESS.free] == ["NotFound"] * PER_ADDRESS.free
    assert "wait" in answers[PER_ADDRESS.free :]
    assert await guess(guessing, "driver@b.example", NotFound(), Caller("192.0.2.2")) == "NotFound"


async def test_many_addresses_cannot_take_turns_at_one_account_and_its_known_device_is_none_the_slower(
    guessing: Guessing,
):
    answers = [await guess(guessing, "a@b.example", NotFound(), Caller(f"198.51.100.{n}")) for n in range(200)]
    assert answers.count("wait") > 100
    assert await guess(guessing, "a@b.example", None, Caller("203.0.113.1"), device="mine") == "right"
    thief = [await guess(guessing, "a@b.example", NotFound(), HERE, device="stolen") for _ in range(30)]
    assert thief.count("wait") >= 15
    assert await guess(guessing, "a@b.example", None, HERE, device="mine") == "right"


async def test_neither_addresses_nor_accounts_are_stored(guessing: Guessing, database: Database):
    await guess(guessing, "a@b.example", NotFound())
    async with database.transaction() as tx:
        stored = str([dict(row) for row in await tx.rows("SELECT * FROM guesses")])
    assert "a@b" not in stored
    assert "192.0.2" not in stored


async def test_rows_that_remember_nothing_are_purged(guessing: Guessing, database: Database):
    await guess(guessing, "a@b.example", NotFound())
    async with database.transaction() as tx:
        assert await GuessStore(tx).purge(await tx.value("SELECT now()")) == 0
        await tx.run(
            "UPDATE guesses SET forgotten_at = now() - interval '2 hours', welcome_at = now() - interval '2 hours'"
        )
        assert await GuessStore(tx).purge(await tx.value("SELECT now()")) == 4
        assert await tx.value("SELECT count(*) FROM guesses") == 0
