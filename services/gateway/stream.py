"""GET /events: the listener's queue written out as server-sent events, for as long as the access token lives."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable

from litestar.types import Receive, Scope, Send

from contracts.identity import CLOCK_LEEWAY_S, Identity
from services.gateway.live import Audience, Listener

HEARTBEAT_S = 15.0
SEND_S = 15.0
RECONNECT_MS = 3_000
COME_BACK_MS = (1_000, 6_000)
_HEAD = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
]
_MISSED = b"event: stream.reset\ndata: {}\n\n"


class EventStream:
    """Plain ASGI behind the admission, which put the identity into the scope. `clock` is seconds since the epoch."""

    def __init__(
        self,
        audience: Audience,
        *,
        heartbeat_seconds: float = HEARTBEAT_S,
        send_seconds: float = SEND_S,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._audience = audience
        self._heartbeat_seconds = heartbeat_seconds
        self._send_seconds = send_seconds
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        identity: Identity = scope["user"]
        after = next((value for name, value in scope["headers"] if name == b"last-event-id"), None)
        resumed_from = after.decode("latin-1") if after else None
        with self._audience.listening(identity, after=resumed_from) as (listener, is_complete):
            # Who is new, or cannot go on, begins here: an event that comes while they are away is then not missed.
            place = None if resumed_from and is_complete else self._audience.newest
            scope["state"]["answered"] = True
            await send({"type": "http.response.start", "status": 200, "headers": _HEAD})
            await self._write(send, _beginning(place) + (b"" if is_complete else _MISSED))
            leaving = asyncio.create_task(_end_when_client_leaves(listener, receive))
            try:
                await self._tell(listener, send)
                if listener.is_sent_away:  # all of them, in the same moment: they shall not all come back in one
                    await self._write(send, b"retry: %d\n\n" % random.randrange(*COME_BACK_MS))
                await send({"type": "http.response.body", "body": b"", "more_body": False})
            except TimeoutError:
                return  # the client does not read what it is sent
            finally:
                leaving.cancel()

    async def _tell(self, listener: Listener, send: Send) -> None:
        # The leeway too: who was let in within it would else be sent away, and come back, without a pause.
        expires_at = listener.identity.expires_at + CLOCK_LEEWAY_S
        while not listener.ended and (left := expires_at - self._clock()) > 0:
            frames = await listener.next(min(left, self._heartbeat_seconds))
            if frames or not listener.ended:
                await self._write(send, b"".join(frame.text for frame in frames) or b":\n\n")

    async def _write(self, send: Send, text: bytes) -> None:
        async with asyncio.timeout(self._send_seconds):
            await send({"type": "http.response.body", "body": text, "more_body": True})


def _beginning(place: str | None) -> bytes:
    return (
        b"retry: %d\n\n" % RECONNECT_MS if place is None else b"retry: %d\nid: %b\n\n" % (RECONNECT_MS, place.encode())
    )


async def _end_when_client_leaves(listener: Listener, receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    listener.end()
