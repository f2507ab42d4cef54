"""How does an account stand? A ladder of reasons: the first rung that does not hold answers."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from contracts.license import LicenseStatus, Plan
from services.license.domain.subscriptions import Status, Subscription

FREE = "free"
PAST_DUE_CAP = timedelta(days=14)
"""How long a payment that failed may be outstanding before the plan is suspended; counted from the first failure."""


class Code(enum.StrEnum):
    """What contracts.license.LicenseStatus says of them is promised."""

    VALID = "valid"
    GRACE_PAST_DUE = "grace_past_due"
    SUSPENDED_UNPAID = "suspended_unpaid"
    SUSPENDED_PAUSED = "suspended_paused"
    REFUNDED = "refunded"
    DISPUTED = "disputed"
    REVOKED = "revoked"
    EXPIRED = "expired"
    NO_LICENSE = "no_license"
    DEVICE_NOT_ACTIVATED = "device_not_activated"


@dataclass(frozen=True)
class Granted:
    """What an administrator gave, and that nobody has taken back: `plan` until a day, or for good."""

    plan: str
    until: datetime | None = None


class Revoked:
    """An administrator took the licence away, and nobody has given one since."""


@dataclass(frozen=True)
class Standing:
    """`plan` is what the account has, also while suspended; `entitlements` what may be used now.

    At `reconsider_at` time alone may change the judgement.
    """

    plan: Plan
    is_valid: bool
    code: Code
    entitlements: tuple[str, ...]
    subscription_status: str | None = None
    renews_at: datetime | None = None
    grace_until: datetime | None = None
    reconsider_at: datetime | None = None


class Plans:
    """Every plan there is, the lesser first."""

    def __init__(self, plans: Sequence[Plan]) -> None:
        self._plans = {plan.id: plan for plan in plans}
        self._ranks = {plan.id: rank for rank, plan in enumerate(plans)}

    def __getitem__(self, plan_id: str) -> Plan:
        return self._plans[plan_id]

    def __contains__(self, plan_id: object) -> bool:
        return plan_id in self._plans

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(self._plans)

    def rank(self, plan: Plan) -> int:
        return self._ranks[plan.id]

    def after(self, plan: Plan) -> Plan | None:
        """What holds when `plan` does not any more."""
        return self._plans[plan.at_expiry] if plan.at_expiry else None


def judge(
    plans: Plans, subscriptions: Iterable[Subscription], act: Granted | Revoked | None, now: datetime
) -> Standing:
    """How an account stands that has these subscriptions, and with which an administrator did `act` last."""
    begun = sorted((each for each in subscriptions if each.has_begun), key=_age, reverse=True)
    newest = begun[0] if begun else None
    if isinstance(act, Revoked):
        plan = plans[newest.plan] if newest else plans[FREE]
        status = newest.status if newest else None
        return Standing(plan, False, Code.REVOKED, (), subscription_status=status)
    running = [_of_subscription(plans, each, now) for each in begun if not _has_ended(each, now)]
    if isinstance(act, Granted) and (act.until is None or now < act.until):
        running.append(_of_grant(plans, act))
    if running:
        return max(running, key=lambda each: (each.is_valid, plans.rank(each.plan), each.code is Code.VALID))
    return _after_the_end(plans, newest)


def _of_subscription(plans: Plans, subscription: Subscription, now: datetime) -> Standing:
    plan, code, grace_until = plans[subscription.plan], Code.VALID, None
    if subscription.status is Status.PAUSED or subscription.is_paused:
        code = Code.SUSPENDED_PAUSED
    elif subscription.status is Status.UNPAID or _is_past_the_cap(subscription, now):
        code = Code.SUSPENDED_UNPAID
    elif subscription.is_disputed:
        code = Code.DISPUTED
    elif subscription.is_refunded:
        code = Code.REFUNDED
    elif subscription.status is Status.PAST_DUE:
        code, grace_until = Code.GRACE_PAST_DUE, grace_of(subscription)
    is_valid = code in (Code.VALID, Code.GRACE_PAST_DUE)
    less = plans.after(plan)
    return Standing(
        plan,
        is_valid,
        code,
        plan.entitlements if is_valid else less.entitlements if less else (),
        subscription_status=subscription.status,
        renews_at=subscription.renews_at if subscription.ends_at is None else None,
        grace_until=grace_until,
        reconsider_at=min((at for at in (_cap_ahead(subscription, now), subscription.ends_at) if at), default=None),
    )


def grace_of(subscription: Subscription) -> datetime | None:
    """Until when a subscription with an outstanding payment stays licensed; None where nothing has failed."""
    return None if subscription.first_failed_at is None else subscription.first_failed_at + PAST_DUE_CAP


def _cap_ahead(subscription: Subscription, now: datetime) -> datetime | None:
    """When the outstanding payment will have been outstanding for too long, also where something else holds now."""
    is_ahead = subscription.status is Status.PAST_DUE and not _is_past_the_cap(subscription, now)
    return grace_of(subscription) if is_ahead else None


def _is_past_the_cap(subscription: Subscription, now: datetime) -> bool:
    until = grace_of(subscription)
    return subscription.status is Status.PAST_DUE and until is not None and now >= until


def _has_ended(subscription: Subscription, now: datetime) -> bool:
    return subscription.is_over or (subscription.ends_at is not None and now >= subscription.ends_at)


def _of_grant(plans: Plans, granted: Granted) -> Standing:
    plan = plans[granted.plan]
    return Standing(plan, True, Code.VALID, plan.entitlements, reconsider_at=granted.until)


def _after_the_end(plans: Plans, ended: Subscription | None) -> Standing:
    """The plan that follows the one that ended; where none does, what was had is expired."""
    if ended is None:
        return Standing(plans[FREE], True, Code.VALID, plans[FREE].entitlements)
    plan, status = plans[ended.plan], Status.CANCELED
    less = plans.after(plan)
    if less is None:
        return Standing(plan, False, Code.EXPIRED, (), subscription_status=status)
    return Standing(less, True, Code.VALID, less.entitlements, subscription_status=status)


def _age(subscription: Subscription) -> tuple[bool, float, str]:
    """Sorts the newest last; one that runs is newer than one that is over."""
    started = subscription.started_at.timestamp() if subscription.started_at else 0.0
    return not subscription.is_over, started, subscription.id


def reason(before: Standing, after: Standing) -> str:
    """The code of why a licence changed, as license.changed tells it."""
    if after.code is not before.code:
        return after.code if after.code is not Code.VALID else "restored"
    if after.plan.id != before.plan.id:
        return "expired" if before.plan.at_expiry == after.plan.id else "plan_changed"
    return "renewed" if after.renews_at != before.renews_at else "subscription_changed"


def answer(standing: Standing | None, active_devices: int, *, is_activated: bool) -> LicenseStatus:
    """The answer to an account. `is_activated`: the device that asks has a seat, or none was named."""
    if standing is None:
        return LicenseStatus(
            valid=False, code=Code.NO_LICENSE, plan=None, entitlements=(), max_devices=0, active_devices=0
        )
    is_valid, code, entitlements = standing.is_valid, standing.code, standing.entitlements
    if is_valid and not is_activated:
        is_valid, code, entitlements = False, Code.DEVICE_NOT_ACTIVATED, ()
    return LicenseStatus(
        valid=is_valid,
        code=code,
        plan=standing.plan.id,
        entitlements=entitlements,
        max_devices=standing.plan.max_devices,
        active_devices=active_devices,
        subscription_status=standing.subscription_status,
        renews_at=standing.renews_at,
        grace_until=standing.grace_until,
        ends_at=standing.reconsider_at if code is Code.VALID else None,
    )
