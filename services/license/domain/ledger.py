"""Which movements of money does Stripe's account of a customer tell of? Each has a name that no other has, so that it
counts once however often it is seen.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from services.license.domain.reading import failures
from services.license.domain.stripe_account import (
    LOST_DISPUTE,
    OPEN_DISPUTES,
    WON_DISPUTE,
    SeenCharge,
    SeenCustomer,
    SeenInvoice,
)


class Kind(enum.StrEnum):
    PAYMENT = "payment"
    FAILURE = "failure"
    REFUND = "refund"
    CHARGEBACK = "chargeback"
    CHARGEBACK_WON = "chargeback_won"


@dataclass(frozen=True)
class Movement:
    """`stripe_id` names it among its kind; `amount` is in the currency's smallest unit and never negative.

    `invoice` is what it was paid for; `attempt` counts the failures of an invoice; `is_full`: with this refund, all of
    the charge went back.
    """

    kind: Kind
    stripe_id: str
    amount: int
    currency: str
    happened_at: datetime
    invoice: SeenInvoice | None
    attempt: int = 0
    charge: str = ""
    is_full: bool = False


def movements(seen: SeenCustomer) -> Iterator[Movement]:
    """All that has been, the order aside."""
    for invoice in seen.invoices:
        yield from _of_invoice(seen, invoice)
    for charge in seen.charges:
        invoice = seen.invoice_of(charge)
        yield from _refunds(charge, invoice)
        yield from _chargebacks(charge, invoice)


def _of_invoice(seen: SeenCustomer, invoice: SeenInvoice) -> Iterator[Movement]:
    if invoice.is_paid:
        at = invoice.paid_at or invoice.created
        yield Movement(Kind.PAYMENT, invoice.id, invoice.amount_paid, invoice.currency, at, invoice)
    for attempt, at in enumerate(failures(seen, invoice), start=1):
        name = f"{invoice.id}/{attempt}"
        yield Movement(Kind.FAILURE, name, invoice.amount_due, invoice.currency, at, invoice, attempt)


def _refunds(charge: SeenCharge, invoice: SeenInvoice | None) -> Iterator[Movement]:
    back = 0
    for refund in sorted(charge.refunds, key=lambda each: each.created):
        if refund.status == "succeeded":
            back += refund.amount
            yield Movement(
                Kind.REFUND,
                refund.id,
                refund.amount,
                charge.currency,
                refund.created,
                invoice,
                charge=charge.id,
                is_full=back >= charge.amount,
            )


def _chargebacks(charge: SeenCharge, invoice: SeenInvoice | None) -> Iterator[Movement]:
    """What a bank took back, and what it gave back after all. An inquiry takes nothing."""
    for dispute in charge.disputes:
        if dispute.status in (*OPEN_DISPUTES, LOST_DISPUTE, WON_DISPUTE):
            yield Movement(
                Kind.CHARGEBACK, dispute.id, dispute.amount, charge.currency, dispute.created, invoice, charge=charge.id
            )
        if dispute.status == WON_DISPUTE:
            yield Movement(
                Kind.CHARGEBACK_WON,
                dispute.id,
                dispute.amount,
                charge.currency,
                dispute.created,
                invoice,
                charge=charge.id,
            )
