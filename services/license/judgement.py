"""Judging an account anew, after anything that might change how it stands."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from chassis.database import Transaction
from services.license.domain.standing import Standing, judge, reason
from services.license.store.acts import ActStore
from services.license.store.licenses import LicenseStore
from services.license.store.plans import PlanStore
from services.license.store.subscriptions import SubscriptionStore


async def settle(tx: Transaction, user_id: UUID, now: datetime) -> str | None:
    """Judge the account; where it stands differently than before, write that and tell it. Returns the reason."""
    licenses = LicenseStore(tx)
    license = await licenses.of(user_id, to_change=True)
    if license is None:
        return None
    plans = await PlanStore(tx).ladder()
    subscriptions = await SubscriptionStore(tx).of_account(user_id)
    before, after = license.standing, judge(plans, subscriptions, await ActStore(tx).in_force(user_id), now)
    if after == before:
        return None
    await licenses.keep_standing(license, after)
    if _as_told(after) == _as_told(before):
        return None
    why = reason(before, after)
    licenses.record_change(replace(license, standing=after), why)
    return why


def _as_told(standing: Standing) -> Standing:
    """Without what is only for ourselves."""
    return replace(standing, reconsider_at=None)
