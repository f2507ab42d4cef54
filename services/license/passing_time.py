"""What time alone brings: a grace that ends, a grant that is over, the look at everybody each night.

Before time takes something away from somebody with a subscription, Stripe is asked once more: a webhook may be late.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from chassis.database import Database
from chassis.rounds import Rounds
from contracts.event import now as real_time
from services.license.errands import DEAD, WAITING, Errands
from services.license.judgement import settle
from services.license.looking import Clock
from services.license.reconciliation import Reconciliation
from services.license.store.checkouts import CheckoutStore
from services.license.store.errands import RECONSIDER, ErrandStore
from services.license.store.licenses import LicenseStore
from services.license.store.subscriptions import SubscriptionStore

AT_ONCE = 100
COUNT_EVERY = timedelta(seconds=10)
FORGET_EVERY = timedelta(hours=1)


class PassingTime(Rounds):
    """`quiet_hour`: the hour of the day, UTC, in which everybody is looked at; None where Stripe is not asked."""

    def __init__(
        self,
        database: Database,
        errands: Errands,
        reconciliation: Reconciliation,
        clock: Clock,
        quiet_hour: int | None,
    ) -> None:
        super().__init__("passing_time", self._round)
        self._database = database
        self._errands = errands
        self._reconciliation = reconciliation
        self._clock = clock
        self._quiet_hour = quiet_hour
        self._counted_at = self._forgot_at = datetime.min.replace(tzinfo=real_time().tzinfo)

    async def judge_due(self) -> int:
        """Judge those about whom time may have changed the judgement, or have Stripe asked; returns how many."""
        moment = self._clock()
        async with self._database.transaction() as tx:
            due = await LicenseStore(tx).due_for_judgement(moment, AT_ONCE)
            for user_id in due:
                customer = await SubscriptionStore(tx).customer_of(user_id)
                if customer is None or self._quiet_hour is None:
                    await settle(tx, user_id, moment)
                else:
                    await ErrandStore(tx).add(f"{RECONSIDER}:{user_id}:{moment.timestamp()}", RECONSIDER, customer)
        if due:
            self._errands.wake()
        return len(due)

    async def _round(self) -> bool:
        judged = await self.judge_due()
        moment = real_time()
        if moment - self._counted_at >= COUNT_EVERY:
            async with self._database.transaction() as tx:
                waiting, dead = await ErrandStore(tx).counts()
            WAITING.set(waiting)
            DEAD.set(dead)
            self._counted_at = moment
        if moment - self._forgot_at >= FORGET_EVERY:
            async with self._database.transaction() as tx:
                await ErrandStore(tx).forget_done()
                await CheckoutStore(tx).forget_old(moment)
            self._forgot_at = moment
        if moment.hour == self._quiet_hour and await self._reconciliation.nightly(moment):
            self._errands.wake()
        return judged == AT_ONCE
