"""How is an invoice turned into money, and what does that mean for its subscription?"""

from devstack.stripe import dunning, invoices, payments, subscriptions
from devstack.stripe.account import Account
from devstack.stripe.payments import FAILED, NEEDS_ACTION, PAID
from devstack.stripe.shapes import Json


def method_of(account: Account, subscription: Json) -> Json | None:
    """What pays for the subscription: its own payment method, or else the customer's."""
    customer = account.get("customer", subscription["customer"])
    id = subscription["default_payment_method"] or customer["invoice_settings"]["default_payment_method"]
    return account.books.find(id) if id else None


def collect(account: Account, invoice: Json, method: Json | None = None, *, authenticated: bool = False) -> str:
    """Charges an open invoice, with `method` or with what pays for its subscription: PAID, FAILED or NEEDS_ACTION."""
    subscription = account.get("subscription", invoice["_subscription"])
    intent = payments.intent_of(account, invoice) if invoice["amount_due"] else None
    outcome = PAID
    if intent:
        method = method or method_of(account, subscription)
        outcome = payments.attempt(account, intent, method, authenticated=authenticated) if method else FAILED
    if outcome == PAID:
        invoices.paid(account, invoice)
        _is_paid(account, invoice, subscription)
    else:
        _is_not_paid(account, invoice, subscription, outcome)
    return outcome


def _is_paid(account: Account, invoice: Json, subscription: Json) -> None:
    customer = account.get("customer", invoice["customer"])
    waiting = [one for one in invoices.open_of(account, subscription) if one["attempted"]]
    if not waiting and customer["delinquent"]:
        account.change(customer, "customer.updated", delinquent=False)
    if subscription["status"] == "incomplete" or (subscription["status"] in ("past_due", "unpaid") and not waiting):
        subscriptions.change(account, subscription, status="active")


def _is_not_paid(account: Account, invoice: Json, subscription: Json, outcome: str) -> None:
    now, first = account.now(invoice["_clock"]), subscription["status"] == "incomplete"
    rules = dunning.rules(account)
    at = None if first or subscription["ended_at"] else dunning.next_attempt(rules, invoice, now)
    account.change(
        invoice, "invoice.updated", attempted=True, attempt_count=invoice["attempt_count"] + 1,
        next_payment_attempt=at, _first_failure=invoice["_first_failure"] or now, _due=at,
    )  # fmt: skip
    account.tell("invoice.payment_failed", invoice)
    if outcome == NEEDS_ACTION:
        account.tell("invoice.payment_action_required", invoice)
    if first or subscription["ended_at"]:
        return
    account.change(account.get("customer", invoice["customer"]), "customer.updated", delinquent=True)
    if at is not None or rules.then == "past_due":
        if subscription["status"] != "unpaid":
            subscriptions.change(account, subscription, status="past_due")
    elif rules.then == "canceled":
        subscriptions.end(account, subscription, "payment_failed")
    else:
        subscriptions.change(account, subscription, status="unpaid")
