"""The relay: takes events from the outbox and publishes them, in the order in which they were recorded.

A row is deleted in the same transaction in which the bus acknowledged it. If the process dies in between, the row is
still there and is published again under the same `Nats-Msg-Id`, which the bus, and every inbox, answer with silence.
"""

from __future__ import annotations

import asyncio
import contextlib

from chassis.bus import Bus, BusError
from chassis.database import Database
from chassis.observability import EVENTS_PUBLISHED, OUTBOX_WAITING, log
from contracts.event import stream_of
from contracts.problem import Unavailable

BATCH = 100
POLL_S = 1.0
_WAITING = "SELECT count(*) FROM (SELECT 1 FROM outbox LIMIT 10000) AS waiting"  # bounded: a long queue stays cheap
_LOCK = 0x6F7574626F78  # "outbox": one relay of a service publishes at a time, so that order is kept


class Relay:
    """Runs in every replica; `wake` is called after a commit, and a slow poll finds what a dead replica left."""

    def __init__(self, service: str, database: Database, bus: Bus) -> None:
        self._service = service
        self._database = database
        self._bus = bus
        self._woken = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._closing = False

    def wake(self) -> None:
        self._woken.set()

    async def open(self) -> None:
        self._task = asyncio.create_task(self._run(), name="outbox-relay")

    async def close(self) -> None:
        self._closing = True  # beside the cancellation: nats-py may turn that into an error of its own
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def publish_batch(self) -> int:
        """Publish up to BATCH events; returns how many. 0 also when another relay is at it.

        Raises:
            Unavailable, or one of BusError: nothing is lost, call again.
        """
        async with self._database.transaction() as tx:
            if not await tx.value("SELECT pg_try_advisory_xact_lock($1)", _LOCK):
                return 0
            rows = await tx.rows(
                "DELETE FROM outbox WHERE position IN (SELECT position FROM outbox ORDER BY position LIMIT $1)"
                " RETURNING position, event_id, subject, body, traceparent",
                BATCH,
            )
            for row in sorted(rows, key=lambda row: row["position"]):
                headers = {"Nats-Msg-Id": str(row["event_id"])}
                if row["traceparent"]:
                    headers["traceparent"] = row["traceparent"]
                await self._bus.jetstream.publish(
                    row["subject"], row["body"], stream=stream_of(row["subject"]), headers=headers
                )
        for row in rows:
            EVENTS_PUBLISHED.labels(self._service, row["subject"]).inc()
        return len(rows)

    async def _run(self) -> None:
        pause = 0.1
        await self._bus.connected()
        ready_streams: set[str] = set()
        while not self._closing:
            self._woken.clear()
            try:
                if self._bus.is_connected:
                    await self._prepare(ready_streams)
                    while await self.publish_batch() == BATCH:
                        pass
                await self._count_waiting()
                pause = 0.1
            except Exception as error:
                # Whatever it was, the events are still in the table: a relay that gave up would lose them in silence.
                expected = isinstance(error, (Unavailable, *BusError))
                log.warning("outbox.delayed", error=type(error).__name__, exc_info=None if expected else error)
                ready_streams.clear()  # the bus may have come back without its store
                await asyncio.sleep(pause)
                pause = min(pause * 2, 5)
                continue
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._woken.wait(), POLL_S)

    async def _prepare(self, ready: set[str]) -> None:
        stream = self._service.upper()
        if stream not in ready:
            await self._bus.ensure_stream(stream)
            ready.add(stream)

    async def _count_waiting(self) -> None:
        async with self._database.transaction() as tx:
            OUTBOX_WAITING.labels(self._service).set(await tx.value(_WAITING))
