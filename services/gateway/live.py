"""Who is listening right now, and what each of them may hear.

What was heard lately is kept in a ring, bounded, so that a client that lost its connection can go on where it was. A
listener has a short queue of references into it; one that does not keep up is let go and comes back by itself.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import defaultdict, deque
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from prometheus_client import Gauge

from contracts.identity import Identity
from contracts.problem import TooManyRequests, Unavailable

LISTENERS = Gauge("event_stream_listeners", "Clients that listen to /events on this replica.")
REMEMBERED = 2_000
MAX_LISTENERS = 5_000
MAX_LISTENERS_EACH = 8
MAX_PENDING = 128


@dataclass(frozen=True, slots=True)
class Frame:
    """One event in the form of the stream. `driver` is whom it is for; None is everyone."""

    event_id: str
    driver: UUID | None
    text: bytes

    def is_for(self, driver: UUID) -> bool:
        return self.driver is None or self.driver == driver


class Listener:
    """One open stream: what it still has to be told, and whether it was told to end; because we end, if sent away."""

    __slots__ = ("_most", "_pending", "_wake", "ended", "identity", "is_sent_away")

    def __init__(self, identity: Identity, pending: list[Frame]) -> None:
        self.identity = identity
        self.ended = self.is_sent_away = False
        self._pending = pending
        self._most = MAX_PENDING + len(pending)  # what it missed before it came is not its slowness
        self._wake = asyncio.Event()
        if pending:
            self._wake.set()

    def hear(self, frame: Frame) -> None:
        """Queue a frame. A listener that has too many waiting is too slow for us, and ends."""
        if len(self._pending) >= self._most:
            self.end()
            return
        self._pending.append(frame)
        self._wake.set()

    def end(self) -> None:
        self.ended = True
        self._wake.set()

    async def next(self, timeout: float) -> list[Frame]:
        """What there is to tell, as soon as there is something; nothing after `timeout` seconds, or at the end."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout):
                await self._wake.wait()
        frames, self._pending = self._pending, []
        self._most = MAX_PENDING
        if not self.ended:
            self._wake.clear()
        return frames


class Audience:
    """All listeners of this replica."""

    def __init__(
        self,
        *,
        remembered: int = REMEMBERED,
        most: int = MAX_LISTENERS,
        most_each: int = MAX_LISTENERS_EACH,
    ) -> None:
        self._ring: deque[Frame] = deque(maxlen=remembered)
        self._listeners: dict[UUID, list[Listener]] = defaultdict(list)
        self._count = 0
        self._most = most
        self._most_each = most_each
        self._closing = False

    def tell(self, frame: Frame) -> None:
        """Remember a frame, and queue it for all whom it concerns."""
        self._ring.append(frame)
        concerned = self._listeners.values() if frame.driver is None else [self._listeners.get(frame.driver, [])]
        for listeners in concerned:
            for listener in listeners:
                listener.hear(frame)

    @property
    def newest(self) -> str | None:
        """The id of what was heard last: whoever listens from now on can go on from there later."""
        return self._ring[-1].event_id if self._ring else None

    def end_session(self, session_id: UUID) -> None:
        for listeners in self._listeners.values():
            for listener in listeners:
                if listener.identity.session_id == session_id:
                    listener.end()

    def end_all(self) -> None:
        """We are going away: everybody who listens is told to come back, and finds another replica."""
        self._closing = True
        for listeners in self._listeners.values():
            for listener in listeners:
                listener.is_sent_away = True
                listener.end()

    @contextlib.contextmanager
    def listening(self, identity: Identity, *, after: str | None) -> Iterator[tuple[Listener, bool]]:
        """A listener, and whether it hears everything since the event with the id `after`.

        It does not if that event is too old for the ring, or was heard by another replica only.

        Raises:
            TooManyRequests: the account, or this replica, has as many listeners as it may have.
            Unavailable: we are going away.
        """
        if self._closing:
            raise Unavailable(retry_after=1)
        if self._count >= self._most or len(self._listeners.get(identity.user_id, ())) >= self._most_each:
            raise TooManyRequests("There are too many open event streams.", retry_after=30)
        missed = self._since(after)
        listener = Listener(identity, [frame for frame in missed or () if frame.is_for(identity.user_id)])
        self._listeners[identity.user_id].append(listener)
        self._count += 1
        LISTENERS.inc()
        try:
            yield listener, missed is not None
        finally:
            LISTENERS.dec()
            self._count -= 1
            own = self._listeners[identity.user_id]
            own.remove(listener)
            if not own:
                del self._listeners[identity.user_id]

    def _since(self, event_id: str | None) -> list[Frame] | None:
        """What was heard after that event, oldest first. None if it is not remembered.

        The streams reach each replica in an order of its own, above all at its start: what is younger by its id may
        have been heard earlier here, and not at all by a client that comes from another.
        """
        if event_id is None:
            return []
        heard = list(self._ring)
        place = next((place for place, frame in enumerate(heard) if frame.event_id == event_id), None)
        if place is None:
            return None
        return [frame for frame in heard[:place] if frame.event_id > event_id] + heard[place + 1 :]
