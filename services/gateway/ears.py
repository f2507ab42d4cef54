"""Hears every event, on every replica, without a database: what was missed is asked for again by its number.

A durable consumer would share the events out among the replicas, and each must hear all of them. So each follows the
streams on its own, through a consumer that the bus forgets when its replica is gone.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from datetime import timedelta

import msgspec
from nats.aio.msg import Msg
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy

from chassis.bus import Bus, BusError
from chassis.observability import log
from contracts.event import now, stream_of
from contracts.problem import Unavailable

HEARTBEAT_S = 1.0
PATIENCE_S = 2.5 * HEARTBEAT_S
RETRY_S = 0.25
# At its start a replica also hears what happened lately: sessions that ended are refused by it as by the others, and
# clients that were connected to its predecessor can go on where they were.
LOOK_BACK = timedelta(minutes=15)

React = Callable[[str, bytes], None]


class Ears:
    """Follows the streams that keep `subjects`, and calls `react(subject, body)` for each event in turn."""

    def __init__(self, bus: Bus, subjects: tuple[str, ...], react: React) -> None:
        self._bus = bus
        self._react = react
        self._streams: dict[str, list[str]] = {}
        for subject in subjects:
            self._streams.setdefault(stream_of(subject), []).append(subject)
        self._behind = set(self._streams)
        self._following: set[str] = set()
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def is_hearing(self) -> bool:
        """Whether an event that happens now is heard within moments."""
        return len(self._following) == len(self._streams)

    async def open(self) -> None:
        self._tasks = [
            asyncio.create_task(self._follow(stream, subjects), name=f"ears-{stream}")
            for stream, subjects in self._streams.items()
        ]

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def ready(self) -> None:
        """Unavailable until what happened before our start was heard once, the ended sessions above all.

        A bus that goes away later is no reason to turn drivers away: all replicas lose it together.
        """
        if self._behind:
            raise Unavailable(f"Not yet heard: {', '.join(sorted(self._behind))}.")

    async def _follow(self, stream: str, subjects: list[str]) -> None:
        await self._bus.connected()
        place = _Place()
        while True:
            try:
                await self._bus.ensure_stream(stream)
                await self._listen(stream, subjects, place)
            except Exception as error:
                # Whatever it was, ears that gave up would let ended sessions go on.
                expected = isinstance(error, BusError)
                log.warning(
                    "events.interrupted",
                    stream=stream,
                    error=type(error).__name__,
                    exc_info=None if expected else error,
                )
            await asyncio.sleep(RETRY_S)

    async def _listen(self, stream: str, subjects: list[str], place: _Place) -> None:
        """Follow `stream` from `place` on; returns when a delivery is missing, and may then be called again."""
        client = self._bus.client
        connection = client.stats["reconnects"]
        subscription = await client.subscribe(client.new_inbox())
        try:
            state = (await self._bus.jetstream.stream_info(stream)).state
            config = place.config(state.last_seq)
            config.filter_subjects = sorted(subjects)
            config.deliver_subject = subscription.subject
            created = await self._bus.jetstream.add_consumer(stream, config)
            to_hear = created.num_pending or 0
            heard = 0
            if heard >= to_hear:
                self._caught_up(stream)
            while client.stats["reconnects"] == connection:
                message = await subscription.next_msg(timeout=PATIENCE_S)
                if _is_heartbeat(message):
                    if _delivered(message) != heard:
                        return
                    continue
                if message.metadata.sequence.consumer != heard + 1:
                    return
                heard += 1
                self._hear(message)
                place.last = message.metadata.sequence.stream
                if heard >= to_hear:
                    self._caught_up(stream)
        finally:
            self._following.discard(stream)
            with contextlib.suppress(*BusError):
                await subscription.unsubscribe()

    def _caught_up(self, stream: str) -> None:
        self._behind.discard(stream)
        self._following.add(stream)

    def _hear(self, message: Msg) -> None:
        try:
            self._react(message.subject, message.data)
        except msgspec.MsgspecError as error:
            # Nothing to try again, and nobody else loses it: the services that live by it have their own inbox.
            log.error("event.unreadable", subject=message.subject, error=str(error))
        except Exception as error:
            # A mistake of ours would be made again at each try, and nothing behind this event would ever be heard.
            log.error("event.failed", subject=message.subject, exc_info=error)


class _Place:
    """How far a stream was heard."""

    def __init__(self) -> None:
        self.last: int | None = None

    def config(self, newest: int) -> ConsumerConfig:
        """A consumer that begins just behind this place; `newest` is the number of the last event in the stream."""
        config = ConsumerConfig(
            ack_policy=AckPolicy.NONE,
            idle_heartbeat=HEARTBEAT_S,
            inactive_threshold=60,
            mem_storage=True,
        )
        if self.last is None:
            config.deliver_policy = DeliverPolicy.BY_START_TIME
            config.opt_start_time = now() - LOOK_BACK
        else:
            config.deliver_policy = DeliverPolicy.BY_START_SEQUENCE
            # A stream that was made anew counts from 1 again.
            config.opt_start_seq = self.last + 1 if self.last <= newest else 1
        return config


def _is_heartbeat(message: Msg) -> bool:
    return (message.headers or {}).get("Status") == "100"


def _delivered(heartbeat: Msg) -> int:
    """How many events the bus has sent us, by its own count."""
    return int((heartbeat.headers or {}).get("Nats-Last-Consumer", "0"))
