"""Reactions happen exactly once, whatever is repeated, killed or broken."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from uuid import UUID, uuid4

import msgspec
from waiting import eventually

from chassis.bus import MAX_ATTEMPTS, Bus
from chassis.database import Database, Transaction
from chassis.deadletters import DeadLetter, dead_letters, replay
from chassis.inbox import Inbox, Reactions, Slow
from contracts.auth import UserDeleted, UserRegistered
from contracts.problem import Unavailable
from devstack.nats import Nats

MakeDatabase = Callable[[str], Awaitable[str]]


@contextlib.asynccontextmanager
async def _listener(url: str, nats: Nats, reactions: Reactions) -> AsyncIterator[tuple[Database, Bus]]:
    """A service "license" that reacts to events of auth, and notes what it did in a table."""
    database, bus = Database(url), Bus(nats.url, name="license")
    await database.open()
    await bus.open()
    async with database.transaction() as tx:
        await tx.run("CREATE TABLE IF NOT EXISTS done (event_id uuid, what text)")
    inbox = Inbox("license", database, bus, reactions, pause_s=lambda attempt: 0.01)
    await inbox.open()
    try:
        await eventually(lambda: bus.is_connected)
        await bus.ensure_stream("AUTH")
        yield database, bus
    finally:
        await inbox.close()
        await bus.close()
        await database.close()


async def note(event: UserRegistered, tx: Transaction) -> None:
    await tx.run("INSERT INTO done VALUES ($1, 'noted')", event.id)


async def _publish(bus: Bus, event: UserRegistered | UserDeleted, message_id: str | None = None) -> None:
    subject = "user.registered" if isinstance(event, UserRegistered) else "user.deleted"
    await bus.jetstream.publish(
        subject, msgspec.json.encode(event), headers={"Nats-Msg-Id": message_id or str(event.id)}
    )


async def _done(database: Database) -> list[UUID]:
    async with database.transaction() as tx:
        return [row["event_id"] for row in await tx.rows("SELECT event_id FROM done")]


async def _letters(bus: Bus) -> list[DeadLetter]:
    return [letter async for letter in dead_letters(bus.jetstream)]


async def test_an_event_delivered_twice_happens_once(database_of: MakeDatabase, nats_server: Nats):
    async with _listener(await database_of("versions"), nats_server, {UserRegistered: note}) as (database, bus):
        event, marker = UserRegistered(user_id=uuid4()), UserRegistered(user_id=uuid4())
        await _publish(bus, event, "first")
        await _publish(bus, event, "second")  # the bus takes it for another message
        await _publish(bus, marker)
        await eventually(lambda: _has(database, marker.id))
        assert await _done(database) == [event.id, marker.id]


async def _has(database: Database, event_id: UUID) -> bool:
    return event_id in await _done(database)


async def test_a_reaction_that_fails_is_tried_again_and_its_changes_are_undone(
    database_of: MakeDatabase, nats_server: Nats
):
    tries = 0

    async def stumble(event: UserRegistered, tx: Transaction) -> None:
        nonlocal tries
        tries += 1
        await note(event, tx)
        if tries < 3:
            raise RuntimeError("not yet")

    async with _listener(await database_of("versions"), nats_server, {UserRegistered: stumble}) as (database, bus):
        event = UserRegistered(user_id=uuid4())
        await _publish(bus, event)
        await eventually(lambda: _has(database, event.id))
        assert await _done(database) == [event.id]
        assert tries == 3


async def test_what_fails_for_good_becomes_a_dead_letter_and_can_be_replayed(
    database_of: MakeDatabase, nats_server: Nats
):
    broken, tries = True, 0

    async def react(event: UserRegistered, tx: Transaction) -> None:
        nonlocal tries
        tries += 1
        if broken:
            raise RuntimeError("the tables are on fire")
        await note(event, tx)

    async with _listener(await database_of("versions"), nats_server, {UserRegistered: react}) as (database, bus):
        event = UserRegistered(user_id=uuid4())
        await _publish(bus, event)
        (letter,) = await eventually(lambda: _letters(bus))
        assert (letter.consumer, letter.subject, tries) == ("license", "user.registered", MAX_ATTEMPTS)
        assert letter.reason == "RuntimeError: the tables are on fire"
        assert msgspec.json.decode(letter.body, type=UserRegistered) == event

        broken = False
        await replay(bus.jetstream, letter)
        await eventually(lambda: _has(database, event.id))
        assert await _letters(bus) == []


async def test_an_outage_of_what_a_reaction_needs_uses_up_no_try(database_of: MakeDatabase, nats_server: Nats):
    asked = 0

    async def react(event: UserRegistered, tx: Transaction) -> None:
        nonlocal asked
        asked += 1
        if asked <= MAX_ATTEMPTS + 4:
            raise Unavailable("The storage is away.")
        await note(event, tx)

    async with _listener(await database_of("versions"), nats_server, {UserRegistered: react}) as (database, bus):
        event = UserRegistered(user_id=uuid4())
        await _publish(bus, event)
        await eventually(lambda: _has(database, event.id))
        assert asked == MAX_ATTEMPTS + 5
        assert await _letters(bus) == []


async def test_an_unreadable_event_is_a_dead_letter_at_once_and_blocks_nobody(
    database_of: MakeDatabase, nats_server: Nats
):
    async with _listener(await database_of("versions"), nats_server, {UserRegistered: note}) as (database, bus):
        await bus.jetstream.publish("user.registered", b'{"type":"user.registered","user_id":7}')
        event = UserRegistered(user_id=uuid4())
        await _publish(bus, event)
        await eventually(lambda: _has(database, event.id))
        (letter,) = await eventually(lambda: _letters(bus))
        assert letter.attempts == 1
        assert "user_id" in letter.reason


async def test_events_that_nobody_here_reacts_to_are_not_delivered(database_of: MakeDatabase, nats_server: Nats):
    async with _listener(await database_of("versions"), nats_server, {UserRegistered: note}) as (database, bus):
        await _publish(bus, UserDeleted(user_id=uuid4()))
        event = UserRegistered(user_id=uuid4())
        await _publish(bus, event)
        await eventually(lambda: _has(database, event.id))
        info = await bus.jetstream.consumer_info("AUTH", "license")
        assert info.num_pending == 0
        assert info.delivered.consumer_seq == 1  # type: ignore[union-attr]


async def test_slow_work_that_is_interrupted_is_done_again_and_concluded_once(
    database_of: MakeDatabase, nats_server: Nats
):
    url = await database_of("versions")
    begun = asyncio.Event()
    let_go = asyncio.Event()

    async def work(event: UserRegistered) -> str:
        begun.set()
        await let_go.wait()
        return "judged"

    async def then(event: UserRegistered, tx: Transaction, result: str) -> None:
        await tx.run("INSERT INTO done VALUES ($1, $2)", event.id, result)

    event = UserRegistered(user_id=uuid4())
    async with _listener(url, nats_server, {UserRegistered: Slow(work, then)}) as (_, bus):
        await _publish(bus, event)
        await begun.wait()  # and now this worker is stopped in the middle
    # A worker that is stopped hands back what it had begun: the next one need not wait for ack_wait to pass.
    begun.clear()
    let_go.set()
    async with _listener(url, nats_server, {UserRegistered: Slow(work, then)}) as (database, bus):
        await eventually(lambda: _has(database, event.id), within=10)
        assert await _done(database) == [event.id]


async def test_a_bus_that_is_killed_and_comes_back_is_listened_to_again(database_of: MakeDatabase, nats_server: Nats):
    async with _listener(await database_of("versions"), nats_server, {UserRegistered: note}) as (database, bus):
        first = UserRegistered(user_id=uuid4())
        await _publish(bus, first)
        await eventually(lambda: _has(database, first.id))
        nats_server.kill()
        await nats_server.start()
        await eventually(lambda: bus.is_connected)
        second = UserRegistered(user_id=uuid4())
        await _publish(bus, second)
        await eventually(lambda: _has(database, second.id))
        assert await _done(database) == [first.id, second.id]
