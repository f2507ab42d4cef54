"""Who buys? Customers, and the payment methods that they keep."""

from typing import Any

import msgspec

from devstack.stripe import cards, listing
from devstack.stripe.account import Account, new_id
from devstack.stripe.errors import Missing, Refused
from devstack.stripe.parameters import Metadata, Page, Parameters, merged, unset
from devstack.stripe.routing import Route, get, post, retrieve
from devstack.stripe.shapes import Json


class InvoiceSettings(msgspec.Struct, forbid_unknown_fields=True):
    default_payment_method: str | None = None


class NewCustomer(Parameters, kw_only=True):
    address: dict[str, str] | str | None = None
    description: str | None = None
    email: str | None = None
    invoice_settings: InvoiceSettings | None = None
    metadata: Metadata | None = None
    name: str | None = None
    payment_method: str | None = None
    phone: str | None = None
    preferred_locales: list[str] | None = None
    test_clock: str | None = None


class CustomerChange(Parameters, kw_only=True):
    address: dict[str, str] | str | None = None
    description: str | None = None
    email: str | None = None
    invoice_settings: InvoiceSettings | None = None
    metadata: Metadata | None = None
    name: str | None = None
    phone: str | None = None
    preferred_locales: list[str] | None = None


class Customers(Page, kw_only=True):
    email: str | None = None
    test_clock: str | None = None


class NewPaymentMethod(Parameters, kw_only=True):
    type: str
    card: dict[str, str]


class Attachment(Parameters, kw_only=True):
    customer: str


class PaymentMethods(Page, kw_only=True):
    customer: str | None = None
    type: str | None = None


def create(account: Account, asked: NewCustomer) -> Json:
    clock = account.get("test_helpers.test_clock", asked.test_clock, "test_clock")["id"] if asked.test_clock else None
    customer = account.new(
        "customer", "cus_", clock=clock, balance=0, delinquent=False, invoice_prefix=new_id("", 8).upper(),
        invoice_settings={"custom_fields": None, "default_payment_method": None, "footer": None,
                          "rendering_options": None},
        metadata={}, next_invoice_sequence=1, preferred_locales=[], tax_exempt="none", test_clock=clock,
    )  # fmt: skip
    customer |= _fields(asked, customer)
    if asked.payment_method:
        attached = cards.attach(account, cards.named(account, asked.payment_method), customer)
        if asked.invoice_settings and asked.invoice_settings.default_payment_method == asked.payment_method:
            asked.invoice_settings.default_payment_method = attached["id"]
    customer |= _default_method(account, asked.invoice_settings, customer)
    account.books.put(customer)
    account.tell("customer.created", customer)
    return customer


def living(account: Account, id: str, param: str = "customer") -> Json:
    """The customer, who has not been deleted; else Missing."""
    customer = account.get("customer", id, param)
    if customer.get("_gone"):
        raise Missing("customer", id, param)
    return customer


def read(account: Account, _asked: Parameters, id: str) -> Json:
    customer = account.get("customer", id)
    return stump(id) if customer.get("_gone") else customer


def update(account: Account, asked: CustomerChange, id: str) -> Json:
    customer = living(account, id, "id")
    changes = _fields(asked, customer) | _default_method(account, asked.invoice_settings, customer)
    account.change(customer, "customer.updated", **changes)
    return customer


def search(account: Account, asked: Customers) -> Json:
    email = asked.email
    return listing.page(account, asked, "customer", "/v1/customers", owner=asked.test_clock, email=email)


def create_method(account: Account, asked: NewPaymentMethod) -> Json:
    number = asked.card.get("number") or cards.TOKENS.get(asked.card.get("token", "").replace("tok_", "pm_card_"), "")
    return cards.new_method(account, cards.recognised(number))


def attach_method(account: Account, asked: Attachment, id: str) -> Json:
    return cards.attach(account, cards.named(account, id), living(account, asked.customer))


def detach_method(account: Account, _asked: Parameters, id: str) -> Json:
    method = account.get("payment_method", id)
    if method["customer"] is None:
        raise Refused("This payment method is attached to nobody.", param="id")
    customer = account.get("customer", method["customer"])
    if customer["invoice_settings"]["default_payment_method"] == id:
        without = customer["invoice_settings"] | {"default_payment_method": None}
        account.change(customer, "customer.updated", invoice_settings=without)
    account.change(method, "payment_method.detached", customer=None)
    return method


def list_methods(account: Account, asked: PaymentMethods) -> Json:
    return listing.page(account, asked, "payment_method", "/v1/payment_methods", owner=asked.customer, type=asked.type)


def list_methods_of(account: Account, asked: PaymentMethods, id: str) -> Json:
    living(account, id)
    url = f"/v1/customers/{id}/payment_methods"
    return listing.page(account, asked, "payment_method", url, owner=id, type=asked.type)


def use_method(account: Account, customer: Json, method: Json) -> None:
    """From now on the customer's invoices are paid with `method`."""
    settings = customer["invoice_settings"] | {"default_payment_method": method["id"]}
    account.change(customer, "customer.updated", invoice_settings=settings)


def _fields(asked: NewCustomer | CustomerChange, customer: Json) -> Json:
    changes: dict[str, Any] = {"metadata": merged(customer["metadata"], asked.metadata)}
    for name in ("address", "description", "email", "name", "phone", "preferred_locales"):
        if (value := getattr(asked, name)) is not None:
            changes[name] = unset(value)
    if isinstance(changes.get("address"), dict):
        changes["address"] = cards.no_address() | changes["address"]
    return changes


def _default_method(account: Account, asked: InvoiceSettings | None, customer: Json) -> Json:
    if asked is None or asked.default_payment_method is None:
        return {}
    method = unset(asked.default_payment_method)
    where = "invoice_settings[default_payment_method]"
    if method and account.get("payment_method", method, where)["customer"] != customer["id"]:
        raise Refused("The customer does not have a payment method with that ID.", param=where)
    return {"invoice_settings": customer["invoice_settings"] | {"default_payment_method": method}}


def stump(id: str) -> Json:
    """What is left of a customer who was deleted."""
    return {"id": id, "object": "customer", "deleted": True}


ROUTES: tuple[Route, ...] = (
    post("/v1/customers", NewCustomer, create),
    get("/v1/customers/{id}", Parameters, read),
    post("/v1/customers/{id}", CustomerChange, update),
    get("/v1/customers", Customers, search),
    get("/v1/customers/{id}/payment_methods", PaymentMethods, list_methods_of),
    post("/v1/payment_methods", NewPaymentMethod, create_method),
    retrieve("/v1/payment_methods/{id}", "payment_method"),
    post("/v1/payment_methods/{id}/attach", Attachment, attach_method),
    post("/v1/payment_methods/{id}/detach", Parameters, detach_method),
    get("/v1/payment_methods", PaymentMethods, list_methods),
)
