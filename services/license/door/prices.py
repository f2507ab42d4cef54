"""What Stripe sells for us."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from services.license.door.client import NotAtStripe, StripeClient, asking
from services.license.store.plans import PriceRow


@dataclass(frozen=True)
class StripePrice:
    id: str
    amount: int | None
    currency: str
    interval: str | None


class StripePrices:
    """Every call may raise Unavailable, PaymentsUnavailable or CheckoutImpossible."""

    def __init__(self, client: StripeClient) -> None:
        self._client = client

    async def found(self, lookup_keys: Sequence[str]) -> dict[str, StripePrice]:
        """What is on sale, by lookup key. Stripe takes ten keys at a time."""
        on_sale: dict[str, StripePrice] = {}
        for start in range(0, len(lookup_keys), 10):
            asked = {"lookup_keys": list(lookup_keys[start : start + 10]), "active": True, "limit": 100}
            with asking("prices.list"):
                answered = await self._client.v1.prices.list_async(asked)
            on_sale |= {each["lookup_key"]: _price(each) for each in answered["data"]}
        return on_sale

    async def make(self, price: PriceRow, plan_name: str) -> StripePrice:
        """Put the price on sale. The product says which plan it is, also when its prices have changed."""
        product = f"raceoverlay_{price.plan}"
        v1 = self._client.v1
        try:
            with asking("products.retrieve"):
                await v1.products.retrieve_async(product)
        except NotAtStripe:
            asked = {"id": product, "name": f"RaceOverlay {plan_name}", "metadata": {"plan": price.plan}}
            with asking("products.create"):
                await v1.products.create_async(asked)
        with asking("prices.create"):
            made = await v1.prices.create_async(
                {
                    "product": product,
                    "currency": price.currency,
                    "unit_amount": price.amount,
                    "recurring": {"interval": price.interval.value},
                    "lookup_key": price.lookup_key,
                }
            )
        return _price(made)


def _price(said: Any) -> StripePrice:
    recurring = said["recurring"]
    return StripePrice(said["id"], said["unit_amount"], said["currency"], recurring["interval"] if recurring else None)
