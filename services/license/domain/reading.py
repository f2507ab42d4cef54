"""What does Stripe's account of a customer mean to us? Every time anew from all of it, so that nothing depends on which
webhook arrived, in which order, or how often.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from services.license.domain.stripe_account import (
    LOST_DISPUTE,
    OPEN_DISPUTES,
    SeenCharge,
    SeenCustomer,
    SeenInvoice,
    SeenPrice,
    SeenSubscription,
)
from services.license.domain.subscriptions import Status, Subscription

STATUSES = frozenset(Status)


class PlanUnknown(Exception):
    """Somebody subscribed to something that is no plan of ours: an operator has to look."""


@dataclass(frozen=True)
class Offer:
    """Which plan a price sells, and for which interval."""

    plan: str
    interval: str


class Offers:
    """What Stripe sells for us, by the ids and the lookup keys of its prices."""

    def __init__(self, by_key: Mapping[str, Offer], by_id: Mapping[str, Offer], plans: Sequence[str]) -> None:
        """`plans` are the ids of all plans, the lesser first."""
        self._by_key, self._by_id = by_key, by_id
        self._ranks = {plan: rank for rank, plan in enumerate(plans)}

    def find(self, prices: Sequence[SeenPrice]) -> Offer | None:
        """The best plan among them. A price that was replaced has lost its key; its product still tells the plan."""
        found = [offer for price in prices if (offer := self._of(price)) is not None]
        return max(found, key=lambda offer: self._ranks[offer.plan], default=None)

    def _of(self, price: SeenPrice) -> Offer | None:
        offer = self._by_id.get(price.id) or self._by_key.get(price.lookup_key or "")
        if offer is None and price.product_plan in self._ranks:
            return Offer(price.product_plan, "")
        return offer


def read(
    seen: SeenCustomer, subscription: SeenSubscription, offers: Offers, before: Subscription | None
) -> Subscription:
    """The subscription as it is now; `before` is how it was when it was read last.

    Raises:
        PlanUnknown
    """
    offer = offers.find(subscription.prices)
    if offer is None and before is None:
        raise PlanUnknown(f"{subscription.id} sells {', '.join(price.id for price in subscription.prices)}")
    invoices = seen.invoices_of(subscription.id)
    status = _status(subscription, before)
    paid_at = max((each.paid_at for each in invoices if each.is_paid and each.paid_at), default=None)
    read = Subscription(
        id=subscription.id,
        customer=seen.id,
        plan=offer.plan if offer else before.plan,  # pyright: ignore[reportOptionalMemberAccess] # tested above
        interval=(offer.interval if offer else "") or (before.interval if before else None),
        status=status,
        started_at=subscription.created,
        renews_at=subscription.period_end,
        ends_at=subscription.cancel_at,
        ended_at=subscription.ended_at,
        trial_end=subscription.trial_end,
        last_paid_at=paid_at,
        is_paused=_is_paused(subscription, invoices),
        is_refunded=_is_refunded(seen, subscription, invoices),
        is_disputed=_is_disputed(seen, subscription, invoices),
    )
    return replace(read, first_failed_at=_first_failure(seen, read, invoices, before))


def failures(seen: SeenCustomer, invoice: SeenInvoice) -> list[datetime]:
    """When each attempt to collect the invoice failed. An attempt without a card makes no charge."""
    times = sorted(charge.created for charge in seen.charges_of(invoice) if not charge.is_paid)
    took_it = 1 if invoice.status == "paid" and invoice.amount_due else 0
    without_charge = max(0, invoice.attempts - took_it - len(times))
    return sorted([*times, *[invoice.finalized_at or invoice.created] * without_charge])


def _status(subscription: SeenSubscription, before: Subscription | None) -> Status:
    """A word that Stripe has invented since changes nothing: the state that was known last holds."""
    if subscription.status in STATUSES:
        return Status(subscription.status)
    return before.status if before else Status.INCOMPLETE


def _first_failure(
    seen: SeenCustomer, read: Subscription, invoices: Sequence[SeenInvoice], before: Subscription | None
) -> datetime | None:
    """The first payment that failed since one was made: only a payment ends the counting, and nothing restarts it."""
    since = read.last_paid_at
    times = [at for invoice in invoices for at in failures(seen, invoice) if since is None or at > since]
    known = before.first_failed_at if before else None
    if known is not None and (since is None or known > since):
        times.append(known)
    first = min(times, default=None)
    if first is None and read.status in (Status.PAST_DUE, Status.UNPAID):
        return since or read.started_at  # an older invoice is still owed, though a later one was paid
    return first


def _is_paused(subscription: SeenSubscription, invoices: Sequence[SeenInvoice]) -> bool:
    """Payments are paused, and the period that runs was not paid for but declared void."""
    latest = next((each for each in invoices if each.id == subscription.latest_invoice), None)
    return subscription.pause == "void" and latest is not None and latest.status == "void"


def _paid_for_this_period(
    seen: SeenCustomer, subscription: SeenSubscription, invoices: Sequence[SeenInvoice]
) -> list[SeenCharge]:
    now_running = [each for each in invoices if each.is_paid and each.created >= subscription.period_start]
    return [charge for each in now_running for charge in seen.charges_of(each) if charge.is_paid]


def _is_refunded(seen: SeenCustomer, subscription: SeenSubscription, invoices: Sequence[SeenInvoice]) -> bool:
    """All that was paid for the period went back."""
    paid = _paid_for_this_period(seen, subscription, invoices)
    return bool(paid) and all(charge.amount_refunded >= charge.amount for charge in paid)


def _is_disputed(seen: SeenCustomer, subscription: SeenSubscription, invoices: Sequence[SeenInvoice]) -> bool:
    """A bank asks back any payment of the subscription, or has taken back one of the period that runs."""
    ever = [charge for each in invoices for charge in seen.charges_of(each)]
    now = _paid_for_this_period(seen, subscription, invoices)
    return any(dispute.status in OPEN_DISPUTES for charge in ever for dispute in charge.disputes) or any(
        dispute.status == LOST_DISPUTE for charge in now for dispute in charge.disputes
    )
