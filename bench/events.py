"""How long an event takes from the commit that recorded it to the reaction it causes: `python -m bench.events`.

Real PostgreSQL, real NATS, the chassis as the services use it, one process, a steady pace. The baselines of the same
run hand the same event to the same reaction without the outbox, and to a bare subscription without the inbox either.
Prints one JSON object; times are milliseconds.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import logging
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from uuid import UUID

import asyncpg
import msgspec
import structlog
from nats.aio.msg import Msg

import chassis
from bench.machine import machine
from chassis.bus import Bus
from chassis.database import Database, Transaction
from chassis.inbox import Inbox
from chassis.outbox import Relay
from contracts.auth import UserVerified
from contracts.event import new_id, stream_of, subject_of
from devstack.nats import Nats
from devstack.postgres import Postgres

SUBJECT = subject_of(UserVerified)
STREAM = stream_of(SUBJECT)
WARM_UP = 20

# Sends an event and returns the moment from which it was decided: the commit, or where there is none, the call.
Send = Callable[[UserVerified], Awaitable[float]]


class Stopwatch:
    """When each event was on its way, and when it was reacted to."""

    def __init__(self) -> None:
        self._sent: dict[UUID, float] = {}
        self._reacted: dict[UUID, float] = {}
        self._more = asyncio.Event()

    async def react(self, event: UserVerified, _tx: Transaction | None = None) -> None:
        self._reacted[event.id] = time.perf_counter()
        self._more.set()

    async def measure(self, send: Send, *, events: int, per_second: float) -> dict[str, float]:
        """p50 and p99 in milliseconds over `events`, after a few that do not count."""
        self._sent.clear()
        self._reacted.clear()
        begin = time.perf_counter()
        for number in range(events + WARM_UP):
            await asyncio.sleep(max(0.0, begin + number / per_second - time.perf_counter()))
            event = UserVerified(user_id=new_id())
            self._sent[event.id] = await send(event)
        async with asyncio.timeout(60):
            while len(self._reacted) < len(self._sent):
                self._more.clear()
                await self._more.wait()
        took = sorted((self._reacted[id] - sent) * 1000 for id, sent in list(self._sent.items())[WARM_UP:])
        return {"p50_ms": round(_percentile(took, 0.50), 2), "p99_ms": round(_percentile(took, 0.99), 2)}


async def measure(*, events: int, per_second: float) -> dict[str, object]:
    """All three ways, one after the other, on the same servers."""
    with tempfile.TemporaryDirectory(prefix="raceoverlay-bench-") as folder:
        async with Postgres(Path(folder)) as postgres, Nats(Path(folder)) as nats:
            url = await postgres.create("bench")
            await _apply_schema(url)
            watch = Stopwatch()
            async with _open(url, nats.url, watch) as (database, bus):

                async def through_outbox(event: UserVerified) -> float:
                    async with database.transaction() as tx:
                        tx.record(event)
                    return time.perf_counter()

                async def straight(event: UserVerified) -> float:
                    called = time.perf_counter()
                    await bus.jetstream.publish(SUBJECT, msgspec.json.encode(event), stream=STREAM)
                    return called

                async def heard(message: Msg) -> None:
                    await watch.react(msgspec.json.decode(message.data, type=UserVerified))

                pace = {"events": events, "per_second": per_second}
                outbox = await watch.measure(through_outbox, **pace)
                without_outbox = await watch.measure(straight, **pace)
            async with _open(url, nats.url, None) as (_, bus):
                await bus.client.subscribe(SUBJECT, cb=heard)
                bare = await watch.measure(straight, **pace)
    return {
        "benchmark": "events",
        "events": events,
        "per_second": per_second,
        "commit_to_handler": outbox,
        "baseline_publish_without_outbox": without_outbox,
        "baseline_bare_subscription": bare,
        "outbox_costs_p50_ms": round(outbox["p50_ms"] - without_outbox["p50_ms"], 2),
    }


@contextlib.asynccontextmanager
async def _open(url: str, nats_url: str, watch: Stopwatch | None) -> AsyncIterator[tuple[Database, Bus]]:
    """The chassis of the service `auth`, as chassis.service opens it; without a watch, only the bus and the pool."""
    database = Database(url)
    bus = Bus(nats_url, name="bench")
    relay = Relay("auth", database, bus)
    database.on_recorded = relay.wake
    flow = [relay, Inbox("auth", database, bus, {UserVerified: watch.react})] if watch else []
    await database.open()
    await bus.open()
    await bus.connected()
    await bus.ensure_stream(STREAM)
    for resource in flow:
        await resource.open()
    try:
        yield database, bus
    finally:
        for resource in reversed(flow):
            await resource.close()
        await bus.close()
        await database.close()


async def _apply_schema(url: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(Path(chassis.__file__).with_name("schema.sql").read_text())
    finally:
        await connection.close()


def _percentile(ordered: list[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.events", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--events", type=int, default=1000)
    parser.add_argument("--per-second", type=float, default=100.0)
    chosen = parser.parse_args(arguments)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    result = asyncio.run(measure(events=chosen.events, per_second=chosen.per_second))
    sys.stdout.buffer.write(msgspec.json.encode(result | {"machine": machine()}) + b"\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
