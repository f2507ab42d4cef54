"""Looking at a customer: what Stripe says now is what holds, whatever webhooks came or did not."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from chassis.database import Database, Transaction
from chassis.observability import log
from services.license.bookkeeping import write_down
from services.license.domain.reading import STATUSES, Offer, Offers, PlanUnknown, read
from services.license.domain.stripe_account import SeenCustomer
from services.license.domain.subscriptions import ENDED, Status, Subscription
from services.license.door.books import StripeBooks
from services.license.door.client import NotAtStripe
from services.license.judgement import settle
from services.license.store.errands import ERASED, ErrandStore
from services.license.store.licenses import LicenseStore
from services.license.store.plans import PlanStore
from services.license.store.subscriptions import SubscriptionStore

Clock = Callable[[], datetime]
AT_ONCE = 2  # while Stripe thinks, each holds a connection that others would ask for a status with


@dataclass
class Look:
    """What a look changed, in words for an operator; `trouble`: what it could not make out."""

    customer: str
    user_id: UUID | None = None
    changed: list[str] = field(default_factory=list)
    trouble: str | None = None


class Looking:
    def __init__(self, database: Database, books: StripeBooks, clock: Clock) -> None:
        self._database = database
        self._books = books
        self._clock = clock
        self._at_once = asyncio.Semaphore(AT_ONCE)

    async def at(self, customer: str) -> Look:
        """Look at a customer in a transaction of its own, once nobody else does.

        Raises:
            Unavailable, PaymentsUnavailable
        """
        async with self._at_once, self._database.transaction() as tx:
            await ErrandStore(tx).wait_for_turn(customer)
            return await self.within(tx, customer)

    async def within(self, tx: Transaction, customer: str) -> Look:
        """The same as part of a transaction in which nobody else looks at that customer."""
        prices = await PlanStore(tx).prices()
        keys = {price.lookup_key: Offer(price.plan, price.interval) for price in prices}
        ids = {price.stripe_id: Offer(price.plan, price.interval) for price in prices if price.stripe_id}
        try:
            seen = await self._books.customer(customer, frozenset({*keys, *ids}))
        except NotAtStripe:
            seen = None
        look, subscriptions = Look(customer), SubscriptionStore(tx)
        look.user_id = await subscriptions.account_of(customer) or (seen.user_id if seen else None)
        if look.user_id is None:
            log.warning("stripe.customer_of_nobody", customer=customer)
            if seen is not None:
                await write_down(tx, seen, None, {})
            return look
        await LicenseStore(tx).one_at_a_time(look.user_id)
        if await subscriptions.was_forgotten(look.user_id):
            if seen is not None:
                await write_down(tx, seen, None, {})
                for each in seen.subscriptions:
                    if each.status not in ENDED:
                        await ErrandStore(tx).add(f"{ERASED}:{each.id}", ERASED, customer)
            return look
        await subscriptions.keep_customer(customer, look.user_id)
        held: dict[str, Subscription] = {}
        if seen is not None:
            offers = Offers(keys, ids, (await PlanStore(tx).ladder()).ids)
            held = await self._read_all(tx, look, seen, offers)
            look.changed += await write_down(tx, seen, look.user_id, held)
        if seen is None or seen.is_deleted:
            await self._rest_is_over(tx, look, held)
        if (why := await settle(tx, look.user_id, self._clock())) is not None:
            look.changed.append(f"the licence: {why}")
        return look

    async def _read_all(
        self, tx: Transaction, look: Look, seen: SeenCustomer, offers: Offers
    ) -> dict[str, Subscription]:
        before, held = await SubscriptionStore(tx).of_customer(seen.id), dict[str, Subscription]()
        for said in seen.subscriptions:
            if said.status not in STATUSES:
                log.error("stripe.status_unknown", subscription=said.id, status=said.status)
            known = before.get(said.id)
            try:
                held[said.id] = now = read(seen, said, offers, known)
            except PlanUnknown as error:
                look.trouble = f"{type(error).__name__}: {error}"
                continue
            await self._keep(tx, look, known, now)
        return held

    async def _rest_is_over(self, tx: Transaction, look: Look, held: dict[str, Subscription]) -> None:
        """Stripe does not have the customer any more, and it does not tell of all that such a one had."""
        for known in (await SubscriptionStore(tx).of_customer(look.customer)).values():
            if known.id not in held and not known.is_over:
                await self._keep(tx, look, known, replace(known, status=Status.CANCELED, ended_at=self._clock()))

    async def _keep(self, tx: Transaction, look: Look, before: Subscription | None, now: Subscription) -> None:
        if now == before:
            return
        assert look.user_id is not None
        await SubscriptionStore(tx).keep(look.user_id, now, self._clock())
        was = f"{before.plan} {before.status}" if before else "unknown"
        look.changed.append(f"{now.id}: {was}, now {now.plan} {now.status}")
