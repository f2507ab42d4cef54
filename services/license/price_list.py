"""Under which ids does Stripe sell our prices? Found by their lookup keys, remembered, and compared with our rows."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass

from chassis.database import Database
from services.license.domain.buying import CheckoutImpossible
from services.license.door.prices import StripePrice, StripePrices
from services.license.store.plans import PlanStore, PriceRow


class Match(enum.Enum):
    SAME = "the same"
    MADE = "made at Stripe"
    MISSING = "missing at Stripe"
    DIFFERENT = "different at Stripe"


@dataclass(frozen=True)
class Compared:
    ours: PriceRow
    theirs: StripePrice | None
    match: Match


class PriceList:
    def __init__(self, database: Database, stripe_prices: StripePrices) -> None:
        self._database = database
        self._stripe_prices = stripe_prices

    async def id_of(self, price: PriceRow, *, anew: bool = False) -> str:
        """Stripe's id of the price; `anew`: not the one that is remembered.

        Raises:
            CheckoutImpossible: Stripe does not sell it, or for another amount than we say.
            Unavailable, PaymentsUnavailable
        """
        if price.stripe_id is not None and not anew:
            return price.stripe_id
        found = (await self._stripe_prices.found([price.lookup_key])).get(price.lookup_key)
        if found is None or _match(price, found) is not Match.SAME:
            raise CheckoutImpossible("This price is not on sale at the payment provider as it is shown here.")
        async with self._database.transaction() as tx:
            await PlanStore(tx).remember(price.lookup_key, found.id)
        return found.id

    async def compare(self, *, make: bool) -> Sequence[Compared]:
        """Every price of ours beside Stripe's; `make`: what is missing there is made."""
        async with self._database.transaction() as tx:
            plans = {plan.id: plan for plan in await PlanStore(tx).all()}
            ours = await PlanStore(tx).prices()
        theirs = await self._stripe_prices.found([price.lookup_key for price in ours])
        compared: list[Compared] = []
        for price in ours:
            found = theirs.get(price.lookup_key)
            match = Match.MISSING if found is None else _match(price, found)
            if found is None and make:
                found, match = await self._stripe_prices.make(price, plans[price.plan].name), Match.MADE
            if found is not None and match in (Match.SAME, Match.MADE):
                async with self._database.transaction() as tx:
                    await PlanStore(tx).remember(price.lookup_key, found.id)
            compared.append(Compared(price, found, match))
        return compared


def _match(ours: PriceRow, theirs: StripePrice) -> Match:
    same = (ours.amount, ours.currency, ours.interval) == (theirs.amount, theirs.currency, theirs.interval)
    return Match.SAME if same else Match.DIFFERENT
