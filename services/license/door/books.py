"""What Stripe knows of a customer, and of whom it has news."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any
from urllib.parse import quote

from services.license.domain.stripe_account import SeenCharge, SeenCustomer
from services.license.door import words
from services.license.door.client import NotAtStripe, StripeClient, asking
from services.license.door.webhooks import HEARD, Heard, heard

PAGE = 100
MOST = 1000
"""Of one customer, of one kind: more than a hundred years of invoices."""


class StripeBooks:
    def __init__(self, client: StripeClient) -> None:
        self._client = client
        self._product_plans: dict[str, str | None] = {}

    async def customer(self, customer_id: str, known_prices: frozenset[str]) -> SeenCustomer:
        """All of it, read at once. `known_prices` are ids and lookup keys of prices whose plan is known anyway.

        Raises:
            Unavailable, PaymentsUnavailable
            NotAtStripe: there is no such customer.
        """
        who, subscriptions, invoices, charges = await asyncio.gather(
            self._one("customers", customer_id),
            self._all("subscriptions", customer=customer_id, status="all"),
            self._all("invoices", customer=customer_id, expand=["data.payments"]),
            self._all("charges", customer=customer_id),
        )
        for price in (item["price"] for each in subscriptions for item in each["items"]["data"]):
            if not known_prices & {price["id"], price["lookup_key"]}:
                await self._learn_plan(words.id_of(price["product"]) or "")
        return SeenCustomer(
            id=customer_id,
            user_id=words.owner(who),
            subscriptions=tuple(words.subscription(each, self._product_plans) for each in reversed(subscriptions)),
            invoices=tuple(words.invoice(each) for each in reversed(invoices)),
            charges=tuple([await self._charge(each) for each in reversed(charges)]),
            is_deleted="deleted" in who,
        )

    async def customer_of(self, charge_id: str) -> str | None:
        """
        Raises:
            Unavailable, PaymentsUnavailable
        """
        try:
            charge = await self._one("charges", charge_id)
        except NotAtStripe:
            return None
        return words.id_of(charge["customer"])

    async def news(self, since: datetime) -> AsyncIterator[Heard]:
        """Everything that webhooks told, or should have told, since then; Stripe keeps it for 30 days.

        Raises:
            Unavailable, PaymentsUnavailable
        """
        created, kinds = {"gte": int(since.timestamp())}, sorted(HEARD)
        for start in range(0, len(kinds), 20):  # so many may be asked for at once
            for event in await self._all("events", created=created, types=kinds[start : start + 20], most=100 * MOST):
                found = heard(event)
                if found is not None:
                    yield found

    async def subscribers(self, since: datetime) -> set[str]:
        """Customers with a subscription, of whatever state, that was made since then."""
        created = {"gte": int(since.timestamp())}
        made = await self._all("subscriptions", created=created, status="all", most=100 * MOST)
        return {customer for each in made if (customer := words.id_of(each["customer"]))}

    async def _charge(self, said: Any) -> SeenCharge:
        refunds = await self._all("refunds", charge=said["id"]) if said["amount_refunded"] else []
        disputes = await self._all("disputes", charge=said["id"]) if said["disputed"] else []
        return words.charge(said, refunds[::-1], disputes[::-1])  # the oldest first, also within a second

    async def _learn_plan(self, product_id: str) -> None:
        if product_id not in self._product_plans:
            product = await self._one("products", product_id)
            self._product_plans[product_id] = product["metadata"].get("plan")

    async def _one(self, kind: str, id: str) -> dict[str, Any]:
        with asking(f"{kind}.retrieve"):
            return await self._client.read(f"/v1/{kind}/{quote(id, safe='')}")

    async def _all(self, kind: str, *, most: int = MOST, **asked: Any) -> list[dict[str, Any]]:
        """Every page, the newest first."""
        found: list[dict[str, Any]] = []
        with asking(f"{kind}.list"):
            while True:
                page = await self._client.read(f"/v1/{kind}", limit=PAGE, **asked)
                found += page["data"]
                if not (page["has_more"] and page["data"]) or len(found) >= most:
                    return found[:most]
                asked["starting_after"] = found[-1]["id"]
