"""Which page is where, and what do its buttons do? /c/ pays a checkout session, /p/ is the portal, /i/ an invoice."""

from collections.abc import Callable
from functools import partial
from typing import Any

from aiohttp import web

from devstack.stripe import checkout, payments, portal, subscriptions
from devstack.stripe.account import Account
from devstack.stripe.engine import Engine
from devstack.stripe.errors import Refused
from devstack.stripe.pages import day, page, says
from devstack.stripe.shapes import Json

_STATES = {"past_due": "payment failed", "unpaid": "not paid", "trialing": "free trial", "incomplete": "not paid yet"}


def add(app: web.Application, engine: Engine) -> None:
    """The routes; each form is answered by its page, saying what happened, or by the way back."""
    for path, show, act in (
        ("/c/{id}", _pay, _on_pay),
        ("/p/{id}", _portal, _on_portal),
        ("/i/{id}", _invoice, _on_invoice),
    ):
        app.router.add_get(path, partial(_get, engine, show))
        app.router.add_post(path, partial(_post, engine, show, act))


async def _get(engine: Engine, show: Callable[..., web.Response], request: web.Request) -> web.Response:
    try:
        return show(engine.account, request.match_info["id"])
    except Refused as refused:
        return says("That is not here", str(refused), refused.status)


async def _post(
    engine: Engine, show: Callable[..., web.Response], act: Callable[..., Any], request: web.Request
) -> web.StreamResponse:
    id = request.match_info["id"]
    form = {name: str(value) for name, value in (await request.post()).items()}
    try:
        said = engine.keeping(lambda: act(engine.account, id, form))
    except Refused as refused:
        try:
            return show(engine.account, id, note=str(refused), refused=True, form=form)
        except Refused as gone:
            return says("That is not here", str(gone), gone.status)
    if isinstance(said, str):
        return web.Response(status=303, headers={"location": said})
    return show(engine.account, id, **said)


def _pay(account: Account, id: str, note: str = "", form: Json | None = None, **more: Any) -> web.Response:
    session, form = account.get("checkout.session", id), form or {}
    if session["status"] == "complete":
        return says("This is paid", "Nothing is left to do here. You can close this page.")
    if session["status"] == "expired":
        return says("This page is no longer open", "Nothing was charged. Go back to RaceOverlay and start again.", 410)
    lines = session["_lines"]
    recurring, data = lines[0]["price"]["recurring"], session["_data"]
    until = data["trial_end"]
    days = data["trial_period_days"] or (until and max(1, (until - account.now(session["_clock"])) // 86_400))
    customer = account.get("customer", session["customer"]) if session["customer"] else None
    promised = session["_code"] and session["_code"]["promotion_code"]
    email = session["customer_email"] or (customer and customer["email"])
    values = {
        "names": " and ".join(line["description"] for line in lines), "interval": _every(recurring), "lines": lines,
        "trial_days": days or 0, "regular": sum(line["amount_total"] for line in lines), "session": session,
        "code": account.get("promotion_code", promised)["code"] if promised else None, "note": note,
        "number": form.get("number", ""), "email": email or form.get("email", ""), "email_fixed": bool(email),
        "name": form.get("name", ""), "refused": False, "confirm": False,
        "money": partial(subscriptions.money, currency=session["currency"]),
    }  # fmt: skip
    return page("pay.html", **(values | more))


def _on_pay(account: Account, id: str, form: Json) -> Any:
    session = account.get("checkout.session", id)
    if session["status"] != "open":
        return {}
    action = form.get("action")
    if action == "code":
        checkout.apply_code(account, session, form.get("promotion_code", ""))
        return {}
    if action == "refuse":
        return {"note": "You said that it is not you. Nothing was charged.", "refused": True, "form": form}
    known = account.get("customer", session["customer"])["email"] if session["customer"] else session["customer_email"]
    email: str = known or form.get("email", "").strip()
    if "@" not in email:
        raise Refused("Your email address is missing.")
    confirmed = action == "confirm"
    outcome = checkout.pay(
        account, session, form.get("number", ""), email, form.get("name", ""), authenticated=confirmed
    )
    if outcome == payments.NEEDS_ACTION:
        return {"confirm": True, "form": form}
    return checkout.success_url(session)


def _portal(account: Account, id: str, note: str = "", form: Json | None = None, **more: Any) -> web.Response:
    session = portal.opened(account, id)
    customer = account.get("customer", session["customer"])
    subscription = portal.subscription_of(account, customer["id"])
    kept = customer["invoice_settings"]["default_payment_method"]
    values = {
        "session": session, "customer": customer, "subscription": subscription, "note": note, "number": "",
        "card": account.get("payment_method", kept)["card"] if kept else None, "refused": False, "confirm": None,
        "invoices": _invoices(account, customer["id"]),
        "opens_card": bool(more.get("refused")) and (form or {}).get("action") in ("card", "pay"), "prices": [],
        "money": partial(subscriptions.money, currency="usd"), "open_ended": False,
    }  # fmt: skip
    return page("portal.html", **(values | _of_subscription(account, subscription) | more))


def _invoices(account: Account, customer: str) -> list[Json]:
    """The newest twelve that were sent."""
    return [one for one in account.books.all("invoice", owner=customer) if one["status"] != "draft"][:12]


def _of_subscription(account: Account, subscription: Json | None) -> Json:
    if subscription is None:
        return {}
    item, currency = subscription["items"]["data"][0], subscription["currency"]
    price, money = item["price"], partial(subscriptions.money, currency=currency)
    return {
        "plan": subscriptions.product_name(account, price), "amount": price["unit_amount"] * item["quantity"],
        "interval": _every(price["recurring"]), "sentence": _sentence(subscription), "money": money,
        "state": _STATES.get(subscription["status"], subscription["status"]),
        "open_ended": subscription["status"] in ("active", "trialing", "past_due"),
        "prices": [
            {"id": one["id"], "name": subscriptions.product_name(account, one).removeprefix("RaceOverlay "),
             "says": f"{money(one['unit_amount'])} / {_every(one['recurring'])}"}
            for one in portal.other_prices(account, subscription)
        ],
    }  # fmt: skip


def _sentence(subscription: Json) -> str:
    """What comes next, to the driver."""
    end = day(subscriptions.period_end(subscription))
    if subscription["ended_at"]:
        return f"It ended on {day(subscription['ended_at'])}."
    if subscription["cancel_at"]:
        return f"It ends on {day(subscription['cancel_at'])}, and is not renewed."
    return {
        "trialing": f"The first payment is on {end}.",
        "active": f"It renews on {end}.",
        "past_due": "The last payment failed. It is tried again; you can also pay now.",
        "unpaid": "Pay the open invoice to go on.",
        "incomplete": "The first payment is still to come.",
    }.get(subscription["status"], "")


def _on_portal(account: Account, id: str, form: Json) -> Any:
    session = portal.opened(account, id)
    customer = account.get("customer", session["customer"])
    action = form.get("action")
    if action == "card":
        portal.replace_card(account, customer, form.get("number", ""))
        return {"note": "From now on this card pays."}
    if action in ("pay", "confirm"):
        invoice = account.get("invoice", form.get("invoice", ""))
        if invoice["customer"] != customer["id"]:
            raise Refused("That is not an invoice of yours.")
        if portal.pay(account, invoice, authenticated=action == "confirm") == payments.NEEDS_ACTION:
            return {"note": "Your bank asks whether it is you.", "confirm": invoice["id"]}
        return {"note": "Paid. Thank you."}
    subscription = portal.subscription_of(account, customer["id"])
    if subscription is None or action not in ("cancel", "resume", "switch"):
        raise Refused("That cannot be done here.")
    if action == "switch":
        if form.get("price") not in [price["id"] for price in portal.other_prices(account, subscription)]:
            raise Refused("That plan is not sold.")
        portal.switch(account, subscription, form["price"])
        return {"note": "Switched."}
    portal.cancel(account, subscription, at_period_end=action == "cancel")
    return {"note": "It is not renewed any more." if action == "cancel" else "It goes on."}


def _invoice(account: Account, id: str, note: str = "", **more: Any) -> web.Response:
    invoice = account.get("invoice", id)
    values = {
        "invoice": invoice, "note": note, "refused": False, "confirm": False,
        "money": partial(subscriptions.money, currency=invoice["currency"]),
    }  # fmt: skip
    more.pop("form", None)
    return page("invoice.html", **(values | more))


def _on_invoice(account: Account, id: str, form: Json) -> Any:
    confirmed = form.get("action") == "confirm"
    if portal.pay(account, account.get("invoice", id), authenticated=confirmed) == payments.NEEDS_ACTION:
        return {"note": "Your bank asks whether it is you.", "confirm": True}
    return {"note": "Paid. Thank you."}


def _every(recurring: Json) -> str:
    """month, or 3 months."""
    count = recurring["interval_count"]
    return recurring["interval"] if count == 1 else f"{count} {recurring['interval']}s"
