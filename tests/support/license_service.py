"""A running license with a Stripe beside it, and short ways to ask both."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import aiohttp
import asyncpg
import msgspec
from issuer import Issuer
from stand_in import StandIn
from waiting import eventually

from chassis.bus import Bus
from contracts.auth import UserDeleted, UserRegistered
from contracts.event import Event, subject_of
from services.license.settings import LicenseSettings

WEBHOOKS = "/license/webhooks/stripe"
CARD = {"number": "4242 4242 4242 4242", "email": "driver@raceoverlay.example", "name": "A Driver"}


@dataclass
class LicenseWithStripe:
    """`told` are all events that it has put into its outbox or published, by reading the bus."""

    address: str
    http: aiohttp.ClientSession
    issuer: Issuer
    bus: Bus
    settings: LicenseSettings
    stripe: StandIn
    secret: str

    async def ask(
        self, method: str, path: str, user: UUID, body: object = None, role: str = "driver", **headers: str
    ) -> tuple[int, dict[str, Any]]:
        sent = {**self.issuer.bearer(user, role=role), **{k.replace("_", "-"): v for k, v in headers.items()}}
        async with self.http.request(method, f"{self.address}/license/{path}", json=body, headers=sent) as answer:
            raw = await answer.read()
            return answer.status, msgspec.json.decode(raw) if raw else {}

    async def tell(self, event: Event) -> None:
        await self.bus.jetstream.publish(subject_of(event), msgspec.json.encode(event))

    async def driver(self) -> UUID:
        """An account whose free plan has opened."""
        user = uuid4()
        await self.tell(UserRegistered(user_id=user))
        await self.stands(user, code="valid", plan="free")
        return user

    async def erase(self, user: UUID) -> None:
        await self.tell(UserDeleted(user_id=user))

    async def status(self, user: UUID) -> dict[str, Any]:
        return (await self.ask("GET", "status", user))[1]

    async def stands(self, user: UUID, **wanted: object) -> dict[str, Any]:
        """The status of the account, once it is as wanted."""

        async def is_so() -> dict[str, Any] | None:
            status = await self.status(user)
            return status if {name: status[name] for name in wanted} == wanted else None

        try:
            return await eventually(is_so)  # type: ignore[return-value]
        except AssertionError:
            raise AssertionError(f"wanted {wanted}, and it is {await self.status(user)}") from None

    async def checkout(self, user: UUID, plan: str = "pro", interval: str = "month", **headers: str) -> dict[str, Any]:
        status, body = await self.ask("POST", "checkout", user, {"plan": plan, "interval": interval}, **headers)
        assert status == 200, body
        return body

    async def pay(self, url: str, number: str = CARD["number"]) -> int:
        """Press the button on the page at Stripe; 303 is paid."""
        form = {**CARD, "number": number, "action": "pay"}
        async with self.http.post(url, data=form, allow_redirects=False) as answer:
            return answer.status

    async def subscriber(self, plan: str = "pro", interval: str = "month") -> UUID:
        """An account that has bought a plan, and stands so."""
        user = await self.driver()
        assert await self.pay((await self.checkout(user, plan, interval))["url"]) == 303
        await self.stands(user, code="valid", plan=plan)
        return user

    async def customer_of(self, user: UUID) -> str:
        (row,) = await self.rows("SELECT id FROM customers WHERE user_id = $1", user)
        return row["id"]

    async def subscription_of(self, user: UUID) -> str:
        (row,) = await self.rows("SELECT stripe_subscription_id AS id FROM subscriptions WHERE user_id = $1", user)
        return row["id"]

    async def rows(self, sql: str, *arguments: object) -> list[asyncpg.Record]:
        """What license's own database answers."""
        connection = await asyncpg.connect(self.settings.database_url)
        try:
            return await connection.fetch(sql, *arguments)
        finally:
            await connection.close()

    async def all_errands_done(self) -> None:
        async def none_waits() -> bool:
            waiting = await self.rows("SELECT id FROM errands WHERE done_at IS NULL AND dead_at IS NULL")
            return not waiting and (await self.stripe.control("state"))["webhooks_waiting"] == 0

        await eventually(none_waits)

    async def published(self, subject: str, user: UUID, count: int) -> list[dict[str, Any]]:
        """The events of a kind about an account, once the bus has so many, and no more."""

        async def enough() -> list[dict[str, Any]] | None:
            found = await self._on_the_bus(subject, user)
            return found if len(found) >= count else None

        found = await eventually(enough)
        assert len(found) == count, found
        return found

    async def _on_the_bus(self, subject: str, user: UUID) -> list[dict[str, Any]]:
        state = (await self.bus.jetstream.stream_info("LICENSE")).state
        numbers = range(max(1, state.first_seq), state.last_seq + 1)
        messages = [await self.bus.jetstream.get_msg("LICENSE", number) for number in numbers]
        events = [msgspec.json.decode(message.data or b"") for message in messages]
        return [event for event in events if (event["type"], event["user_id"]) == (subject, str(user))]


def clock_of(stripe: StandIn) -> Any:
    """The time as that Stripe has it."""
    return lambda: datetime.fromtimestamp(time.time() + stripe.engine.account.offset, UTC)
