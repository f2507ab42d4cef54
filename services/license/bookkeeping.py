"""Writing down what Stripe took and gave back, each movement once, and telling of it."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from chassis.database import Transaction
from contracts.event import Event
from contracts.license import PaymentFailed, PaymentRefunded, PaymentSucceeded
from services.license.domain.ledger import Kind, Movement, movements
from services.license.domain.standing import grace_of
from services.license.domain.stripe_account import SeenCustomer
from services.license.domain.subscriptions import Subscription
from services.license.store.ledger import LedgerStore


async def write_down(
    tx: Transaction, seen: SeenCustomer, user_id: UUID | None, held: Mapping[str, Subscription]
) -> list[str]:
    """What was new, in words. Of an account that was erased nothing is told, but the books are kept."""
    ledger = LedgerStore(tx)
    known = await ledger.known(seen.id)
    new = [each for each in movements(seen) if (each.kind, each.stripe_id) not in known]
    written: list[str] = []
    for movement in sorted(new, key=lambda each: each.happened_at):
        subscription = held.get(movement.invoice.subscription or "") if movement.invoice else None
        if await ledger.write(movement, seen.id, user_id, subscription.plan if subscription else None):
            written.append(f"{movement.kind} {movement.stripe_id}: {movement.amount} {movement.currency}")
            if user_id is not None and (event := _told(movement, user_id, subscription)) is not None:
                tx.record(event)
    return written


def _told(movement: Movement, user_id: UUID, subscription: Subscription | None) -> Event | None:
    if movement.kind is Kind.REFUND:
        return PaymentRefunded(
            user_id=user_id,
            charge_id=movement.charge,
            amount=movement.amount,
            currency=movement.currency,
            is_full=movement.is_full,
        )
    invoice = movement.invoice
    if subscription is None or invoice is None:
        return None
    if movement.kind is Kind.PAYMENT:
        return PaymentSucceeded(
            user_id=user_id,
            invoice_id=invoice.id,
            plan=subscription.plan,
            amount=movement.amount,
            currency=movement.currency,
            period_start=invoice.period_start,
            period_end=invoice.period_end,
        )
    if movement.kind is Kind.FAILURE:
        return PaymentFailed(
            user_id=user_id,
            invoice_id=invoice.id,
            plan=subscription.plan,
            amount=movement.amount,
            currency=movement.currency,
            attempt=movement.attempt,
            next_attempt_at=invoice.next_attempt_at,
            grace_until=grace_of(subscription) if subscription.has_begun else None,
        )
    return None
