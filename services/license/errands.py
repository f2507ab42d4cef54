"""Doing errands: for each reason to look at Stripe, look, until it has been done.

An errand is taken, done and marked as done in one transaction, which also holds the customer: a process that dies on
the way leaves the errand as it was, and no two look at one customer at a time. So webhooks may come twice, late or in
any order: each leads to one more look, and a look is right whenever it is made.
"""

from __future__ import annotations

from contextlib import AsyncExitStack

from prometheus_client import Counter, Gauge

from chassis.database import Database, Transaction
from chassis.observability import log
from chassis.rounds import Rounds
from contracts.event import now
from contracts.problem import Unavailable
from services.license.domain.buying import PaymentsUnavailable
from services.license.door.books import StripeBooks
from services.license.door.shop import StripeShop
from services.license.looking import Looking
from services.license.store.errands import ERASED, Errand, ErrandStore

AT_ONCE = 3  # each holds a connection while it asks Stripe, and requests need some too
MOST_TRIES = 10
BUSY_S = 0.25
ERRANDS = Counter("stripe_errands_total", "Looks at Stripe by what became of them.", ("outcome",))
WAITING = Gauge("stripe_errands_waiting", "Reasons to look at Stripe that have not been answered yet.")
DEAD = Gauge("stripe_errands_dead", "Looks at Stripe that failed for good; somebody has to see why.")


def pause_s(errand: Errand) -> float:
    """How long to wait before the next try: a quarter of how long it has been tried, from a second to five minutes."""
    return min(max((now() - errand.came_at).total_seconds() / 4, 1.0), 300.0)


class Errands:
    """A few workers, in every replica."""

    def __init__(self, database: Database, books: StripeBooks, shop: StripeShop, looking: Looking) -> None:
        self._database = database
        self._books = books
        self._shop = shop
        self._looking = looking
        self._workers = [Rounds("errands", self.do_one) for _ in range(AT_ONCE)]
        self._opened = AsyncExitStack()

    def wake(self) -> None:
        for worker in self._workers:
            worker.wake()

    async def open(self) -> None:
        for worker in self._workers if self._shop.is_configured else ():
            await worker.open()
            self._opened.push_async_callback(worker.close)

    async def close(self) -> None:
        await self._opened.aclose()

    async def do_one(self) -> bool:
        """Do the errand that is due first; False if none is."""
        errand = None
        try:
            async with self._database.transaction() as tx:
                errand = await ErrandStore(tx).take()
                if errand is None:
                    return False
                outcome = await self._do(tx, errand)
        except Exception as error:
            if errand is None:
                raise
            outcome = await self._failed(errand, error)
        ERRANDS.labels(outcome).inc()
        return True

    async def _do(self, tx: Transaction, errand: Errand) -> str:
        errands = ErrandStore(tx)
        customer = errand.customer or (await self._books.customer_of(errand.charge) if errand.charge else None)
        if customer is None:
            await errands.done([errand.id])
            return "about_nobody"
        if not await errands.one_at_a_time(customer):
            await errands.put_off(errand.id, BUSY_S, None, counts=False)
            return "busy"
        answered = [errand.id, *await errands.others_of(customer)]
        look = await self._looking.within(tx, customer)
        if errand.kind == ERASED:
            await self._shop.forget(customer)
        if look.changed:
            log.info("errands.changed", errand=errand.id, kind=errand.kind, customer=customer, changed=look.changed)
        await errands.done(answered)
        if look.trouble is None:
            return "done"
        log.error("errands.trouble", errand=errand.id, customer=customer, trouble=look.trouble)
        await errands.give_up(errand.id, look.trouble)
        return "dead"

    async def _failed(self, errand: Errand, error: Exception) -> str:
        """While Stripe or the database is away, an errand waits and loses no try."""
        is_outage = isinstance(error, (Unavailable, PaymentsUnavailable))
        trouble = f"{type(error).__name__}: {error}"
        log.warning("errands.delayed", errand=errand.id, trouble=trouble, exc_info=None if is_outage else error)
        async with self._database.transaction() as tx:
            if is_outage or errand.tries + 1 < MOST_TRIES:
                await ErrandStore(tx).put_off(errand.id, pause_s(errand), trouble, counts=not is_outage)
                return "delayed"
            await ErrandStore(tx).give_up(errand.id, trouble)
            return "dead"
