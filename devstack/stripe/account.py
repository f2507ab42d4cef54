"""The one Stripe account that there is: its objects, what time it is in it, and the events that its changes make."""

import base64
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from devstack.stripe.errors import Missing
from devstack.stripe.shapes import Json, shaped
from devstack.stripe.storage import Books

API_VERSION = "2026-10-28.endive"


class Account:
    """`base` is where the stand-in is reached. The clock is the real one plus an offset that only grows."""

    def __init__(self, books: Books, base: str, real: Callable[[], float] = time.time) -> None:
        self.books, self.base, self.real = books, base, real
        self.request: Json = {"id": None, "idempotency_key": None}
        self.heard: Callable[[], None] = lambda: None
        """Called when a webhook waits to be delivered."""
        self.moved: Callable[[], None] = lambda: None
        """Called when a clock was moved, so that more may be due."""
        self._moment: int | None = None

    # Time

    def now(self, clock: str | None = None) -> int:
        """Seconds since 1970, by the account's clock or by the test clock of that id."""
        if self._moment is not None:
            return self._moment
        if clock and (found := self.books.find(clock)):
            return found["frozen_time"]
        return int(self.real()) + self.offset

    @property
    def offset(self) -> int:
        return self.books.setting("offset", 0)

    def advance(self, seconds: int) -> None:
        """Moves the account's clock ahead. What is due by then is done by whoever runs the billing."""
        self.books.set("offset", self.offset + max(0, seconds))
        self.moved()

    @contextmanager
    def standing_at(self, moment: int) -> Iterator[None]:
        """Inside, it is `moment` by every clock: what was due then is done then, whenever we come to it."""
        self._moment = moment
        try:
            yield
        finally:
            self._moment = None

    # Objects

    def new(self, kind: str, prefix: str, *, clock: str | None = None, id: str | None = None, **given: Any) -> Json:
        """A kept object with an id of its own. It tells nobody: `tell` does."""
        thing = shaped(kind, id=id or new_id(prefix), created=self.now(clock), **given, _clock=clock or "")
        self.books.put(thing)
        return thing

    def get(self, kind: str, id: str, param: str = "id") -> Json:
        """Missing where there is none, as for an object of another kind."""
        thing = self.books.find(id)
        if thing is None or thing["object"] != kind:
            raise Missing(kind, id, param)
        return thing

    def change(self, thing: Json, event: str | None, **changes: Any) -> bool:
        """Applies `changes` and tells of them, with what was before. Without a difference nothing happens: False."""
        before = {name: thing.get(name) for name in changes}
        if before == changes:
            return False
        previous = _previous(before, _shown(changes))
        thing |= changes
        self.books.put(thing)
        if event and previous:
            self.tell(event, thing, previous)
        return True

    # Events

    def tell(self, event_type: str, thing: Json, previous: Json | None = None) -> None:
        """Makes the event, and a delivery of it to each endpoint that asked for its type."""
        data: Json = {"object": _shown(thing)} | ({"previous_attributes": previous} if previous is not None else {})
        clock = thing.get("_clock")
        event = self.new(
            "event", "evt_", clock=clock, type=event_type, data=data, api_version=API_VERSION, pending_webhooks=0,
            request=self.request,
        )  # fmt: skip
        for endpoint in self.books.endpoints():
            wanted = endpoint["enabled_events"]
            if endpoint["status"] == "enabled" and ("*" in wanted or event_type in wanted):
                self.books.database.execute(
                    "INSERT INTO deliveries (event, endpoint, tries, at) VALUES (?, ?, 0, ?)",
                    (event["id"], endpoint["id"], self.real()),
                )
                self.heard()


def new_id(prefix: str, length: int = 24) -> str:
    """`prefix` and letters and digits by chance, as Stripe's ids look."""
    return prefix + base64.b64encode(secrets.token_bytes(length), altchars=b"xY").decode()[:length]


def _shown(thing: Json) -> Json:
    """Without what is ours alone, of which nothing lies deeper: objects are kept with the ids of others."""
    return {name: value for name, value in thing.items() if not name.startswith("_")}


def _previous(before: Json, after: Json) -> Json:
    """What `before` had where `after` differs; of objects only the fields that differ, of lists all."""
    previous = {}
    for name, value in after.items():
        old = before.get(name)
        if old != value:
            if isinstance(old, dict) and isinstance(value, dict) and "object" not in value:
                old = _previous(old, value | dict.fromkeys(old.keys() - value.keys()))
            previous[name] = old
    return previous
