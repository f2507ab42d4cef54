"""What has been subscribed to? How a subscription begins, changes and ends, and when it must be looked at next."""

from dataclasses import dataclass, field
from typing import Any

from devstack.stripe import discounts, invoices, listing, periods
from devstack.stripe.account import Account, new_id
from devstack.stripe.catalogue import plan_of
from devstack.stripe.proration import Share
from devstack.stripe.shapes import Json, shaped

INCOMPLETE_S = 23 * 3600
"""How long the first payment may take."""

WARNED_BEFORE_S = 3 * periods.DAY
"""How long before its end a trial is told of."""

ENDED = ("canceled", "incomplete_expired")


@dataclass(frozen=True)
class Wish:
    """What somebody subscribes to: prices with quantities, and the rest as Stripe names it."""

    prices: list[tuple[Json, int]]
    metadata: dict[str, str] = field(default_factory=dict[str, str])
    trial_end: int | None = None
    discounts: list[str] = field(default_factory=list[str])
    method: str | None = None
    automatic_tax: bool = False
    missing_method: str = "create_invoice"
    cancel_at_period_end: bool = False
    description: str | None = None


def begin(account: Account, customer: Json, wish: Wish) -> Json:
    """A subscription with its first invoice, open: incomplete until that is paid, or trialing."""
    clock, id = customer["_clock"], new_id("sub_1")
    now, price = account.now(clock), wish.prices[0][0]
    end = wish.trial_end or periods.nth(now, price["recurring"], 1)
    items = [new_item(id, price, quantity, now, end) for price, quantity in wish.prices]
    subscription = account.new(
        "subscription", "", id=id, clock=clock, automatic_tax=_tax(wish), billing_cycle_anchor=wish.trial_end or now,
        billing_mode={"type": "flexible", "flexible": {"proration_discounts": "included"}}, billing_schedules=[],
        cancel_at_period_end=False, cancellation_details=dict.fromkeys(("comment", "feedback", "reason")),
        collection_method="charge_automatically", currency=price["currency"], customer=customer["id"],
        default_payment_method=wish.method, default_tax_rates=[], description=wish.description,
        discounts=wish.discounts, invoice_settings={"account_tax_ids": None, "issuer": {"type": "self"}},
        items=listing.whole(items, f"/v1/subscription_items?subscription={id}"), metadata=wish.metadata,
        payment_settings={"payment_method_options": None, "payment_method_types": None,
                          "save_default_payment_method": "off"},
        start_date=now, status="trialing" if wish.trial_end else "incomplete", test_clock=clock or None,
        trial_end=wish.trial_end, trial_start=now if wish.trial_end else None,
        trial_settings={"end_behavior": {"missing_payment_method": wish.missing_method}}, _pending=[], _warned=False,
    )  # fmt: skip
    if wish.cancel_at_period_end:
        subscription |= {"cancel_at_period_end": True, "cancel_at": end, "canceled_at": now}
    account.books.put(subscription)
    invoice = bill(account, subscription, "subscription_create")
    change(account, subscription, None, latest_invoice=invoice["id"])
    account.tell("customer.subscription.created", subscription)
    return subscription


def new_item(subscription: str, price: Json, quantity: int, start: int, end: int) -> Json:
    return shaped(
        "subscription_item", id=new_id("si_"), created=start, current_period_end=end, current_period_start=start,
        discounts=[], metadata={}, plan=plan_of(price), price=price, quantity=quantity, subscription=subscription,
        tax_rates=[],
    )  # fmt: skip


def bill(account: Account, subscription: Json, reason: str, *, final: bool = True) -> Json:
    """An invoice of what the current period costs and of what is pending; a trial costs nothing."""
    trial = subscription["status"] == "trialing"
    lines = list(subscription["_pending"])
    for item in subscription["items"]["data"]:
        price, quantity = item["price"], item["quantity"]
        name = product_name(account, price)
        recurring = price["recurring"]
        said = f"Trial period for {name}" if trial else (
            f"{quantity} × {name} (at {money(price['unit_amount'], price['currency'])} / {recurring['interval']})"
        )  # fmt: skip
        span = (item["current_period_start"], item["current_period_end"])
        amount = 0 if trial else price["unit_amount"] * quantity
        lines.append(
            invoices.line(subscription, Share(amount, said, price, quantity, item["id"], *span), proration=False)
        )
    return issue(account, subscription, lines, reason, final=final)


def issue(account: Account, subscription: Json, lines: list[Json], reason: str, *, final: bool = True) -> Json:
    """An invoice of these lines, which uses up discounts that hold once; open unless it is to stay a draft."""
    invoice = invoices.draw(account, subscription, lines, reason)
    if invoice["total_discount_amounts"] and subscription["status"] != "trialing":
        held = [account.get("discount", id) for id in subscription["discounts"]]
        subscription["discounts"] = discounts.lasting(account, held)
    subscription["_pending"] = []
    if final:
        invoices.finalize(account, invoice)
    else:
        account.change(invoice, None, auto_advance=False)
    return invoice


def change(
    account: Account, subscription: Json, event: str | None = "customer.subscription.updated", **changes: Any
) -> None:
    """Changes it, tells of it, and works out when it must be looked at next."""
    account.change(subscription, event, **changes, _due=due({**subscription, **changes}))


def end(account: Account, subscription: Json, reason: str, **details: str | None) -> None:
    """It is over, now: canceled, and its open invoices are not collected any more."""
    now = account.now(subscription["_clock"])
    account.change(
        subscription, None, status="canceled", ended_at=now, canceled_at=subscription["canceled_at"] or now,
        cancel_at_period_end=False, pause_collection=None, _due=None,
        cancellation_details=subscription["cancellation_details"] | {"reason": reason} | details,
    )  # fmt: skip
    for invoice in invoices.open_of(account, subscription):
        account.change(invoice, "invoice.updated", auto_advance=False, next_payment_attempt=None, _due=None)
    account.tell("customer.subscription.deleted", subscription)


def expire(account: Account, subscription: Json) -> None:
    """Its first payment never came."""
    for invoice in invoices.open_of(account, subscription):
        invoices.end(account, invoice, "void")
    change(account, subscription, status="incomplete_expired", ended_at=account.now(subscription["_clock"]))


def due(subscription: Json) -> int | None:
    """When something happens to it by itself, at the earliest."""
    status = subscription["status"]
    if status in ENDED:
        return None
    if status == "incomplete":
        return subscription["created"] + INCOMPLETE_S
    times = [subscription["cancel_at"], (subscription["pause_collection"] or {}).get("resumes_at")]
    if status != "paused":
        times.append(period_end(subscription))
    if status == "trialing" and not subscription["_warned"]:
        times.append(subscription["trial_end"] - WARNED_BEFORE_S)
    return min((at for at in times if at is not None), default=None)


def period_end(subscription: Json) -> int:
    """When the current period of its items ends."""
    return min(item["current_period_end"] for item in subscription["items"]["data"])


def with_period(subscription: Json, start: int, end: int) -> Json:
    """Its list of items, in another period."""
    items = subscription["items"]
    span = {"current_period_start": start, "current_period_end": end}
    return items | {"data": [item | span for item in items["data"]]}


def product_name(account: Account, price: Json) -> str:
    return account.get("product", price["product"])["name"]


def money(amount: int, currency: str) -> str:
    """1250 usd is $12.50."""
    sign = {"usd": "$", "eur": "€", "gbp": "£"}.get(currency, f"{currency.upper()} ")
    return f"{'-' if amount < 0 else ''}{sign}{abs(amount) / 100:,.2f}"


def _tax(wish: Wish) -> Json:
    on = wish.automatic_tax
    return {"enabled": on, "liability": {"type": "self"} if on else None, "disabled_reason": None}
