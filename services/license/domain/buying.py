"""Who may buy what, and what does a session at Stripe grant? Nothing: only Stripe's word does."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from contracts.problem import Problem
from services.license.domain.subscriptions import Subscription

SAME_WISH_WITHIN = timedelta(minutes=1)
"""Asking again for the same within that time leads to the same session."""


class PaymentsUnavailable(Problem):
    """Nothing can be bought here just now."""

    status = 503


class CheckoutImpossible(Problem):
    """The payment provider does not take that just now."""

    status = 502


class CheckoutReplaced(Problem):
    """Another checkout of this account took the place of this one."""

    status = 409


class AlreadySubscribed(Problem):
    """This account has a subscription; change or end it in the portal: POST /license/portal."""

    status = 409


class PlanNotForSale(Problem):
    """There is no such plan to buy at that interval."""

    status = 404


class NothingToManage(Problem):
    """This account has never bought anything."""

    status = 409


class IdempotencyKeyReused(Problem):
    """That Idempotency-Key was used for another request."""

    status = 422


class InvalidSignature(Problem):
    """That message is not signed by the payment provider, or too old."""

    status = 400


@dataclass(frozen=True)
class Wish:
    """An account wants a plan; a checkout is the operation by which it gets a session for it."""

    id: UUID
    plan: str
    interval: str
    trial_days: int
    created_at: datetime
    idempotency_key: str | None = None
    session_id: str | None = None
    url: str | None = None
    expires_at: datetime | None = None
    is_over: bool = False

    def is_for(self, plan: str, interval: str) -> bool:
        return (self.plan, self.interval) == (plan, interval)

    def is_alive(self, now: datetime) -> bool:
        return not self.is_over and (self.expires_at is None or now < self.expires_at)


def check_may_buy(subscriptions: Iterable[Subscription]) -> None:
    """
    Raises:
        AlreadySubscribed: one of them has begun and is not over.
    """
    if any(each.has_begun and not each.is_over for each in subscriptions):
        raise AlreadySubscribed


def trial_for(trial: timedelta, subscriptions: Iterable[Subscription]) -> int:
    """How many days may be tried for nothing: none after a subscription that had begun, whatever came of it."""
    return 0 if any(each.has_begun for each in subscriptions) else trial.days


def repeated(wishes: Iterable[Wish], plan: str, interval: str, key: str | None, now: datetime) -> Wish | None:
    """The earlier wish that this one repeats: by its key, or for the same within a minute.

    Raises:
        IdempotencyKeyReused: the key was used to wish for something else.
    """
    for wish in wishes:
        if key is not None and wish.idempotency_key == key:
            if not wish.is_for(plan, interval):
                raise IdempotencyKeyReused
            return wish
    for wish in wishes:
        if wish.is_for(plan, interval) and wish.is_alive(now) and now - wish.created_at < SAME_WISH_WITHIN:
            return wish
    return None
