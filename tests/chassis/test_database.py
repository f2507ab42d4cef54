"""A transaction counts from its commit on, whatever happens to its connection afterwards."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from chassis.database import Database
from contracts.problem import Unavailable

MakeDatabase = Callable[[str], Awaitable[str]]


@pytest.fixture
async def database(database_of: MakeDatabase) -> AsyncIterator[Database]:
    opened = Database(await database_of("license"), pool_size=2)
    await opened.open()
    async with opened.transaction() as tx:
        await tx.run("CREATE TABLE laps (number integer)")
    yield opened
    await opened.close()


async def test_what_was_committed_is_no_failure_when_the_connection_cannot_be_put_in_order(database: Database):
    async with database.transaction() as tx:
        # The first statement with which the pool puts a connection in order is now one that fails.
        await tx.run("CREATE SCHEMA first")
        await tx.run(
            "CREATE FUNCTION first.pg_advisory_unlock_all() RETURNS void LANGUAGE plpgsql"
            " AS $$ BEGIN RAISE EXCEPTION 'no'; END $$"
        )
        await tx.run("SET search_path = first, pg_catalog, public")
        await tx.run("INSERT INTO laps VALUES (1)")
    async with database.transaction() as tx:
        assert await tx.value("SELECT number FROM laps") == 1
        assert await tx.value("SHOW search_path") == '"$user", public', "another connection"


async def test_a_connection_that_is_cut_while_it_is_used_is_unavailable_and_changes_nothing(database: Database):
    with pytest.raises(Unavailable):
        async with database.transaction() as tx:
            await tx.run("INSERT INTO laps VALUES (1)")
            await tx.run("SELECT pg_terminate_backend(pg_backend_pid())")
    async with database.transaction() as tx:
        assert await tx.value("SELECT count(*) FROM laps") == 0


async def test_of_two_who_wait_for_each_other_one_gives_way_and_may_ask_again(database: Database):
    async with database.transaction() as tx:
        await tx.run("INSERT INTO laps VALUES (1), (2)")
    both = asyncio.Barrier(2)

    async def take(first: int, second: int) -> str:
        try:
            async with database.transaction() as tx:
                await tx.run("UPDATE laps SET number = number WHERE number = $1", first)
                await both.wait()
                await tx.run("UPDATE laps SET number = number WHERE number = $1", second)
        except Unavailable as problem:
            return f"again in {problem.retry_after} s"
        return "done"

    assert sorted(await asyncio.gather(take(1, 2), take(2, 1))) == ["again in 1 s", "done"]
