"""The one door to PostgreSQL: a pool, and the transaction that a request or a reaction lives in.

Nobody writes `commit`: leaving the `async with` block commits, an exception rolls back. Events recorded on the way
are written to the outbox in the same transaction.
"""

# asyncpg carries no types; this file is its one door.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Callable
from typing import Any

import asyncpg
import msgspec

from chassis.observability import current_traceparent, log
from contracts.event import Event, subject_of
from contracts.problem import Unavailable

Row = asyncpg.Record

_AWAY = (
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # what a connection that broke half way says to the next who uses it
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.CannotConnectNowError,
    OSError,  # TimeoutError is one
)
"""What says that the server is going, gone, or not there yet."""


class Transaction:
    """One unit of work. Stores are built on it; each statement they run is part of it."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self._events: list[Event] = []

    async def row(self, sql: str, *arguments: Any) -> Row | None:
        return await self._connection.fetchrow(sql, *arguments)

    async def rows(self, sql: str, *arguments: Any) -> list[Row]:
        return await self._connection.fetch(sql, *arguments)

    async def value(self, sql: str, *arguments: Any) -> Any:
        return await self._connection.fetchval(sql, *arguments)

    async def run(self, sql: str, *arguments: Any) -> int:
        """Execute and return how many rows it touched."""
        tag: str = await self._connection.execute(sql, *arguments)
        count = tag.rpartition(" ")[2]
        return int(count) if count.isdigit() else 0

    def record(self, event: Event) -> None:
        """Let `event` leave with this transaction: published after it commits, never if it does not."""
        self._events.append(event)

    async def write_outbox(self) -> bool:
        """Write the recorded events; called once, just before the commit. True if there were any."""
        if not self._events:
            return False
        await self._connection.execute(
            "INSERT INTO outbox (event_id, subject, body, traceparent)"
            " SELECT * FROM unnest($1::uuid[], $2::text[], $3::bytea[], $4::text[])",
            [event.id for event in self._events],
            [subject_of(event) for event in self._events],
            [msgspec.json.encode(event) for event in self._events],
            [current_traceparent()] * len(self._events),
        )
        return True


class Database:
    """A service's own database. `on_recorded` is called after a commit that put events into the outbox."""

    def __init__(self, url: str, *, pool_size: int = 10) -> None:
        self._url = url
        self._pool_size = pool_size
        self._pool: asyncpg.Pool | None = None
        self.on_recorded: Callable[[], None] = lambda: None

    async def open(self) -> None:
        # A service may start before its database: the pool connects when it is first asked.
        self._pool = await asyncpg.create_pool(
            self._url,
            min_size=0,
            max_size=self._pool_size,
            timeout=5,
            command_timeout=30,
            max_inactive_connection_lifetime=300,
        )

    async def close(self) -> None:
        if self._pool is not None:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._pool.close(), 5)
            self._pool.terminate()
            self._pool = None

    @contextlib.asynccontextmanager
    async def transaction(self) -> AsyncGenerator[Transaction]:
        """Begin; commit on leaving, roll back on an exception.

        Raises:
            Unavailable: the database cannot be reached, or all its connections are taken for 5 seconds, or two waited
                for each other and this one was chosen to give way; nothing was done.
        """
        recorded = False
        async with self._connection() as connection, connection.transaction():
            transaction = Transaction(connection)
            yield transaction
            recorded = await transaction.write_outbox()
        if recorded:
            self.on_recorded()

    async def ping(self) -> None:
        """Answer by a real query, or raise Unavailable."""
        async with self._connection() as connection:
            await connection.execute("SELECT 1")

    @contextlib.asynccontextmanager
    async def _connection(self) -> AsyncGenerator[Any]:
        if self._pool is None:
            raise Unavailable("The database is not open.")
        try:
            connection = await self._pool.acquire(timeout=5)
        except (*_AWAY, asyncpg.TooManyConnectionsError) as error:
            raise Unavailable(retry_after=2) from error
        try:
            yield connection
        except _AWAY as error:
            # The server went away under us; what was not committed is undone there.
            raise Unavailable(retry_after=2) from error
        except asyncpg.DeadlockDetectedError as error:
            log.warning("database.deadlock")  # the server's own log says who waited for what
            raise Unavailable(retry_after=1) from error
        finally:
            await self._give_back(connection)

    async def _give_back(self, connection: Any) -> None:
        """What was committed is committed: a connection that cannot be put in order afterwards only leaves the pool."""
        assert self._pool is not None
        try:
            await self._pool.release(connection)
        except (*_AWAY, asyncpg.PostgresError) as error:
            log.warning("database.connection_dropped", error=type(error).__name__)
