"""The connections to one service: so many and no more, a short queue for whoever waits, and a probe that never queues.

One service that hangs keeps its own connections busy, and nobody else's.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from urllib.parse import urlsplit

from services.gateway.upstream_answer import Unreachable, UpstreamError
from services.gateway.upstream_client import Connection

CONNECTIONS = 128
QUEUED = 256
QUEUE_S = 1.0
CONNECT_S = 1.0
# Well before the servers close an idle connection, or a request would be sent into one that is just closing.
KEEP_ALIVE_S = 10.0


OnEnd = Callable[[Connection, bool], None]


class Overloaded(UpstreamError):
    """As many requests are under way to the service as may be, and as many wait as may wait."""


class Pool:
    """`address` is `http://host:port`."""

    def __init__(
        self, address: str, *, connections: int = CONNECTIONS, queued: int = QUEUED, queue_seconds: float = QUEUE_S
    ) -> None:
        parts = urlsplit(address)
        if parts.scheme != "http" or not parts.hostname or parts.path.strip("/") or parts.query:
            raise ValueError(f"{address!r} is not http://host:port")
        self.host = parts.netloc.encode("ascii")
        self._place = (parts.hostname, parts.port or 80)
        self._most = connections
        self._most_queued = queued
        self._queue_seconds = queue_seconds
        self._idle: deque[Connection] = deque()
        self._busy: set[Connection] = set()
        self._taken = 0
        self._queue: deque[asyncio.Future[None]] = deque()

    async def take(self, *, fresh: bool = False) -> Connection:
        """A connection for one exchange, after which it comes back by itself. `fresh`: one that has not served yet.

        Raises:
            Unreachable: none can be made.
            Overloaded: there is none to be had in time.
        """
        if self._taken < self._most:
            self._taken += 1
        else:
            await self._wait()
        connection = None if fresh else self._pop_idle()
        if connection is None:
            try:
                connection = await self._connect(self._came_back)
            except BaseException:
                self._hand_on()
                raise
        self._busy.add(connection)
        return connection

    def give_back(self, connection: Connection) -> None:
        """One that was taken, and not used."""
        self._came_back(connection, not connection.is_lost)

    def abandon(self) -> None:
        """Nobody is there: those who would only be asked again anyway need not wait for their deadline."""
        for connection in [each for each in self._busy if each.may_be_asked_again]:
            connection.fail(Unreachable("The service stopped answering."))

    async def probe(self, target: bytes, *, seconds: float) -> None:
        """Ask for `target` over a connection of its own; any answer will do.

        Raises:
            UpstreamError: there is none within `seconds`.
        """
        try:
            async with asyncio.timeout(seconds):
                connection = await self._connect(lambda _connection, _is_reusable: None)
                try:
                    head = b"GET %b HTTP/1.1\r\nhost: %b\r\nconnection: close\r\n\r\n" % (target, self.host)
                    await connection.exchange(head, None, is_chunked=False, seconds=seconds)
                finally:
                    connection.close()
        except TimeoutError as error:
            raise Unreachable("The probe was not answered.") from error

    def close(self) -> None:
        for connection in (*self._idle, *self._busy):
            connection.close()

    def _pop_idle(self) -> Connection | None:
        now = asyncio.get_running_loop().time()
        while self._idle:
            connection = self._idle.pop()
            if now - connection.idle_since < KEEP_ALIVE_S and not connection.is_lost:
                return connection
            connection.close()
        return None

    async def _connect(self, on_end: OnEnd) -> Connection:
        try:
            async with asyncio.timeout(CONNECT_S):
                _, connection = await asyncio.get_running_loop().create_connection(
                    lambda: Connection(on_end), *self._place
                )
        except (OSError, TimeoutError) as error:
            raise Unreachable(f"{type(error).__name__}") from error
        return connection

    async def _wait(self) -> None:
        if len(self._queue) >= self._most_queued:
            raise Overloaded
        turn = asyncio.get_running_loop().create_future()
        self._queue.append(turn)
        try:
            async with asyncio.timeout(self._queue_seconds):
                await turn
        except BaseException as error:
            if turn.done() and not turn.cancelled():
                self._hand_on()
            elif turn in self._queue:
                self._queue.remove(turn)
            if isinstance(error, TimeoutError):
                raise Overloaded from None
            raise

    def _came_back(self, connection: Connection, is_reusable: bool) -> None:
        if connection in self._busy:
            self._busy.discard(connection)
            if is_reusable:
                connection.idle_since = asyncio.get_running_loop().time()
                self._idle.append(connection)
            self._hand_on()
        elif connection in self._idle:
            self._idle.remove(connection)

    def _hand_on(self) -> None:
        """One request fewer: whoever waits longest is next."""
        while self._queue:
            turn = self._queue.popleft()
            if not turn.done():
                turn.set_result(None)
                return
        self._taken -= 1
