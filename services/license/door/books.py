"""What Stripe knows of a customer, and of whom it has news."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

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
        v1 = self._client.v1
        of = {"customer": customer_id, "limit": PAGE}
        who, subscriptions, invoices, charges = await asyncio.gather(
            _one("customers.retrieve", v1.customers.retrieve_async(customer_id)),
            _all("subscriptions.list", v1.subscriptions.list_async({**of, "status": "all"})),
            _all("invoices.list", v1.invoices.list_async({**of, "expand": ["data.payments"]})),
            _all("charges.list", v1.charges.list_async(of)),
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
            charge = await _one("charges.retrieve", self._client.v1.charges.retrieve_async(charge_id))
        except NotAtStripe:
            return None
        return words.id_of(charge["customer"])

    async def news(self, since: datetime) -> AsyncIterator[Heard]:
        """Everything that webhooks told, or should have told, since then; Stripe keeps it for 30 days.

        Raises:
            Unavailable, PaymentsUnavailable
        """
        created = {"gte": int(since.timestamp())}
        asked: dict[str, Any] = {"created": created, "limit": PAGE, "types": sorted(HEARD)}
        for start in range(0, len(asked["types"]), 20):  # so many may be asked for at once
            types = asked["types"][start : start + 20]
            for event in await _all(
                "events.list", self._client.v1.events.list_async({**asked, "types": types}), most=100 * MOST
            ):
                found = heard(event.to_dict())
                if found is not None:
                    yield found

    async def subscribers(self, since: datetime) -> set[str]:
        """Customers with a subscription, of whatever state, that was made since then."""
        asked = {"created": {"gte": int(since.timestamp())}, "limit": PAGE, "status": "all"}
        made = await _all("subscriptions.list", self._client.v1.subscriptions.list_async(asked), most=100 * MOST)
        return {customer for each in made if (customer := words.id_of(each["customer"]))}

    async def _charge(self, said: Any) -> SeenCharge:
        of = {"charge": said["id"], "limit": PAGE}
        v1 = self._client.v1
        refunds = await _all("refunds.list", v1.refunds.list_async(of)) if said["amount_refunded"] else []
        disputes = await _all("disputes.list", v1.disputes.list_async(of)) if said["disputed"] else []
        return words.charge(said, refunds[::-1], disputes[::-1])  # the oldest first, also within a second

    async def _learn_plan(self, product_id: str) -> None:
        if product_id not in self._product_plans:
            product = await _one("products.retrieve", self._client.v1.products.retrieve_async(product_id))
            self._product_plans[product_id] = product["metadata"].to_dict().get("plan")


async def _one(call: str, asked: Any) -> Any:
    with asking(call):
        return await asked


async def _all(call: str, asked: Any, *, most: int = MOST) -> list[Any]:
    """Every page, the newest first."""
    with asking(call):
        first = await asked
        found: list[Any] = []
        async for each in first.auto_paging_iter():
            found.append(each)
            if len(found) == most:
                break
        return found
