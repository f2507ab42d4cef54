"""Events leave with the transaction that caused them: none lost, none twice, in order."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from uuid import uuid4

import msgspec
import pytest
from waiting import eventually

from chassis.bus import Bus
from chassis.database import Database
from chassis.outbox import Relay
from contracts.auth import UserRegistered
from devstack.nats import Nats

MakeDatabase = Callable[[str], Awaitable[str]]


@contextlib.asynccontextmanager
async def _replica(url: str, nats: Nats) -> AsyncIterator[tuple[Database, Bus, Relay]]:
    """One replica's database, bus and relay, as a service has them."""
    database, bus = Database(url), Bus(nats.url, name="auth")
    relay = Relay("auth", database, bus)
    database.on_recorded = relay.wake
    await database.open()
    await bus.open()
    await relay.open()
    try:
        yield database, bus, relay
    finally:
        await relay.close()
        await bus.close()
        await database.close()


async def _record(database: Database, count: int) -> list[str]:
    """Record `count` events, one transaction each; returns their ids in order."""
    ids: list[str] = []
    for _ in range(count):
        event = UserRegistered(user_id=uuid4())
        async with database.transaction() as tx:
            tx.record(event)
        ids.append(str(event.id))
    return ids


async def _published(bus: Bus) -> list[str]:
    """The ids in the stream AUTH, in its order."""
    state = (await bus.jetstream.stream_info("AUTH")).state
    messages = [await bus.jetstream.get_msg("AUTH", seq) for seq in range(state.first_seq, state.last_seq + 1)]
    return [str(msgspec.json.decode(message.data or b"", type=UserRegistered).id) for message in messages]


async def _is_empty(database: Database) -> bool:
    async with database.transaction() as tx:
        return await tx.value("SELECT count(*) FROM outbox") == 0


async def test_an_event_is_published_after_its_transaction_committed(database_of: MakeDatabase, nats_server: Nats):
    async with _replica(await database_of("versions"), nats_server) as (database, bus, _):
        ids = await _record(database, 3)
        await eventually(lambda: _is_empty(database))
        assert await _published(bus) == ids


async def test_a_rolled_back_transaction_leaves_no_event(database_of: MakeDatabase, nats_server: Nats):
    async with _replica(await database_of("versions"), nats_server) as (database, bus, _):
        with pytest.raises(ZeroDivisionError):
            async with database.transaction() as tx:
                tx.record(UserRegistered(user_id=uuid4()))
                raise ZeroDivisionError
        kept = await _record(database, 1)
        await eventually(lambda: _is_empty(database))
        assert await _published(bus) == kept


async def test_the_bus_killed_between_commit_and_publish_loses_nothing(database_of: MakeDatabase, nats_server: Nats):
    async with _replica(await database_of("versions"), nats_server) as (database, bus, _):
        before = await _record(database, 2)
        await eventually(lambda: _is_empty(database))
        nats_server.kill()
        during = await _record(database, 20)
        assert not await _is_empty(database)
        await nats_server.start()
        await eventually(lambda: _is_empty(database))
        assert await _published(bus) == before + during


async def test_a_relay_that_died_before_its_delete_committed_publishes_no_double(
    database_of: MakeDatabase, nats_server: Nats
):
    async with _replica(await database_of("versions"), nats_server) as (database, bus, relay):
        await eventually(lambda: bus.is_connected)
        await bus.ensure_stream("AUTH")
        await relay.close()  # from here on, by hand
        ids = await _record(database, 5)

        class Died(BaseException):
            """As if the process had ended after the bus had the events and before the rows were gone."""

        with pytest.raises(Died):
            async with database.transaction() as tx:
                rows = await tx.rows("DELETE FROM outbox RETURNING event_id, subject, body")
                for row in rows:
                    await bus.jetstream.publish(
                        row["subject"], row["body"], headers={"Nats-Msg-Id": str(row["event_id"])}
                    )
                raise Died
        assert await relay.publish_batch() == 5
        assert sorted(await _published(bus)) == sorted(ids)


async def test_four_relays_publish_each_event_once_and_in_order(database_of: MakeDatabase, nats_server: Nats):
    url = await database_of("versions")
    async with contextlib.AsyncExitStack() as stack:
        replicas = [await stack.enter_async_context(_replica(url, nats_server)) for _ in range(4)]
        database, bus, _ = replicas[0]
        ids = await _record(database, 250)
        await eventually(lambda: _is_empty(database))
        assert await _published(bus) == ids


async def test_events_recorded_by_another_process_are_found_without_a_wake_up(
    database_of: MakeDatabase, nats_server: Nats
):
    url = await database_of("versions")
    async with _replica(url, nats_server) as (database, bus, _):
        await eventually(lambda: bus.is_connected)
        other = Database(url)  # a command, say: it has no relay of its own
        await other.open()
        ids = await _record(other, 1)
        await other.close()
        await eventually(lambda: _is_empty(database))
        assert await _published(bus) == ids


async def test_a_burst_of_concurrent_transactions_is_published_whole(database_of: MakeDatabase, nats_server: Nats):
    async with _replica(await database_of("versions"), nats_server) as (database, bus, _):
        ids = [one for batch in await asyncio.gather(*(_record(database, 10) for _ in range(8))) for one in batch]
        await eventually(lambda: _is_empty(database))
        published = await _published(bus)
        assert len(published) == len(set(published)) == 80
        assert set(published) == set(ids)
