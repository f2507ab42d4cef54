"""Reactions to events: what happens here when something happened elsewhere, exactly once.

A delivery becomes one transaction: the inbox row, whatever the reaction changes, and the events it records. Only
after the commit is the message acknowledged, so a crash repeats it, and the inbox row makes the repeat silence.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
from nats.aio.msg import Msg
from nats.js import JetStreamContext
from opentelemetry.trace import SpanKind

from chassis.bus import ACK_WAIT_S, DEAD_LETTERS, KEEP_EVENTS_S, MAX_ATTEMPTS, Bus, BusError
from chassis.database import Database, Transaction
from chassis.observability import EVENT_LATENCY, EVENTS_HANDLED, log, traced
from contracts.event import Event, now, stream_of, subject_of
from contracts.problem import Unavailable

OUTAGE_S = 600.0

Reaction = Callable[[Any, Transaction], Awaitable[None]]


@dataclass(frozen=True)
class Slow:
    """A reaction with work that must not hold a transaction: object storage, long computation.

    `work(event)` runs first and may run again after a crash, so it changes nothing; `then(event, tx, result)` is the
    transaction.
    """

    work: Callable[[Any], Awaitable[Any]]
    then: Callable[[Any, Transaction, Any], Awaitable[None]]


Reactions = Mapping[type[Event], Reaction | Slow]


def backoff_s(attempt: int) -> float:
    """How long to wait before the next try, after `attempt` tries: 0.5 s, doubling, 60 s at most."""
    return min(0.5 * 2 ** (attempt - 1), 60.0)


class Inbox:
    """One service's listener: a durable consumer for each stream that its reactions come from."""

    def __init__(
        self,
        service: str,
        database: Database,
        bus: Bus,
        reactions: Reactions,
        *,
        pause_s: Callable[[int], float] = backoff_s,
    ) -> None:
        self._service = service
        self._database = database
        self._bus = bus
        self._reactions = {subject_of(kind): (kind, reaction) for kind, reaction in reactions.items()}
        self._pause_s = pause_s
        self._tasks: list[asyncio.Task[None]] = []
        self._closing = False

    async def open(self) -> None:
        streams: dict[str, list[str]] = {}
        for subject in self._reactions:
            streams.setdefault(stream_of(subject), []).append(subject)
        self._tasks = [
            asyncio.create_task(self._listen(stream, subjects), name=f"inbox-{stream}")
            for stream, subjects in streams.items()
        ]
        if streams:
            self._tasks.append(asyncio.create_task(self._forget_old_rows(), name="inbox-forget"))

    async def close(self) -> None:
        # Cancelled and awaited before the bus closes: a fetch under way would else report a closed connection. The flag
        # beside it, because nats-py may turn the cancellation into such a report all the same.
        self._closing = True
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _listen(self, stream: str, subjects: list[str]) -> None:
        await self._bus.connected()
        subscription: JetStreamContext.PullSubscription | None = None
        while not self._closing:
            try:
                if subscription is None:
                    await self._bus.ensure_stream(stream)
                    await self._bus.ensure_stream(DEAD_LETTERS)
                    await self._bus.ensure_consumer(stream, self._service, subjects)
                    subscription = await self._bus.jetstream.pull_subscribe_bind(self._service, stream)
                messages = await subscription.fetch(16, timeout=2)
                await self._deliver_all(deque(messages))
            except TimeoutError:
                continue  # nothing happened for a while
            except Exception as error:
                # Whatever it was, a listener that gave up would never hear again.
                expected = isinstance(error, BusError)
                log.warning(
                    "inbox.reconnecting",
                    stream=stream,
                    error=type(error).__name__,
                    exc_info=None if expected else error,
                )
                if subscription is not None:
                    with contextlib.suppress(*BusError):
                        await subscription.unsubscribe()
                    subscription = None
                await asyncio.sleep(0.5)

    async def _deliver_all(self, messages: deque[Msg]) -> None:
        try:
            async with _kept_alive(messages):
                while messages:
                    await self._deliver(messages[0])
                    messages.popleft()
        finally:
            # Stopped on the way: whoever listens next gets these at once, not after they were waited for in vain.
            for message in messages:
                with contextlib.suppress(*BusError):
                    await message.nak()

    async def _deliver(self, message: Msg) -> None:
        attempt = message.metadata.num_delivered
        headers = message.headers or {}
        attributes = {
            "messaging.system": "nats",
            "messaging.destination.name": message.subject,
            "messaging.operation.type": "process",
        }
        with traced(f"process {message.subject}", headers.get("traceparent"), SpanKind.CONSUMER, attributes):
            try:
                if attempt > MAX_ATTEMPTS:
                    await self._give_up(message, "the process died each time it tried")
                    return
                outcome = await self._react_through_outages(message)
                await message.ack()
            except BusError as error:
                # Not acknowledged: it comes again, and the inbox row makes that silent.
                log.warning("event.not_acknowledged", subject=message.subject, error=type(error).__name__)
                return
            except Exception as error:
                await self._failed(message, attempt, error)
                return
        EVENTS_HANDLED.labels(self._service, message.subject, outcome).inc()

    async def _react_through_outages(self, message: Msg) -> str:
        """While something that the reaction needs is away, the event waits here and loses no try."""
        until = time.monotonic() + OUTAGE_S
        waits = 0
        while True:
            try:
                return await self._react(message)
            except Unavailable as error:
                if time.monotonic() > until:
                    raise
                log.warning("event.waits", subject=message.subject, reason=str(error))
                waits += 1
                await asyncio.sleep(self._pause_s(min(waits, 4)))

    async def _react(self, message: Msg) -> str:
        kind, reaction = self._reactions[message.subject]
        event = msgspec.json.decode(message.data, type=kind)
        if isinstance(reaction, Slow):
            if await self._seen(event):
                return "repeated"
            result = await reaction.work(event)
        async with self._database.transaction() as tx:
            if not await _first_time(tx, self._service, event):
                return "repeated"
            if isinstance(reaction, Slow):
                await reaction.then(event, tx, result)  # pyright: ignore[reportPossiblyUnboundVariable] # same test
            else:
                await reaction(event, tx)
        EVENT_LATENCY.labels(self._service, message.subject).observe((now() - event.at).total_seconds())
        log.info("event.handled", subject=message.subject, event_id=str(event.id))
        return "handled"

    async def _seen(self, event: Event) -> bool:
        async with self._database.transaction() as tx:
            return await tx.value(
                "SELECT EXISTS (SELECT 1 FROM inbox WHERE consumer = $1 AND event_id = $2)",
                self._service,
                event.id,
            )

    async def _failed(self, message: Msg, attempt: int, error: Exception) -> None:
        hopeless = isinstance(error, msgspec.MsgspecError)
        log.error("event.failed", subject=message.subject, attempt=attempt, exc_info=error)
        with contextlib.suppress(*BusError):
            if hopeless or attempt >= MAX_ATTEMPTS:
                await self._give_up(message, f"{type(error).__name__}: {error}")
            else:
                EVENTS_HANDLED.labels(self._service, message.subject, "retried").inc()
                await message.nak(delay=self._pause_s(attempt))

    async def _give_up(self, message: Msg, why: str) -> None:
        """Put the message with the dead letters, where `python -m chassis.deadletters` finds it."""
        sequence = message.metadata.sequence.stream
        await self._bus.jetstream.publish(
            f"deadletter.{self._service}.{message.subject}",
            message.data,
            stream=DEAD_LETTERS,
            headers={
                **(message.headers or {}),
                "Nats-Msg-Id": f"{self._service}-{message.metadata.stream}-{sequence}",
                "Dead-Letter-Consumer": self._service,
                "Dead-Letter-Subject": message.subject,
                "Dead-Letter-Reason": " ".join(why.split())[:500],
                "Dead-Letter-Attempts": str(message.metadata.num_delivered),
            },
        )
        await message.term()
        EVENTS_HANDLED.labels(self._service, message.subject, "dead").inc()
        log.error("event.dead", subject=message.subject, reason=why)

    async def _forget_old_rows(self) -> None:
        """An inbox row is needed only as long as the stream may still deliver its event."""
        while True:
            with contextlib.suppress(Exception):
                async with self._database.transaction() as tx:
                    await tx.run(
                        "DELETE FROM inbox WHERE handled_at < now() - make_interval(secs => $1)",
                        float(KEEP_EVENTS_S + 24 * 3600),
                    )
            await asyncio.sleep(3600)


async def _first_time(tx: Transaction, consumer: str, event: Event) -> bool:
    inserted = await tx.run(
        "INSERT INTO inbox (consumer, event_id) VALUES ($1, $2) ON CONFLICT DO NOTHING", consumer, event.id
    )
    return inserted == 1


@contextlib.asynccontextmanager
async def _kept_alive(messages: deque[Msg]):
    """Tell the bus that these are being worked on or next in line: it shall not deliver them to somebody else."""

    async def pulse() -> None:
        while True:
            await asyncio.sleep(ACK_WAIT_S / 3)
            for message in tuple(messages):
                with contextlib.suppress(*BusError):
                    await message.in_progress()

    task = asyncio.create_task(pulse())
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
