"""How does money go back? Refunds of charges, in whole or in part."""

from devstack.stripe import listing
from devstack.stripe.account import Account, new_id
from devstack.stripe.errors import Missing, Refused
from devstack.stripe.parameters import Metadata, Page, Parameters, merged
from devstack.stripe.routing import Route, get, post, retrieve
from devstack.stripe.shapes import Json

_REASONS = ("duplicate", "fraudulent", "requested_by_customer")


class NewRefund(Parameters, kw_only=True):
    charge: str | None = None
    payment_intent: str | None = None
    amount: int | None = None
    reason: str | None = None
    metadata: Metadata | None = None


class Refunds(Page, kw_only=True):
    charge: str | None = None
    payment_intent: str | None = None


def create(account: Account, asked: NewRefund) -> Json:
    charge = _charge(account, asked)
    left = charge["amount"] - charge["amount_refunded"]
    amount = left if asked.amount is None else asked.amount
    if asked.reason not in (None, *_REASONS):
        raise Refused(f"Invalid reason: must be one of {', '.join(_REASONS)}", param="reason")
    if not charge["paid"]:
        raise Refused(f"Charge {charge['id']} has not been paid.", param="charge")
    if charge["disputed"]:
        raise Refused(f"Charge {charge['id']} has been charged back.", code="charge_disputed", param="charge")
    if left == 0:
        raise Refused(f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded")
    if not 0 < amount <= left:
        raise Refused(f"Refund amount ({amount}) is greater than unrefunded amount on charge ({left})", param="amount")
    refund = account.new(
        "refund", "re_3", clock=charge["_clock"], amount=amount, balance_transaction=new_id("txn_3"),
        charge=charge["id"], currency=charge["currency"], customer=charge["customer"],
        destination_details={"type": "card", "card": {"type": "refund", "reference_status": "pending"}},
        metadata=merged({}, asked.metadata), payment_intent=charge["payment_intent"],
        payment_method=charge["payment_method"], reason=asked.reason, status="succeeded",
    )  # fmt: skip
    refunded = charge["amount_refunded"] + amount
    account.tell("refund.created", refund)
    account.change(charge, "charge.refunded", amount_refunded=refunded, refunded=refunded == charge["amount"])
    return refund


def search(account: Account, asked: Refunds) -> Json:
    return listing.page(
        account, asked, "refund", "/v1/refunds", owner=asked.charge, payment_intent=asked.payment_intent
    )


def newest_charge(account: Account, customer: str) -> Json:
    """The customer's newest charge that was paid; Missing where there is none."""
    for charge in account.books.all("charge", owner=customer):
        if charge["paid"]:
            return charge
    raise Missing("charge", f"the newest of {customer}")


def _charge(account: Account, asked: NewRefund) -> Json:
    if asked.charge:
        return account.get("charge", asked.charge, "charge")
    if asked.payment_intent is None:
        raise Refused("One of the following params should be provided for this request: payment_intent or charge.")
    intent = account.get("payment_intent", asked.payment_intent, "payment_intent")
    if intent["latest_charge"] is None:
        raise Refused("This PaymentIntent does not have a successful charge to refund.", param="payment_intent")
    return account.get("charge", intent["latest_charge"])


ROUTES: tuple[Route, ...] = (
    post("/v1/refunds", NewRefund, create),
    retrieve("/v1/refunds/{id}", "refund"),
    get("/v1/refunds", Refunds, search),
)
