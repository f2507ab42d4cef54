"""What may be asked of subscriptions over the API?"""

from typing import Annotated

import msgspec

from devstack.stripe import billing_run, cards, changes, collection, customers, listing, subscriptions
from devstack.stripe.account import Account
from devstack.stripe.changes import ItemWish, SubscriptionChange
from devstack.stripe.errors import Declined, Refused
from devstack.stripe.parameters import Metadata, Page, Parameters, merged
from devstack.stripe.periods import DAY
from devstack.stripe.routing import Route, delete, get, post, retrieve
from devstack.stripe.shapes import Json
from devstack.stripe.wishes import DiscountWish, TaxWish, TrialSettings, discount_of, missing_method, prices_of

_STATES = ("active", "past_due", "unpaid", "canceled", "incomplete", "incomplete_expired", "trialing", "paused")


class NewSubscription(Parameters, kw_only=True):
    customer: str
    items: list[ItemWish]
    automatic_tax: TaxWish | None = None
    cancel_at_period_end: bool = False
    default_payment_method: str | None = None
    description: str | None = None
    discounts: list[DiscountWish] | None = None
    metadata: Metadata | None = None
    off_session: bool = False
    payment_behavior: str = "allow_incomplete"
    trial_end: str | None = None
    trial_period_days: Annotated[int, msgspec.Meta(ge=1, le=730)] | None = None
    trial_settings: TrialSettings | None = None


class Subscriptions(Page, kw_only=True):
    customer: str | None = None
    price: str | None = None
    status: str | None = None
    test_clock: str | None = None


class CancellationDetails(msgspec.Struct, forbid_unknown_fields=True):
    comment: str | None = None
    feedback: str | None = None


class Cancellation(Parameters, kw_only=True):
    cancellation_details: CancellationDetails | None = None
    invoice_now: bool = False
    prorate: bool = False


class Resumption(Parameters, kw_only=True):
    billing_cycle_anchor: str = "now"


def create(account: Account, asked: NewSubscription) -> Json:
    customer = customers.living(account, asked.customer)
    now = account.now(customer["_clock"])
    trial = now + asked.trial_period_days * DAY if asked.trial_period_days else changes.moment(asked.trial_end, now)
    method = cards.named(account, asked.default_payment_method, "default_payment_method")["id"] if (
        asked.default_payment_method) else None  # fmt: skip
    wish = subscriptions.Wish(
        prices=prices_of(account, asked.items), metadata=merged({}, asked.metadata), method=method,
        trial_end=trial if trial and trial > now else None, description=asked.description,
        discounts=[discount_of(account, customer, one) for one in asked.discounts or ()],
        automatic_tax=bool(asked.automatic_tax and asked.automatic_tax.enabled),
        missing_method=missing_method(asked.trial_settings),
        cancel_at_period_end=asked.cancel_at_period_end,
    )  # fmt: skip
    subscription = subscriptions.begin(account, customer, wish)
    invoice = account.get("invoice", subscription["latest_invoice"])
    if asked.payment_behavior != "default_incomplete" or not invoice["amount_due"]:
        outcome = collection.collect(account, invoice)
        if outcome != "paid" and asked.payment_behavior == "error_if_incomplete":
            raise Declined("Your card was declined.", code="card_declined", decline_code="generic_decline")
    return account.get("subscription", subscription["id"])


def update(account: Account, asked: SubscriptionChange, id: str) -> Json:
    subscription = account.get("subscription", id)
    changes.apply(account, subscription, asked)
    return account.get("subscription", id)


def cancel(account: Account, asked: Cancellation, id: str) -> Json:
    subscription = account.get("subscription", id)
    if subscription["status"] in subscriptions.ENDED:
        raise Refused(f"No such subscription: '{id}'; it has ended.", code="resource_missing", param="id")
    if asked.prorate and subscription["status"] != "trialing":
        changes.credit_the_rest(account, subscription)
    if asked.invoice_now and subscription["_pending"]:
        changes.invoice_pending(account, subscription)
    said = msgspec.structs.asdict(asked.cancellation_details) if asked.cancellation_details else {}
    subscriptions.end(account, account.get("subscription", id), "cancellation_requested", **said)
    return account.get("subscription", id)


def resume(account: Account, asked: Resumption, id: str) -> Json:
    subscription = account.get("subscription", id)
    if subscription["status"] != "paused":
        raise Refused("You can only resume a subscription that is paused.", param="id")
    if collection.method_of(account, subscription) is None:
        raise Refused("The customer has no payment method to resume the subscription with.", param="id")
    subscriptions.change(account, subscription, None, status="active")
    account.tell("customer.subscription.resumed", subscription, {"status": "paused"})
    changes.start_over(account, subscription, account.now(subscription["_clock"]))
    billing_run.charge_period(account, subscription, "subscription_update")
    return account.get("subscription", id)


def search(account: Account, asked: Subscriptions) -> Json:
    if asked.status not in (None, "all", "ended", *_STATES):
        raise Refused(f"Invalid status: must be one of all, ended, {', '.join(_STATES)}", param="status")

    def fits(one: Json) -> bool:
        status = one["status"]
        wanted = {None: status != "canceled", "all": True, "ended": status in subscriptions.ENDED}
        return (
            wanted.get(asked.status, status == asked.status)
            and (asked.price is None or asked.price in [item["price"]["id"] for item in one["items"]["data"]])
            and asked.test_clock in (None, one["test_clock"])
        )

    return listing.page_of(account, asked, "subscription", "/v1/subscriptions", fits, owner=asked.customer)


def remove_discount(account: Account, _asked: Parameters, id: str) -> Json:
    subscription = account.get("subscription", id)
    held = [account.get("discount", one) for one in subscription["discounts"]]
    if not held:
        raise Refused("The subscription has no discount.", code="resource_missing", param="id")
    subscriptions.change(account, subscription, discounts=[])
    return held[0] | {"deleted": True}


ROUTES: tuple[Route, ...] = (
    post("/v1/subscriptions", NewSubscription, create),
    retrieve("/v1/subscriptions/{id}", "subscription"),
    post("/v1/subscriptions/{id}", SubscriptionChange, update),
    delete("/v1/subscriptions/{id}", Cancellation, cancel),
    post("/v1/subscriptions/{id}/resume", Resumption, resume),
    delete("/v1/subscriptions/{id}/discount", Parameters, remove_discount),
    get("/v1/subscriptions", Subscriptions, search),
)
