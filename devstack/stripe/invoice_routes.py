"""What may be asked of invoices over the API?"""

from devstack.stripe import collection, invoices, listing
from devstack.stripe.account import Account
from devstack.stripe.cards import named
from devstack.stripe.errors import Declined, Refused
from devstack.stripe.parameters import Metadata, Page, Parameters, merged
from devstack.stripe.payments import NEEDS_ACTION, PAID
from devstack.stripe.routing import Route, get, post, retrieve
from devstack.stripe.shapes import Json


class Invoices(Page, kw_only=True):
    customer: str | None = None
    status: str | None = None
    subscription: str | None = None


class InvoiceChange(Parameters, kw_only=True):
    description: str | None = None
    metadata: Metadata | None = None


class Payment(Parameters, kw_only=True):
    payment_method: str | None = None
    off_session: bool = True


class Finalizing(Parameters, kw_only=True):
    auto_advance: bool = False


def search(account: Account, asked: Invoices) -> Json:
    owner = asked.customer
    if asked.subscription and owner is None:
        owner = account.get("subscription", asked.subscription, "subscription")["customer"]
    fields = {"_subscription": asked.subscription, "status": asked.status}
    return listing.page(account, asked, "invoice", "/v1/invoices", owner=owner, **fields)


def update(account: Account, asked: InvoiceChange, id: str) -> Json:
    invoice = account.get("invoice", id)
    description = invoice["description"] if asked.description is None else asked.description
    account.change(
        invoice, "invoice.updated", description=description, metadata=merged(invoice["metadata"], asked.metadata)
    )
    return invoice


def pay(account: Account, asked: Payment, id: str) -> Json:
    """Pays it now. What went wrong is kept, and events tell of it, though the answer is a refusal."""
    invoice = account.get("invoice", id)
    if invoice["status"] == "draft":
        invoices.finalize(account, invoice)
    if invoice["status"] != "open":
        raise Refused("Invoice is already paid" if invoice["status"] == "paid" else "Invoice is not open", param="id")
    method = None
    if asked.payment_method:
        method = named(account, asked.payment_method)
        if method["customer"] not in (None, invoice["customer"]):
            raise Refused("The customer does not have that payment method.", param="payment_method")
    elif collection.method_of(account, account.get("subscription", invoice["_subscription"])) is None:
        raise Refused(
            "Cannot charge a customer that has no active card", code="invoice_no_payment_method_types", param="id"
        )
    outcome = collection.collect(account, invoice, method)
    if outcome != PAID:
        refused = Declined("Your card was declined.", code="card_declined", decline_code="generic_decline")
        if outcome == NEEDS_ACTION:
            refused = Declined("The payment needs authentication.", code="invoice_payment_intent_requires_action")
        refused.keeps = True
        raise refused
    return account.get("invoice", id)


def finalize(account: Account, _asked: Finalizing, id: str) -> Json:
    return invoices.finalize(account, account.get("invoice", id))


def void(account: Account, _asked: Parameters, id: str) -> Json:
    return _ended(account, id, "void")


def mark_uncollectible(account: Account, _asked: Parameters, id: str) -> Json:
    return _ended(account, id, "uncollectible")


def _ended(account: Account, id: str, status: str) -> Json:
    invoice = account.get("invoice", id)
    if invoice["status"] not in ("open", "uncollectible"):
        raise Refused(f"You can only do this to an open invoice; this one is {invoice['status']}.", param="id")
    return invoices.end(account, invoice, status)


def lines(account: Account, asked: Page, id: str) -> Json:
    found = account.get("invoice", id)["lines"]
    return found | {"data": found["data"][: asked.limit], "has_more": len(found["data"]) > asked.limit}


ROUTES: tuple[Route, ...] = (
    retrieve("/v1/invoices/{id}", "invoice"),
    post("/v1/invoices/{id}", InvoiceChange, update),
    post("/v1/invoices/{id}/pay", Payment, pay),
    post("/v1/invoices/{id}/finalize", Finalizing, finalize),
    post("/v1/invoices/{id}/void", Parameters, void),
    post("/v1/invoices/{id}/mark_uncollectible", Parameters, mark_uncollectible),
    get("/v1/invoices/{id}/lines", Page, lines),
    get("/v1/invoices", Invoices, search),
)
