"""What is owed? Invoices and their lines, from draft over open to paid, void or uncollectible."""

from collections.abc import Iterable

from devstack.stripe import discounts, listing, payments
from devstack.stripe.account import Account, new_id
from devstack.stripe.errors import Refused
from devstack.stripe.proration import Share
from devstack.stripe.shapes import Json, shaped


def line(subscription: Json, share: Share, *, proration: bool) -> Json:
    """A line of an invoice that is yet to be made."""
    details = {
        "invoice_item": None, "proration": proration, "proration_details": {"credited_items": None},
        "subscription": subscription["id"], "subscription_item": share.item,
    }  # fmt: skip
    price = share.price
    return shaped(
        "line_item", id=new_id("il_1"), amount=share.amount, subtotal=share.amount, currency=price["currency"],
        description=share.description, discount_amounts=[], discountable=not proration, discounts=[],
        metadata=subscription["metadata"], period={"start": share.start, "end": share.end}, quantity=share.quantity,
        parent={
            "type": "subscription_item_details", "subscription_item_details": details, "invoice_item_details": None,
        },
        pretax_credit_amounts=[], taxes=[], subscription=subscription["id"],
        pricing={
            "type": "price_details", "unit_amount_decimal": price["unit_amount_decimal"],
            "price_details": {"price": price["id"], "product": price["product"]},
        },
    )  # fmt: skip


def draw(account: Account, subscription: Json, lines: list[Json], reason: str) -> Json:
    """A draft of an invoice for a subscription, reduced by what discounts it has. Its payment is collected later."""
    customer = account.get("customer", subscription["customer"])
    clock = subscription["_clock"]
    now, id = account.now(clock), new_id("in_1")
    for one in lines:
        one["invoice"] = id
    subtotal = sum(one["amount"] for one in lines)
    reductions, total = [], subtotal
    holding = discounts.still_holding(account, subscription["discounts"], now)
    for discount in holding:
        amount = discounts.worth(account, discount, total)
        reductions.append({"amount": amount, "discount": discount["id"]})
        total -= amount
    details = {"metadata": subscription["metadata"], "subscription": subscription["id"]}
    invoice = account.new(
        "invoice", "in_1", id=id, clock=clock, account_country="US", account_name="RaceOverlay on this laptop",
        amount_due=max(total, 0), amount_overpaid=0, amount_paid=0, amount_remaining=max(total, 0), amount_shipping=0,
        attempt_count=0, attempted=False, auto_advance=True, automatic_tax=_tax(subscription), billing_reason=reason,
        collection_method="charge_automatically", currency=subscription["currency"], customer=customer["id"],
        customer_address=customer["address"], customer_email=customer["email"], customer_name=customer["name"],
        customer_phone=customer["phone"], customer_tax_exempt="none", customer_tax_ids=[], default_tax_rates=[],
        discounts=[one["id"] for one in holding], issuer={"type": "self"},
        lines=listing.whole(lines, f"/v1/invoices/{id}/lines"), metadata={},
        parent={"type": "subscription_details", "quote_details": None, "subscription_details": details},
        payment_settings={"default_mandate": None, "payment_method_options": None, "payment_method_types": None},
        period_start=min(one["period"]["start"] for one in lines), period_end=now, post_payment_credit_notes_amount=0,
        pre_payment_credit_notes_amount=0, starting_balance=customer["balance"], status="draft", subtotal=subtotal,
        status_transitions=dict.fromkeys(("finalized_at", "marked_uncollectible_at", "paid_at", "voided_at")),
        subtotal_excluding_tax=subtotal, test_clock=clock or None, total=total, total_discount_amounts=reductions,
        total_excluding_tax=total, total_pretax_credit_amounts=[], total_taxes=[],
        _subscription=subscription["id"], _first_failure=None,
    )  # fmt: skip
    account.tell("invoice.created", invoice)
    return invoice


def finalize(account: Account, invoice: Json) -> Json:
    """Open from now on: numbered, the customer's credit used, a payment asked for where something is left to pay."""
    if invoice["status"] != "draft":
        raise Refused("This invoice is already finalized; only drafts can be.", code="invoice_not_editable")
    customer, now = account.get("customer", invoice["customer"]), account.now(invoice["_clock"])
    balance, total = customer["balance"], invoice["total"]
    used = min(max(total, 0), max(-balance, 0)) if total >= 0 else total
    due = max(total, 0) - (used if total >= 0 else 0)
    number = customer["next_invoice_sequence"]
    account.change(
        customer, "customer.updated" if used else None, balance=balance + used, next_invoice_sequence=number + 1
    )
    account.change(
        invoice, None, status="open", number=f"{customer['invoice_prefix']}-{number:04}", effective_at=now,
        amount_due=due, amount_remaining=due, starting_balance=balance, ending_balance=balance + used,
        status_transitions=invoice["status_transitions"] | {"finalized_at": now},
        hosted_invoice_url=f"{account.base}/i/{invoice['id']}", invoice_pdf=f"{account.base}/i/{invoice['id']}",
    )  # fmt: skip
    if due:
        payments.ask_for(account, invoice)
    account.tell("invoice.finalized", invoice)
    return invoice


def paid(account: Account, invoice: Json) -> None:
    """Its money is here (or nothing was to pay)."""
    now = account.now(invoice["_clock"])
    payments.settle(account, invoice, "paid")
    account.change(
        invoice, None, status="paid", amount_paid=invoice["amount_due"], amount_remaining=0, attempted=True,
        attempt_count=invoice["attempt_count"] + (1 if invoice["amount_due"] else 0), next_payment_attempt=None,
        status_transitions=invoice["status_transitions"] | {"paid_at": now}, _due=None,
    )  # fmt: skip
    account.tell("invoice.updated", invoice, {"status": "open"})
    account.tell("invoice.paid", invoice)
    account.tell("invoice.payment_succeeded", invoice)


def end(account: Account, invoice: Json, status: str) -> Json:
    """`void` or `uncollectible`: it is no longer asked for."""
    name = "voided" if status == "void" else "marked_uncollectible"
    times = invoice["status_transitions"] | {f"{name}_at": account.now(invoice["_clock"])}
    payments.settle(account, invoice, "canceled")
    account.change(
        invoice, f"invoice.{name}", status=status, status_transitions=times, auto_advance=False,
        next_payment_attempt=None, _due=None,
    )  # fmt: skip
    return invoice


def open_of(account: Account, subscription: Json) -> list[Json]:
    """The invoices of the subscription that wait for money, the oldest first."""
    return [one for one in of(account, subscription) if one["status"] == "open"]


def of(account: Account, subscription: Json) -> Iterable[Json]:
    """All of its invoices, the oldest first."""
    for invoice in account.books.all("invoice", owner=subscription["customer"], newest_first=False):
        if invoice["_subscription"] == subscription["id"]:
            yield invoice


def _tax(subscription: Json) -> Json:
    """Tax is switched on as it was asked for, and always comes to nothing: the stand-in knows no rates."""
    on = subscription["automatic_tax"]["enabled"]
    return {
        "enabled": on, "status": "complete" if on else None, "liability": {"type": "self"} if on else None,
        "disabled_reason": None, "provider": "stripe" if on else None,
    }  # fmt: skip
