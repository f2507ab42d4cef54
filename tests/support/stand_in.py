"""The stand-in for Stripe in this process, through the real SDK, and an endpoint that keeps what it hears."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import stripe
from aiohttp import web

from devstack.ports import HOST, any_free
from devstack.stripe import app
from devstack.stripe.engine import Engine
from devstack.stripe.events import keep_endpoint

KEY = "sk_test_of_the_stand_in"
DAY = 86_400


class StandIn:
    """`v1` is the SDK's own; the rest is what only a stand-in can do."""

    def __init__(self, url: str, engine: Engine, retries: int = 0) -> None:
        self.url, self.engine = url, engine
        self.client = client_of(url, retries)
        self.v1 = self.client.v1

    @classmethod
    @asynccontextmanager
    async def running(cls, file: Path, port: int = 0) -> AsyncIterator[StandIn]:
        port = port or any_free()
        engine = Engine(file, f"http://{HOST}:{port}", KEY)
        runner = web.AppRunner(app.make(engine), access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, HOST, port).start()
        stand_in = cls(f"http://{HOST}:{port}", engine)
        try:
            yield stand_in
        finally:
            await stand_in.close()
            await runner.cleanup()

    async def close(self) -> None:
        """The SDK has no other way to close what it opened."""
        http = self.client._requestor._client
        assert http
        await http.close_async()

    def hear(self, url: str, secret: str) -> None:
        """Have an endpoint told of everything, signed with that secret."""
        with self.engine.account.books.transaction():
            keep_endpoint(self.engine.account, url, ["*"], secret)

    async def control(self, path: str, **body: Any) -> dict[str, Any]:
        return await control(self.url, path, **body)

    async def advance(self, days: float) -> None:
        await self.control("advance", seconds=int(days * DAY))

    async def advance_past(self, subscription: str) -> None:
        """To the moment at which its period has just ended: months are of different lengths."""
        found = await self.v1.subscriptions.retrieve_async(subscription)
        ahead = found["items"].data[0].current_period_end - self.engine.account.now(found.test_clock)  # type: ignore[arg-type]
        await self.control("advance", seconds=ahead + 1)

    async def price(self, amount: int = 500, interval: str = "month", key: str | None = None) -> stripe.Price:
        """A recurring price of a product of its own."""
        product = await self.v1.products.create_async({"name": f"Plan {amount}"})
        asked: Any = {
            "product": product.id,
            "currency": "usd",
            "unit_amount": amount,
            "recurring": {"interval": interval},
        }
        return await self.v1.prices.create_async(asked | ({"lookup_key": key} if key else {}))

    async def subscriber(
        self, price: stripe.Price, *, email: str = "driver@raceoverlay.example", **more: Any
    ) -> stripe.Subscription:
        """Somebody with a good card who subscribes without a page."""
        clock: Any = {"test_clock": more.pop("test_clock")} if "test_clock" in more else {}
        card: Any = {"payment_method": "pm_card_visa", "invoice_settings": {"default_payment_method": "pm_card_visa"}}
        customer = await self.v1.customers.create_async({"email": email} | card | clock)
        asked: Any = {"customer": customer.id, "items": [{"price": price.id}], **more}
        return await self.v1.subscriptions.create_async(asked)

    async def types(self) -> list[str]:
        """The types of all events, the oldest first."""
        found = await self.v1.events.list_async({"limit": 100})
        return [event.type async for event in found.auto_paging_iter()][::-1]


class Listener:
    """An endpoint: `heard` are bodies and signature headers; the next answers are taken from `answers`, then 200."""

    def __init__(self, url: str) -> None:
        self.url, self.secret = url, ""
        self.heard: list[tuple[bytes, str]] = []
        self.at: list[float] = []
        self.answers: list[int] = []

    @classmethod
    @asynccontextmanager
    async def running(cls, port: int = 0) -> AsyncIterator[Listener]:
        port = port or any_free()
        listener = cls(f"http://{HOST}:{port}/webhooks")
        application = web.Application()
        application.router.add_post("/webhooks", listener._hear)
        runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, HOST, port).start()
        try:
            yield listener
        finally:
            await runner.cleanup()

    async def _hear(self, request: web.Request) -> web.Response:
        status = self.answers.pop(0) if self.answers else 200
        if status == 200:
            self.heard.append((await request.read(), request.headers["stripe-signature"]))
            self.at.append(time.monotonic())
        return web.Response(status=status)

    def events(self) -> list[stripe.Event]:
        """What it heard, each with its signature verified by the SDK."""
        return [stripe.Webhook.construct_event(body, header, self.secret) for body, header in self.heard]

    def types(self) -> list[str]:
        return [event.type for event in self.events()]


def client_of(url: str, retries: int = 0) -> stripe.StripeClient:
    """The SDK as the license service uses it."""
    return stripe.StripeClient(
        KEY, base_addresses={"api": url}, http_client=stripe.AIOHTTPClient(), max_network_retries=retries
    )


async def control(url: str, path: str, **body: Any) -> dict[str, Any]:
    """Tells the stand-in at `url` something over its control surface."""
    async with (
        aiohttp.ClientSession(headers={"authorization": f"Bearer {KEY}"}) as http,
        http.request("POST" if path != "state" else "GET", f"{url}/_control/{path}", json=body) as answer,
    ):
        said = await answer.json()
        assert answer.status == 200, said
        return said
