"""Accounts of a running auth that are more than just registered, what they ask, and what is heard of them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

import msgspec
from auth_service import Auth
from nats.js.errors import NotFoundError
from waiting import eventually

from chassis.bus import Bus
from contracts.event import Event, subject_of

E = TypeVar("E", bound=Event)


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: dict[str, Any]

    @property
    def code(self) -> str:
        return self.body["code"]


@dataclass
class Person:
    """Somebody who is signed in."""

    auth: Auth
    email: str
    pair: dict[str, Any]

    @property
    def id(self) -> UUID:
        return UUID(self.pair["user"]["id"])

    async def ask(self, method: str, path: str, **body: object) -> Answer:
        return await ask(self.auth, method, path, self.pair["access_token"], **body)

    async def is_signed_in(self) -> bool:
        return (await self.auth.post("/auth/refresh", refresh_token=self.pair["refresh_token"]))[0] == 200


async def ask(auth: Auth, method: str, path: str, token: str = "", **body: object) -> Answer:
    headers = {"authorization": f"Bearer {token}"} if token else {}
    async with auth.http.request(method, auth.address + path, headers=headers, json=body or None) as answer:
        raw = await answer.read()
        return Answer(
            answer.status,
            {name.lower(): value for name, value in answer.headers.items()},
            msgspec.json.decode(raw) if raw else {},
        )


async def person(auth: Auth, name: str = "driver", *, role: str = "driver") -> Person:
    """Sign somebody up and in, with that role."""
    email = await auth.verified(f"{name}@raceoverlay.example")
    await auth.rows("UPDATE users SET role = $2 WHERE email = $1", email, role)
    return Person(auth, email, await auth.signed_in(email))


async def signed_in_long_ago(somebody: Person) -> None:
    await somebody.auth.rows(
        "UPDATE sessions SET authenticated_at = authenticated_at - interval '16 minutes' WHERE user_id = $1",
        somebody.id,
    )


async def heard(auth: Auth, kind: type[E], count: int = 1) -> list[E]:
    """The events of that kind, once there are `count` of them, in the order in which they were published."""
    bus = Bus(auth.settings.nats_url, name="test")
    await bus.open()
    await bus.connected()
    try:

        async def enough() -> list[E] | None:
            found = [event async for event in _of_kind(bus, kind)]
            return found if len(found) >= count else None

        return await eventually(enough)  # type: ignore[return-value]
    finally:
        await bus.close()


async def _of_kind(bus: Bus, kind: type[E]) -> AsyncIterator[E]:
    sequence = 1
    while True:
        try:
            message = await bus.jetstream.get_msg("AUTH", sequence, next=True, subject=subject_of(kind))
        except NotFoundError:
            return
        yield msgspec.json.decode(message.data or b"", type=kind)
        sequence = (message.seq or sequence) + 1
