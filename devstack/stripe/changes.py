"""How is a subscription changed while it runs? Plan, trial, end, pause; and what a change of plan costs."""

from typing import Any

import msgspec

from devstack.stripe import collection, invoices, periods, proration, subscriptions
from devstack.stripe.account import Account
from devstack.stripe.catalogue import plan_of
from devstack.stripe.errors import Declined, Refused
from devstack.stripe.parameters import LATEST, Metadata, Moment, Parameters, merged, unset
from devstack.stripe.shapes import Json
from devstack.stripe.subscriptions import ENDED, product_name
from devstack.stripe.wishes import TrialSettings, same


class ItemWish(msgspec.Struct, forbid_unknown_fields=True):
    price: str | None = None
    quantity: int | None = None
    id: str | None = None
    deleted: bool = False
    metadata: Metadata | None = None


class PauseWish(msgspec.Struct, forbid_unknown_fields=True):
    behavior: str
    resumes_at: Moment | None = None


class Details(msgspec.Struct, forbid_unknown_fields=True):
    comment: str | None = None
    feedback: str | None = None


class SubscriptionChange(Parameters, kw_only=True):
    items: list[ItemWish] | None = None
    cancel_at: str | None = None
    cancel_at_period_end: bool | None = None
    cancellation_details: Details | None = None
    default_payment_method: str | None = None
    description: str | None = None
    metadata: Metadata | None = None
    off_session: bool = False
    pause_collection: PauseWish | str | None = None
    payment_behavior: str = "allow_incomplete"
    proration_behavior: str = "create_prorations"
    trial_end: str | None = None
    trial_settings: TrialSettings | None = None


def apply(account: Account, subscription: Json, asked: SubscriptionChange) -> None:
    """Everything that was asked for at once. Refused for a subscription that has ended."""
    if subscription["status"] in ENDED:
        raise Refused("A canceled subscription can only update its cancellation_details and metadata.", param="id")
    if asked.proration_behavior not in ("create_prorations", "always_invoice", "none"):
        raise Refused("Invalid proration_behavior: must be one of create_prorations, always_invoice, or none",
                      param="proration_behavior")  # fmt: skip
    now = account.now(subscription["_clock"])
    wanted = _simple(account, subscription, asked) | _ending(subscription, asked, now)
    trial = moment(asked.trial_end, now)
    if trial is not None and trial > now:
        wanted |= {
            "trial_end": trial, "trial_start": subscription["trial_start"] or now, "status": "trialing",
            "billing_cycle_anchor": trial, "_warned": False,
            "items": subscriptions.with_period(subscription, now, trial),
        }  # fmt: skip
    switched = _switched(account, subscription, asked, now) if asked.items else None
    if switched:
        wanted["items"] = switched
    old = {item["id"]: item for item in subscription["items"]["data"]}
    resets = switched and _interval(switched) != _interval(subscription["items"])
    if switched and subscription["status"] != "trialing":
        wanted["_pending"] = subscription["_pending"] + _prorated(
            account, subscription, old, switched, asked, now, bool(resets)
        )
    subscriptions.change(account, subscription, **wanted)
    if resets and subscription["status"] != "trialing":
        start_over(account, subscription, now)
        _collect(account, subscription, subscriptions.bill(account, subscription, "subscription_update"), asked)
    elif trial is not None and trial <= now and subscription["status"] == "trialing":
        subscriptions.change(account, subscription, status="active", trial_end=now)
        start_over(account, subscription, now)
        _collect(account, subscription, subscriptions.bill(account, subscription, "subscription_update"), asked)
    elif subscription["_pending"] and asked.proration_behavior == "always_invoice":
        _collect(account, subscription, invoice_pending(account, subscription), asked)


def moment(text: str | None, now: int) -> int | None:
    """`now`, or seconds since 1970 written as digits."""
    if text is None or text == "":
        return None
    if text != "now" and not (text.isascii() and text.isdigit() and int(text) <= LATEST):
        raise Refused("Invalid timestamp: it must be an integer Unix timestamp, or `now`.", param="trial_end")
    return now if text == "now" else int(text)


def start_over(account: Account, subscription: Json, now: int) -> None:
    """A new period begins now, and so does the counting of periods."""
    recurring = subscription["items"]["data"][0]["price"]["recurring"]
    items = subscriptions.with_period(subscription, now, periods.nth(now, recurring, 1))
    subscriptions.change(account, subscription, items=items, billing_cycle_anchor=now)


def invoice_pending(account: Account, subscription: Json) -> Json:
    """An invoice of nothing but what is pending."""
    invoice = subscriptions.issue(account, subscription, list(subscription["_pending"]), "subscription_update")
    subscriptions.change(account, subscription, latest_invoice=invoice["id"])
    return invoice


def credit_the_rest(account: Account, subscription: Json) -> None:
    """What has been paid for and will not be had becomes pending, as a credit."""
    now = account.now(subscription["_clock"])
    shares = [
        proration.unused(item, now, product_name(account, item["price"])) for item in subscription["items"]["data"]
    ]
    lines = [invoices.line(subscription, share, proration=True) for share in shares]
    subscriptions.change(account, subscription, None, _pending=subscription["_pending"] + lines)


def _simple(account: Account, subscription: Json, asked: SubscriptionChange) -> Json:
    wanted: dict[str, Any] = {"metadata": merged(subscription["metadata"], asked.metadata)}
    if asked.description is not None:
        wanted["description"] = unset(asked.description)
    if asked.default_payment_method is not None:
        method = unset(asked.default_payment_method)
        wanted["default_payment_method"] = method
        if method and account.get("payment_method", method)["customer"] != subscription["customer"]:
            raise Refused("The customer does not have that payment method.", param="default_payment_method")
    if asked.trial_settings:
        wanted["trial_settings"] = msgspec.to_builtins(asked.trial_settings)
    if isinstance(asked.pause_collection, PauseWish):
        if asked.pause_collection.behavior not in ("keep_as_draft", "mark_uncollectible", "void"):
            raise Refused(
                "Invalid behavior: must be one of keep_as_draft, mark_uncollectible, or void",
                param="pause_collection[behavior]",
            )
        wanted["pause_collection"] = msgspec.to_builtins(asked.pause_collection)
    elif asked.pause_collection is not None:
        wanted["pause_collection"] = None
    return wanted


def _ending(subscription: Json, asked: SubscriptionChange, now: int) -> Json:
    details = subscription["cancellation_details"]
    if asked.cancellation_details:
        details = details | msgspec.structs.asdict(asked.cancellation_details)
    if asked.cancel_at_period_end:
        return {
            "cancel_at_period_end": True, "cancel_at": subscriptions.period_end(subscription), "canceled_at": now,
            "cancellation_details": details | {"reason": "cancellation_requested"},
        }  # fmt: skip
    if asked.cancel_at_period_end is False or asked.cancel_at == "":
        return {"cancel_at_period_end": False, "cancel_at": None, "canceled_at": None,
                "cancellation_details": details | {"reason": None}}  # fmt: skip
    if asked.cancel_at is not None:
        return {"cancel_at": moment(asked.cancel_at, now), "canceled_at": now, "cancellation_details": details}
    return {"cancellation_details": details}


def _switched(account: Account, subscription: Json, asked: SubscriptionChange, now: int) -> Json | None:
    """The list of items as it will be; None where it stays as it is."""
    items = {item["id"]: item for item in subscription["items"]["data"]}
    end = subscriptions.period_end(subscription)
    for number, wish in enumerate(asked.items or ()):
        where = f"items[{number}]"
        price = account.get("price", wish.price, f"{where}[price]") if wish.price else None
        if price and not (price["active"] and price["recurring"]):
            raise Refused("The price specified is inactive or not recurring.", param=f"{where}[price]")
        if wish.id is None:
            if price is None:
                raise Refused(
                    f"Missing required param: {where}[price].", code="parameter_missing", param=f"{where}[price]"
                )
            added = subscriptions.new_item(subscription["id"], price, wish.quantity or 1, now, end)
            items[added["id"]] = added
            continue
        if wish.id not in items:
            raise Refused(f"No such subscription_item: '{wish.id}'", code="resource_missing", param=f"{where}[id]")
        if wish.deleted:
            del items[wish.id]
            continue
        old = items[wish.id]
        price = price or old["price"]
        items[wish.id] = old | {
            "price": price, "plan": plan_of(price), "quantity": wish.quantity or old["quantity"],
            "metadata": merged(old["metadata"], wish.metadata),
        }  # fmt: skip
    if not items:
        raise Refused("A subscription must have at least one active plan.", param="items")
    same(item["price"] for item in items.values())
    changed = list(items.values())
    return None if changed == subscription["items"]["data"] else subscription["items"] | {"data": changed}


def _prorated(
    account: Account, subscription: Json, old: Json, switched: Json, asked: SubscriptionChange, now: int, resets: bool
) -> list[Json]:
    """The lines that a switch costs: what is left of the old, and, in the same period, the rest with the new."""
    if asked.proration_behavior == "none":
        return []
    new = {item["id"]: item for item in switched["data"]}
    shares = []
    for id in old | new:
        before, after = old.get(id), new.get(id)
        if (
            before
            and after
            and (before["price"], before["quantity"]) == (after["price"], after["quantity"])
            and not resets
        ):
            continue
        if before:
            shares.append(proration.unused(before, now, product_name(account, before["price"])))
        if after and not resets:
            name = product_name(account, after["price"])
            shares.append(proration.remaining(after, after["price"], after["quantity"], now, name))
    return [invoices.line(subscription, share, proration=True) for share in shares]


def _interval(items: Json) -> tuple[str, int]:
    recurring = items["data"][0]["price"]["recurring"]
    return recurring["interval"], recurring["interval_count"]


def _collect(account: Account, subscription: Json, invoice: Json, asked: SubscriptionChange) -> None:
    subscriptions.change(account, subscription, latest_invoice=invoice["id"])
    outcome = collection.collect(account, invoice)
    if outcome != "paid" and asked.payment_behavior == "error_if_incomplete":
        raise Declined("Your card was declined.", code="card_declined", decline_code="generic_decline")
