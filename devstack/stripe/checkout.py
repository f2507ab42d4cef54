"""How does a driver become a subscriber? Checkout sessions, and what paying one does."""

import msgspec

from devstack.stripe import cards, collection, customers, discounts, listing, payments, subscriptions, wishes
from devstack.stripe.account import Account, new_id
from devstack.stripe.errors import Declined, Refused
from devstack.stripe.parameters import Metadata, Moment, Page, Parameters, merged
from devstack.stripe.periods import DAY
from devstack.stripe.routing import Route, get, post, retrieve
from devstack.stripe.shapes import Json, shaped
from devstack.stripe.wishes import DiscountWish, TaxWish, TrialSettings

_PATH = "/v1/checkout/sessions"
_SHORTEST_S = 30 * 60


class Line(msgspec.Struct, forbid_unknown_fields=True):
    price: str | None = None
    quantity: int | None = None


class SubscriptionData(msgspec.Struct, forbid_unknown_fields=True):
    metadata: Metadata | None = None
    description: str | None = None
    trial_period_days: int | None = None
    trial_end: Moment | None = None
    trial_settings: TrialSettings | None = None


class NewSession(Parameters, kw_only=True):
    mode: str
    line_items: list[Line]
    success_url: str
    cancel_url: str | None = None
    allow_promotion_codes: bool | None = None
    automatic_tax: TaxWish | None = None
    billing_address_collection: str | None = None
    client_reference_id: str | None = None
    customer: str | None = None
    customer_email: str | None = None
    customer_update: dict[str, str] | None = None
    discounts: list[DiscountWish] | None = None
    expires_at: Moment | None = None
    locale: str | None = None
    metadata: Metadata | None = None
    payment_method_collection: str = "always"
    payment_method_types: list[str] | None = None
    subscription_data: SubscriptionData | None = None


class Sessions(Page, kw_only=True):
    customer: str | None = None
    status: str | None = None
    subscription: str | None = None
    payment_intent: str | None = None


def create(account: Account, asked: NewSession) -> Json:
    if asked.mode != "subscription":
        raise Refused("The stand-in sells subscriptions only: mode must be subscription.", param="mode")
    if asked.customer and asked.customer_email:
        raise Refused("You may only specify one of these parameters: customer, customer_email.", param="customer")
    if asked.allow_promotion_codes and asked.discounts:
        raise Refused(
            "You may only specify one of these parameters: allow_promotion_codes, discounts.", param="discounts"
        )
    customer = customers.living(account, asked.customer) if asked.customer else None
    clock = customer["_clock"] if customer else None
    now = account.now(clock)
    expires_at = asked.expires_at or now + DAY
    if not now + _SHORTEST_S <= expires_at <= now + DAY:
        raise Refused("The expires_at timestamp must be between 30 minutes and 24 hours from now.", param="expires_at")
    prices = wishes.prices_of(account, asked.line_items, "line_items")
    data = asked.subscription_data or SubscriptionData()
    if data.trial_period_days is not None and not 1 <= data.trial_period_days <= 730:
        raise Refused("Invalid trial_period_days: from 1 to 730.", param="subscription_data[trial_period_days]")
    lines = [_line(account, price, quantity) for price, quantity in prices]
    trial = bool(data.trial_period_days or data.trial_end)
    known = (customer["email"], customer["name"]) if customer else (asked.customer_email, None)
    subtotal = 0 if trial else sum(one["amount_subtotal"] for one in lines)
    id = new_id("cs_test_a1", 56)
    session = account.new(
        "checkout.session", "", id=id, clock=clock, adaptive_pricing={"enabled": False},
        allow_promotion_codes=asked.allow_promotion_codes, amount_subtotal=subtotal, amount_total=subtotal,
        automatic_tax={
            "enabled": bool(asked.automatic_tax and asked.automatic_tax.enabled), "liability": None, "provider": None,
            "status": None,
        },
        billing_address_collection=asked.billing_address_collection, cancel_url=asked.cancel_url,
        client_reference_id=asked.client_reference_id, currency=prices[0][0]["currency"], custom_fields=[],
        custom_text=dict.fromkeys(("after_submit", "shipping_address", "submit", "terms_of_service_acceptance")),
        customer=asked.customer, customer_creation=None if customer else "always",
        customer_details=_details(*known),
        customer_email=asked.customer_email, discounts=[], expires_at=expires_at, locale=asked.locale,
        metadata=merged({}, asked.metadata), mode="subscription",
        payment_method_collection=asked.payment_method_collection, payment_method_options={},
        payment_method_types=["card"], payment_status="unpaid", phone_number_collection={"enabled": False},
        shipping_options=[], status="open", success_url=asked.success_url, ui_mode="hosted_page",
        total_details={"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0}, url=f"{account.base}/c/{id}",
        _due=expires_at, _lines=lines, _data=msgspec.to_builtins(data), _code=None,
        _discounts=[msgspec.to_builtins(one) for one in asked.discounts or ()],
    )  # fmt: skip
    if asked.discounts:
        session["_code"] = _coupon(account, asked.discounts[0])
        account.change(session, None, **totals(account, session))
    return session


def totals(account: Account, session: Json) -> Json:
    """What the session costs now, with the coupon that is applied."""
    code = session["_code"]
    off = discounts.reduction(account.get("coupon", code["coupon"]), session["amount_subtotal"]) if code else 0
    return {
        "amount_total": session["amount_subtotal"] - off, "discounts": [code] if code else [],
        "total_details": session["total_details"] | {"amount_discount": off},
    }  # fmt: skip


def apply_code(account: Account, session: Json, code: str) -> None:
    """A promotion code that the driver has typed; an empty one takes it away. Refused for one that is not valid."""
    chosen = None
    if code.strip():
        found = discounts.found(account, code)
        if found is None or found["customer"] not in (None, session["customer"]):
            raise Refused("This code is invalid.", code="promotion_code_invalid")
        chosen = {"coupon": found["promotion"]["coupon"], "promotion_code": found["id"]}
    if begun := session.get("_subscription"):
        subscriptions.expire(account, account.get("subscription", begun))  # it was begun at another price
    session |= {"_code": chosen, "_subscription": None}
    session |= totals(account, session)
    account.books.put(session)


def pay(account: Account, session: Json, number: str, email: str, name: str, *, authenticated: bool = False) -> str:
    """The driver pays with that card: payments.PAID, or NEEDS_ACTION. Declined otherwise; the session stays open."""
    card = cards.recognised(number)
    customer = _customer(account, session, email, name)
    method = cards.attach(account, cards.new_method(account, card, email=email, name=name or None), customer)
    subscription = _subscription(account, session, customer, method)
    invoice = account.get("invoice", subscription["latest_invoice"])
    if invoice["status"] == "open":
        outcome = collection.collect(account, invoice, method, authenticated=authenticated)
    else:
        outcome = payments.PAID
    if outcome == payments.FAILED:
        refused = Declined("Your card was declined. Try another one.", code="card_declined")
        refused.keeps = True
        raise refused
    if outcome == payments.PAID:
        _complete(account, session, customer, account.get("subscription", subscription["id"]), email, name)
    return outcome


def success_url(session: Json) -> str:
    return session["success_url"].replace("{CHECKOUT_SESSION_ID}", session["id"])


def _customer(account: Account, session: Json, email: str, name: str) -> Json:
    if session["customer"] or session.get("_customer"):
        return customers.living(account, session["customer"] or session["_customer"])
    made = customers.create(account, customers.NewCustomer(email=email, name=name or None))
    account.change(session, None, _customer=made["id"])
    return made


def _subscription(account: Account, session: Json, customer: Json, method: Json) -> Json:
    """The session's subscription: begun by the first attempt to pay, and only paid for by the next ones."""
    if begun := session.get("_subscription"):
        subscription = account.get("subscription", begun)
        if subscription["status"] == "incomplete":
            subscriptions.change(account, subscription, default_payment_method=method["id"])
            return subscription
    data, now = msgspec.convert(session["_data"], SubscriptionData), account.now(session["_clock"])
    applied = []
    if code := session["_code"]:
        applied.append(discounts.redeem(account, customer, code["coupon"], code["promotion_code"])["id"])
    wish = subscriptions.Wish(
        prices=[(account.get("price", one["price"]["id"]), one["quantity"]) for one in session["_lines"]],
        metadata=merged({}, data.metadata), method=method["id"], description=data.description, discounts=applied,
        trial_end=now + data.trial_period_days * DAY if data.trial_period_days else data.trial_end,
        automatic_tax=session["automatic_tax"]["enabled"],
        missing_method=wishes.missing_method(data.trial_settings),
    )  # fmt: skip
    subscription = subscriptions.begin(account, customer, wish)
    account.change(session, None, _subscription=subscription["id"])
    invoice = account.get("invoice", subscription["latest_invoice"])
    if not invoice["amount_due"]:
        collection.collect(account, invoice)
    return account.get("subscription", subscription["id"])


def _complete(account: Account, session: Json, customer: Json, subscription: Json, email: str, name: str) -> None:
    customer = account.get("customer", customer["id"])
    if customer["email"] is None:
        account.change(customer, "customer.updated", email=email)
    if customer["invoice_settings"]["default_payment_method"] is None:
        method = account.get("payment_method", subscription["default_payment_method"])
        customers.use_method(account, customer, method)
    free = not account.get("invoice", subscription["latest_invoice"])["amount_due"]
    account.change(
        session, None, status="complete", payment_status="no_payment_required" if free else "paid", url=None,
        customer=customer["id"], customer_details=_details(email, name or None), subscription=subscription["id"],
        invoice=subscription["latest_invoice"], _due=None,
    )  # fmt: skip
    account.tell("checkout.session.completed", session)


def expire(account: Account, _asked: Parameters, id: str) -> Json:
    session = account.get("checkout.session", id)
    if session["status"] != "open":
        raise Refused(
            f'Only Checkout Sessions with a status in ["open"] can be expired; this one is {session["status"]}.'
        )
    account.change(session, None, status="expired", url=None, _due=None)
    account.tell("checkout.session.expired", session)
    return session


def search(account: Account, asked: Sessions) -> Json:
    fields = {name: getattr(asked, name) for name in ("status", "subscription", "payment_intent")}
    return listing.page(account, asked, "checkout.session", _PATH, owner=asked.customer, **fields)


def list_lines(account: Account, _asked: Page, id: str) -> Json:
    return listing.whole(account.get("checkout.session", id)["_lines"], f"{_PATH}/{id}/line_items")


def _line(account: Account, price: Json, quantity: int) -> Json:
    amount = price["unit_amount"] * quantity
    return shaped(
        "item", id=new_id("li_1"), amount_discount=0, amount_subtotal=amount, amount_tax=0, amount_total=amount,
        currency=price["currency"], description=subscriptions.product_name(account, price), metadata={}, price=price,
        quantity=quantity,
    )  # fmt: skip


def _details(email: str | None, name: str | None) -> Json:
    return {
        "address": cards.no_address(), "business_name": None, "email": email, "individual_name": None, "name": name,
        "phone": None, "tax_exempt": "none", "tax_ids": [],
    }  # fmt: skip


def _coupon(account: Account, wish: DiscountWish) -> Json:
    if wish.promotion_code:
        code = account.get("promotion_code", wish.promotion_code, "discounts[0][promotion_code]")
        return {"coupon": code["promotion"]["coupon"], "promotion_code": code["id"]}
    return {"coupon": account.get("coupon", wish.coupon or "", "discounts[0][coupon]")["id"], "promotion_code": None}


ROUTES: tuple[Route, ...] = (
    post(_PATH, NewSession, create),
    retrieve(f"{_PATH}/{{id}}", "checkout.session"),
    post(f"{_PATH}/{{id}}/expire", Parameters, expire),
    get(f"{_PATH}/{{id}}/line_items", Page, list_lines),
    get(_PATH, Sessions, search),
)
