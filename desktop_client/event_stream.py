"""What happens in the cloud, as it happens: the gateway's server-sent events, for as long as the client runs."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Final, NamedTuple

import aiohttp

from desktop_client.gateway import Gateway, GatewayFailure, GatewayRefused, GatewayUnreachable
from desktop_client.patience import Pauses

PATH: Final = "/events"
SILENCE_S: Final = 45.0  # three of the gateway's heartbeats
LONGEST_EVENT: Final = 256 * 1024
LONGEST_PAUSE_S: Final = 60.0

OPENED: Final = "stream.opened"
"""Our own subject: the stream is open (again). What happened in between may not have been heard."""

RESET: Final = "stream.reset"
"""The gateway's subject, and ours where it cannot know: something happened meanwhile that will not be heard."""

CLOSED: Final = "stream.closed"
"""Our own subject: the stream is not open, or not any more; it is tried again after a pause."""


PLACE: Final = ""
"""Of an id that came alone: nothing happened, and from there one can go on."""


class ServerEvent(NamedTuple):
    """`data` is the event's JSON; `subject` is the tag it has in the contracts."""

    id: str | None
    subject: str
    data: str


class EventStream:
    """Connects, resumes after the last event heard, and connects again, with growing pauses, until it is closed."""

    def __init__(
        self,
        gateway: Gateway,
        access_token: Callable[[str | None], Awaitable[str]],
        *,
        silence_s: float = SILENCE_S,
        first_pause_s: float = 0.5,
    ) -> None:
        """`access_token(refused)` gives a token other than `refused`; see `Session.access_token`."""
        self._gateway, self._access_token = gateway, access_token
        self._silence_s = silence_s
        self._pauses = Pauses(first_pause_s, LONGEST_PAUSE_S)
        self._last_id: str | None = None
        self._refused: str | None = None
        self._was_open = False
        self.problem: str | None = None

    async def events(self) -> AsyncGenerator[ServerEvent, None]:
        """Every event, `OPENED` at each connection and `CLOSED` at the end of each try.

        Ends only by being closed itself; why a try failed is in `problem`.
        """
        while True:
            wish, began = 0.0, asyncio.get_running_loop().time()
            try:
                async with contextlib.aclosing(self._one_connection()) as connection:
                    async for event in connection:
                        yield event
            except GatewayRefused as refusal:
                self.problem, wish = refusal.sentence, float(refusal.retry_after or 0)
            except GatewayFailure as failure:
                self.problem = failure.sentence
            yield ServerEvent(None, CLOSED, "")
            if asyncio.get_running_loop().time() - began > self._silence_s:
                self._pauses.reset()  # a stream that lived well may be opened again at once
            await asyncio.sleep(self._pauses.next(at_least_s=wish))

    async def _one_connection(self) -> AsyncGenerator[ServerEvent, None]:
        token = await self._access_token(self._refused)
        headers = {"accept": "text/event-stream"}
        if self._last_id is not None:
            headers["last-event-id"] = self._last_id
        try:
            async with self._gateway.stream(PATH, token=token, headers=headers, silence_s=self._silence_s) as lines:
                self._refused = self.problem = None
                yield ServerEvent(None, OPENED, "")
                if self._was_open and self._last_id is None:  # there is no place to go on from
                    yield ServerEvent(None, RESET, "")
                self._was_open = True
                async for event in parse(lines):
                    self._last_id = event.id or self._last_id
                    if event.subject != PLACE:
                        yield event
        except GatewayRefused as refusal:
            if refusal.status == 401:
                self._refused = token
            raise


async def parse(lines: aiohttp.StreamReader) -> AsyncGenerator[ServerEvent, None]:
    """The events of one connection; an event cut off by its end is not one.

    Raises:
        GatewayUnreachable: an event is larger than any of ours.
    """
    event_id, subject, data, size = None, "", list[str](), 0
    while line := await _line(lines):
        size += len(line)
        if size > LONGEST_EVENT:
            raise GatewayUnreachable("The event stream makes no sense.")
        text = line.decode("utf-8", "replace").rstrip("\r\n")
        if not text:
            if subject or data:
                yield ServerEvent(event_id, subject or "message", "\n".join(data))
            elif event_id:
                yield ServerEvent(event_id, PLACE, "")
            event_id, subject, data, size = None, "", list[str](), 0
            continue
        name, _, value = text.partition(":")
        value = value.removeprefix(" ")
        match name:
            case "id":
                event_id = value
            case "event":
                subject = value
            case "data":
                data.append(value)
            case _:  # a comment, which is a heartbeat, or a field that we do not need
                pass


async def _line(lines: aiohttp.StreamReader) -> bytes:
    try:
        return await lines.readline()
    except ValueError as error:  # longer than the reader's own limit
        raise GatewayUnreachable("The event stream makes no sense.") from error
