"""How does a driver look after their subscription? Billing portal sessions, and what their page can do."""

from devstack.stripe import cards, changes, collection, customers, payments, subscriptions
from devstack.stripe.account import Account, new_id
from devstack.stripe.changes import ItemWish, SubscriptionChange
from devstack.stripe.errors import Declined, Refused
from devstack.stripe.parameters import Parameters
from devstack.stripe.routing import Route, post
from devstack.stripe.shapes import Json

OPEN_S = 3_600
"""How long the page of a session can be used, in real seconds of the account's clock."""


class NewPortal(Parameters, kw_only=True):
    customer: str
    return_url: str | None = None
    locale: str | None = None
    configuration: str | None = None


def create(account: Account, asked: NewPortal) -> Json:
    customer = customers.living(account, asked.customer)
    id = new_id("bps_1")
    return account.new(
        "billing_portal.session", "", id=id, configuration=asked.configuration or "bpc_1StandIn",
        customer=customer["id"], locale=asked.locale, return_url=asked.return_url,
        url=f"{account.base}/p/{id}", _opened=int(account.real()),
    )  # fmt: skip


def opened(account: Account, id: str) -> Json:
    """The session of that id, while its page can be used; Refused afterwards."""
    session = account.get("billing_portal.session", id)
    if account.real() - session["_opened"] > OPEN_S:
        raise Refused("This page is no longer open. Go back and open it again.", code="session_expired")
    return session


def subscription_of(account: Account, customer: str) -> Json | None:
    """The one that the page is about: the newest that has not ended, or else the newest."""
    found = list(account.books.all("subscription", owner=customer))
    return next((one for one in found if one["status"] not in subscriptions.ENDED), found[0] if found else None)


def replace_card(account: Account, customer: Json, number: str) -> None:
    """From now on this card pays for everything. Declined for one that cannot be kept."""
    method = cards.new_method(account, cards.recognised(number), email=customer["email"], name=customer["name"])
    cards.attach(account, method, customer)
    customers.use_method(account, customer, method)
    for subscription in list(account.books.all("subscription", owner=customer["id"])):
        if subscription["status"] not in subscriptions.ENDED:
            subscriptions.change(account, subscription, default_payment_method=method["id"])


def cancel(account: Account, subscription: Json, *, at_period_end: bool) -> None:
    """It ends with the period that is paid for; or, taken back, it does not."""
    changes.apply(account, subscription, SubscriptionChange(cancel_at_period_end=at_period_end))


def switch(account: Account, subscription: Json, price: str) -> None:
    """The other plan from now on; what the difference costs is charged now."""
    item = ItemWish(id=subscription["items"]["data"][0]["id"], price=price)
    changes.apply(account, subscription, SubscriptionChange(items=[item], proration_behavior="always_invoice"))


def pay(account: Account, invoice: Json, *, authenticated: bool = False) -> str:
    """The open invoice, with the card that is kept: payments.PAID or NEEDS_ACTION. Declined otherwise."""
    if invoice["status"] != "open":
        raise Refused("This invoice is not open any more.")
    outcome = collection.collect(account, invoice, authenticated=authenticated)
    if outcome == payments.FAILED:
        refused = Declined("Your card was declined. Use another one, then pay again.", code="card_declined")
        refused.keeps = True
        raise refused
    return outcome


def other_prices(account: Account, subscription: Json) -> list[Json]:
    """What can be switched to: every recurring price on sale of that currency but the present one."""
    present = subscription["items"]["data"][0]["price"]
    return [
        price
        for price in account.books.all("price", newest_first=False)
        if price["active"] and price["recurring"] and price["currency"] == present["currency"]
        and price["id"] != present["id"] and account.get("product", price["product"])["active"]
    ]  # fmt: skip


ROUTES: tuple[Route, ...] = (post("/v1/billing_portal/sessions", NewPortal, create),)
