"""Whom to look at because a webhook may have been lost: everybody to whom something may have happened at Stripe.

A customer who has not changed costs one look and nothing else, so this may be done at any time and as often as wanted.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from chassis.database import Database
from chassis.observability import log
from services.license.door.books import StripeBooks
from services.license.door.webhooks import Heard
from services.license.looking import Look, Looking
from services.license.store.errands import ErrandStore
from services.license.store.nightly import NightlyStore
from services.license.store.subscriptions import SubscriptionStore

NIGHTLY_KIND = "reconcile"
LOOKS_BACK = timedelta(days=4)
"""Stripe repeats a webhook for three days; what was not heard by then is lost."""


@dataclass
class Report:
    looked_at: int = 0
    healed: list[Look] = field(default_factory=list[Look])
    failed: list[Look] = field(default_factory=list[Look])


class Reconciliation:
    def __init__(self, database: Database, books: StripeBooks, looking: Looking) -> None:
        self._database = database
        self._books = books
        self._looking = looking

    async def run(self, since: datetime) -> Report:
        """Look at everybody now, one after the other, and say what that healed.

        Raises:
            Unavailable, PaymentsUnavailable: Stripe does not answer; what was healed until then is.
        """
        report = Report()
        for customer in sorted(await self.whom(since)):
            look = await self._looking.at(customer)
            report.looked_at += 1
            if look.changed:
                report.healed.append(look)
            if look.trouble is not None:
                report.failed.append(look)
        return report

    async def nightly(self, now: datetime) -> bool:
        """Make errands to everybody, once a night, whichever replica comes first. False if it is done already."""
        async with self._database.transaction() as tx:
            if not await NightlyStore(tx).is_due(NIGHTLY_KIND, now):
                return False
        whom = await self.whom(now - LOOKS_BACK)
        async with self._database.transaction() as tx:
            if not await NightlyStore(tx).claim(NIGHTLY_KIND, now):
                return False
            for customer in whom:
                await ErrandStore(tx).add(f"{NIGHTLY_KIND}:{now:%Y-%m-%d}:{customer}", NIGHTLY_KIND, customer)
        log.info("reconcile.begun", customers=len(whom))
        return True

    async def whom(self, since: datetime) -> set[str]:
        """Customers with a subscription that is not over, and all of whom Stripe has news since then.

        Raises:
            Unavailable, PaymentsUnavailable
        """
        async with self._database.transaction() as tx:
            customers = await SubscriptionStore(tx).customers_to_watch()
        customers |= await self._books.subscribers(since)
        charges: set[str] = set()
        async for heard in self._books.news(since):
            _sort(heard, customers, charges)
        for charge in charges:
            if (customer := await self._books.customer_of(charge)) is not None:
                customers.add(customer)
        return customers


def _sort(heard: Heard, customers: set[str], charges: set[str]) -> None:
    if heard.customer is not None:
        customers.add(heard.customer)
    elif heard.charge is not None:
        charges.add(heard.charge)
