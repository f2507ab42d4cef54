"""What administrators do to licences, with a reason that is kept: give one, take one away, look why one is as it is."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from chassis.database import Database, Transaction
from contracts.license import AccountLicense, SubscriptionState
from contracts.problem import FieldError, InvalidRequest, Problem
from services.license.domain.standing import answer
from services.license.domain.subscriptions import Subscription
from services.license.judgement import settle
from services.license.looking import Clock
from services.license.store.acts import ActStore
from services.license.store.licenses import LicenseStore
from services.license.store.plans import PlanStore
from services.license.store.subscriptions import SubscriptionStore


class AccountUnknown(Problem):
    """There is no licence of that account."""

    status = 404


class Administration:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def account(self, user_id: UUID) -> AccountLicense:
        """
        Raises:
            AccountUnknown
        """
        async with self._database.transaction() as tx:
            return await _account(tx, user_id)

    async def grant(
        self, user_id: UUID, plan: str, until: datetime | None, reason: str, by: UUID | None
    ) -> AccountLicense:
        """Give a plan without a payment. It undoes a revocation; a subscription to something better stays better.

        Raises:
            AccountUnknown
            InvalidRequest: there is no such plan, or the day has passed.
        """
        moment = self._clock()
        async with self._database.transaction() as tx:
            await _account(tx, user_id)
            if plan not in await PlanStore(tx).ladder():
                raise InvalidRequest(errors=(FieldError(field="plan", message="there is no such plan"),))
            if until is not None and until <= moment:
                raise InvalidRequest(errors=(FieldError(field="until", message="that moment has passed"),))
            await ActStore(tx).grant(user_id, plan, until, reason, by)
            await settle(tx, user_id, moment)
            return await _account(tx, user_id)

    async def revoke(self, user_id: UUID, reason: str, by: UUID | None) -> AccountLicense:
        """Take the licence away, whatever is paid for; a subscription at Stripe is not ended by it.

        Raises:
            AccountUnknown
        """
        async with self._database.transaction() as tx:
            await _account(tx, user_id)
            await ActStore(tx).revoke(user_id, reason, by)
            await settle(tx, user_id, self._clock())
            return await _account(tx, user_id)


async def _account(tx: Transaction, user_id: UUID) -> AccountLicense:
    license = await LicenseStore(tx).of(user_id)
    if license is None:
        raise AccountUnknown
    subscriptions = await SubscriptionStore(tx).of_account(user_id)
    newest_first = sorted(subscriptions, key=lambda each: (each.started_at, each.id), reverse=True)
    return AccountLicense(
        user_id=user_id,
        status=answer(license.standing, len(license.devices), is_activated=True),
        subscriptions=tuple(map(_shown, newest_first)),
        acts=await ActStore(tx).of(user_id),
    )


def _shown(subscription: Subscription) -> SubscriptionState:
    return SubscriptionState(
        id=subscription.id,
        customer=subscription.customer,
        plan=subscription.plan,
        status=subscription.status,
        interval=subscription.interval,
        started_at=subscription.started_at,
        renews_at=subscription.renews_at,
        ends_at=subscription.ends_at,
        ended_at=subscription.ended_at,
        first_failed_at=subscription.first_failed_at,
        is_refunded=subscription.is_refunded,
        is_disputed=subscription.is_disputed,
    )
