"""What Stripe says of one customer, in our words: all that was fetched at one look."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

OPEN_DISPUTES = frozenset({"needs_response", "under_review"})
LOST_DISPUTE = "lost"
WON_DISPUTE = "won"


@dataclass(frozen=True)
class SeenPrice:
    """`product_plan` is the plan that the product's metadata names."""

    id: str
    lookup_key: str | None
    product: str
    product_plan: str | None = None


@dataclass(frozen=True)
class SeenSubscription:
    """`status` is Stripe's word, also one that we do not know. `pause` is how collection is paused, if it is."""

    id: str
    status: str
    prices: tuple[SeenPrice, ...]
    created: datetime
    period_start: datetime
    period_end: datetime
    cancel_at: datetime | None
    ended_at: datetime | None
    trial_end: datetime | None
    pause: str | None
    latest_invoice: str | None


@dataclass(frozen=True)
class SeenInvoice:
    """`intents` are the payment intents by which it was, or is to be, paid."""

    id: str
    subscription: str | None
    status: str
    created: datetime
    finalized_at: datetime | None
    paid_at: datetime | None
    amount_paid: int
    amount_due: int
    currency: str
    attempts: int
    next_attempt_at: datetime | None
    period_start: datetime
    period_end: datetime
    intents: tuple[str, ...]

    @property
    def is_paid(self) -> bool:
        """Money was taken for it; nothing is taken for a trial, or where a credit pays."""
        return self.status == "paid" and self.amount_paid > 0


@dataclass(frozen=True)
class SeenRefund:
    id: str
    status: str
    amount: int
    created: datetime


@dataclass(frozen=True)
class SeenDispute:
    id: str
    status: str
    amount: int
    created: datetime


@dataclass(frozen=True)
class SeenCharge:
    id: str
    intent: str | None
    is_paid: bool
    amount: int
    amount_refunded: int
    currency: str
    created: datetime
    refunds: tuple[SeenRefund, ...] = ()
    disputes: tuple[SeenDispute, ...] = ()


@dataclass(frozen=True)
class SeenCustomer:
    """`user_id` is the account that the customer was made for, as its metadata says. The oldest come first."""

    id: str
    user_id: UUID | None
    subscriptions: tuple[SeenSubscription, ...]
    invoices: tuple[SeenInvoice, ...]
    charges: tuple[SeenCharge, ...]
    is_deleted: bool = False

    def invoices_of(self, subscription: str) -> list[SeenInvoice]:
        return [invoice for invoice in self.invoices if invoice.subscription == subscription]

    def charges_of(self, invoice: SeenInvoice) -> list[SeenCharge]:
        return [charge for charge in self.charges if charge.intent in invoice.intents]

    def invoice_of(self, charge: SeenCharge) -> SeenInvoice | None:
        return next((each for each in self.invoices if charge.intent in each.intents), None)
