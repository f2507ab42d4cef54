"""What happens by itself as time goes by? Whatever is due, in order, each thing at the moment at which it was due."""

from devstack.stripe import collection, discounts, invoices, periods, subscriptions
from devstack.stripe.account import Account
from devstack.stripe.shapes import Json


def run(account: Account, clock: str, until: int, most: int) -> int:
    """Does up to `most` of what is due by that clock until then, in one transaction; how much it did."""
    for done in range(most):
        thing = account.books.due(clock, until)
        if thing is None:
            return done
        with account.standing_at(thing["_due"]):
            _DUE[thing["object"]](account, thing)
    return most


def _subscription(account: Account, subscription: Json) -> None:
    now, pause = account.now(), subscription["pause_collection"]
    if subscription["status"] == "incomplete":
        subscriptions.expire(account, subscription)
    elif subscription["cancel_at"] is not None and subscription["cancel_at"] <= now:
        subscriptions.end(account, subscription, "cancellation_requested")
    elif pause and pause["resumes_at"] is not None and pause["resumes_at"] <= now:
        subscriptions.change(account, subscription, pause_collection=None)
    elif subscriptions.period_end(subscription) <= now:
        _renew(account, subscription)
    else:
        subscriptions.change(account, subscription, None, _warned=True)
        account.tell("customer.subscription.trial_will_end", subscription)


def _renew(account: Account, subscription: Json) -> None:
    trial = subscription["status"] == "trialing"
    if trial and collection.method_of(account, subscription) is None:
        match subscription["trial_settings"]["end_behavior"]["missing_payment_method"]:
            case "cancel":
                subscriptions.end(account, subscription, "cancellation_requested")
                return
            case "pause":
                subscriptions.change(account, subscription, None, status="paused")
                account.tell("customer.subscription.paused", subscription, {"status": "trialing"})
                return
            case _:
                pass
    start = subscriptions.period_end(subscription)
    recurring = subscription["items"]["data"][0]["price"]["recurring"]
    end = periods.after(subscription["billing_cycle_anchor"], recurring, start)
    kept = [one["id"] for one in discounts.still_holding(account, subscription["discounts"], start)]
    subscriptions.change(
        account, subscription, items=subscriptions.with_period(subscription, start, end), discounts=kept,
        status="active" if trial else subscription["status"],
    )  # fmt: skip
    charge_period(account, subscription, "subscription_cycle")


def charge_period(account: Account, subscription: Json, reason: str) -> None:
    """The invoice of the period that has begun, collected as far as the subscription's state lets it be."""
    pause = subscription["pause_collection"]
    waits = subscription["status"] == "unpaid" or (pause and pause["behavior"] == "keep_as_draft")
    invoice = subscriptions.bill(account, subscription, reason, final=not waits)
    subscriptions.change(account, subscription, latest_invoice=invoice["id"])
    if waits:
        return
    if pause:
        invoices.end(account, invoice, "void" if pause["behavior"] == "void" else "uncollectible")
    else:
        collection.collect(account, invoice)


def _invoice(account: Account, invoice: Json) -> None:
    collection.collect(account, invoice)


def _session(account: Account, session: Json) -> None:
    account.change(session, None, status="expired", url=None, _due=None)
    account.tell("checkout.session.expired", session)


_DUE = {"subscription": _subscription, "invoice": _invoice, "checkout.session": _session}
