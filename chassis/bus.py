"""The one door to NATS JetStream: a connection that heals, streams with explicit limits, durable consumers."""

# nats-py types its calls in part; this file is their door.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

import asyncio
import contextlib
from urllib.parse import urlsplit

from nats.aio.client import Client
from nats.errors import Error as NatsError
from nats.js import JetStreamContext
from nats.js.api import (
    AckPolicy,
    ConsumerConfig,
    DeliverPolicy,
    DiscardPolicy,
    RetentionPolicy,
    StorageType,
    StreamConfig,
)
from nats.js.errors import APIError, NotFoundError

from chassis.observability import log
from contracts.event import STREAMS
from contracts.problem import Unavailable

DEAD_LETTERS = "DEADLETTERS"
KEEP_EVENTS_S = 30 * 24 * 3600
ACK_WAIT_S = 30
MAX_ATTEMPTS = 8
MAX_STREAM_BYTES = 256 << 20  # reserved on the server, so five streams must fit its store


class Bus:
    """A connection to NATS that keeps trying: the service lives on while the bus is away, and says so in /readyz."""

    def __init__(self, url: str, *, name: str) -> None:
        self._url = url
        self._name = name
        self._client = Client()
        self._connecting: asyncio.Task[None] | None = None
        self._connected = asyncio.Event()

    async def open(self) -> None:
        self._connecting = asyncio.create_task(self._connect(), name="bus-connect")

    async def close(self) -> None:
        if self._connecting is not None:
            self._connecting.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._connecting
        if self._client.is_connected:
            with contextlib.suppress(NatsError, TimeoutError, OSError):
                await self._client.flush(timeout=1)
        with contextlib.suppress(NatsError, OSError):
            await self._client.close()

    @property
    def is_connected(self) -> bool:
        return self._client.is_connected

    async def connected(self) -> None:
        """Wait for the first connection."""
        await self._connected.wait()

    async def ping(self) -> None:
        """Answer by a real operation, or raise Unavailable."""
        if not self._client.is_connected:
            raise Unavailable("The event bus is not connected.")
        try:
            await self.jetstream.account_info()
        except (NatsError, TimeoutError, OSError) as error:
            raise Unavailable("The event bus does not answer.") from error

    @property
    def client(self) -> Client:
        return self._client

    @property
    def jetstream(self) -> JetStreamContext:
        return self._client.jetstream(timeout=5)

    async def ensure_stream(self, name: str) -> None:
        """Create the stream, or bring its limits to what is declared here. Safe to repeat."""
        subjects = ["deadletter.>"] if name == DEAD_LETTERS else list(STREAMS[name])
        config = StreamConfig(
            name=name,
            subjects=subjects,
            retention=RetentionPolicy.LIMITS,
            storage=StorageType.FILE,
            discard=DiscardPolicy.OLD,
            max_age=KEEP_EVENTS_S,
            max_bytes=MAX_STREAM_BYTES,
            max_msg_size=1 << 20,
            duplicate_window=120,
            num_replicas=1,
        )
        try:
            present = (await self.jetstream.stream_info(name)).config
        except NotFoundError:
            await self.jetstream.add_stream(config)
            return
        # Replicas and placement are the operator's to raise; limits and subjects are ours.
        config.num_replicas = present.num_replicas
        if sorted(present.subjects or []) != sorted(subjects) or present.max_bytes != config.max_bytes:
            await self.jetstream.update_stream(config)

    async def ensure_consumer(self, stream: str, durable: str, subjects: list[str]) -> None:
        """A durable pull consumer, shared by all replicas of a service. Safe to repeat."""
        config = ConsumerConfig(
            durable_name=durable,
            filter_subjects=sorted(subjects),
            ack_policy=AckPolicy.EXPLICIT,
            deliver_policy=DeliverPolicy.ALL,
            ack_wait=ACK_WAIT_S,
            # One more than we try ourselves: a reaction that kills its process never gets to say that it failed.
            max_deliver=MAX_ATTEMPTS + 1,
            max_ack_pending=256,
        )
        await self.jetstream.add_consumer(stream, config)

    async def _connect(self) -> None:
        pause = 0.1
        while True:
            try:
                # Before the port is open nats-py would sleep two seconds between tries and print a traceback.
                await self._port_open()
                await self._client.connect(
                    self._url,
                    name=self._name,
                    allow_reconnect=True,
                    max_reconnect_attempts=-1,
                    reconnect_time_wait=1,
                    connect_timeout=2,
                    ping_interval=10,
                    max_outstanding_pings=2,
                    error_cb=self._on_error,
                    disconnected_cb=self._on_disconnect,
                    reconnected_cb=self._on_reconnect,
                )
            except (NatsError, OSError, TimeoutError) as error:
                log.warning("bus.unreachable", error=type(error).__name__)
                self._client = Client()
                await asyncio.sleep(pause)
                pause = min(pause * 2, 5)
            else:
                log.info("bus.connected")
                self._connected.set()
                return

    async def _port_open(self) -> None:
        address = urlsplit(self._url)
        _, writer = await asyncio.wait_for(asyncio.open_connection(address.hostname, address.port or 4222), timeout=2)
        writer.close()

    async def _on_error(self, error: Exception) -> None:
        log.warning("bus.error", error=type(error).__name__)

    async def _on_disconnect(self) -> None:
        log.warning("bus.disconnected")

    async def _on_reconnect(self) -> None:
        log.info("bus.reconnected")


BusError = (NatsError, APIError, TimeoutError, OSError)
"""What talking to the bus may raise; callers retry."""

__all__ = ["ACK_WAIT_S", "DEAD_LETTERS", "KEEP_EVENTS_S", "MAX_ATTEMPTS", "Bus", "BusError"]
