"""How is the stand-in told what Stripe's real world would do by itself? Time, cards, banks, faults: under /_control."""

from collections.abc import Callable

import msgspec
from aiohttp import web

from devstack.stripe import disputes, dunning, faults, refunds
from devstack.stripe.account import Account
from devstack.stripe.customers import living
from devstack.stripe.engine import Engine
from devstack.stripe.errors import Missing, Refused
from devstack.stripe.parameters import LATEST
from devstack.stripe.shapes import Json, public

_CARDS = {"decline": "declined", "insufficient": "insufficient", "ok": "pays", "authenticate": "authenticates"}
_FARTHEST_S = 10 * 366 * 86_400


class Advance(msgspec.Struct, forbid_unknown_fields=True):
    seconds: int


class CardWish(msgspec.Struct, forbid_unknown_fields=True):
    """What every card of the customer does from now on; `as_printed` takes that back."""

    customer: str
    card: str


class RefundWish(msgspec.Struct, forbid_unknown_fields=True):
    """Of the customer's newest charge, or of the charge of that id."""

    of: str
    amount: int | None = None


class DisputeWish(msgspec.Struct, forbid_unknown_fields=True):
    """`open` disputes the customer's newest charge, or that charge; `won` and `lost` end the newest dispute of it."""

    of: str
    action: str = "open"


class Resend(msgspec.Struct, forbid_unknown_fields=True):
    event: str


def add(app: web.Application, engine: Engine, check: Callable[[web.Request], None]) -> None:
    """The routes; they take JSON and the secret key."""

    def route(path: str, takes: type[msgspec.Struct], act: Callable[..., Json], *, runs: bool = False) -> None:
        async def handle(request: web.Request) -> web.Response:
            check(request)
            try:
                asked = msgspec.json.decode(await request.read() or b"{}", type=takes)
            except (msgspec.ValidationError, msgspec.DecodeError) as error:
                raise Refused(str(error)) from None
            with engine.account.books.transaction():
                body = act(engine.account, asked)
            if runs:
                await engine.catch_up()
            engine.deliverer.wake()
            return web.json_response(public(body))

        app.router.add_post(f"/_control/{path}", handle)

    async def show(request: web.Request) -> web.Response:
        check(request)
        return web.json_response(state(engine.account))

    route("advance", Advance, advance, runs=True)
    route("card", CardWish, card)
    route("refund", RefundWish, refund)
    route("dispute", DisputeWish, dispute)
    route("faults", faults.Faults, hold)
    route("dunning", dunning.Dunning, decide)
    route("resend", Resend, resend)
    app.router.add_get("/_control/state", show)


def advance(account: Account, asked: Advance) -> Json:
    if not 0 < asked.seconds <= _FARTHEST_S or account.now() + asked.seconds > LATEST:
        raise Refused("The clock only moves ahead, at most ten years at once, and not beyond 2099.")
    account.advance(asked.seconds)
    return {"now": account.now()}


def card(account: Account, asked: CardWish) -> Json:
    if asked.card not in (*_CARDS, "as_printed"):
        raise Refused(f"A card can {', '.join(_CARDS)} or be as_printed.")
    customer = customer_of(account, asked.customer)
    account.change(customer, None, _card=_CARDS.get(asked.card))
    return customer


def refund(account: Account, asked: RefundWish) -> Json:
    return refunds.create(account, refunds.NewRefund(charge=charge_of(account, asked.of)["id"], amount=asked.amount))


def dispute(account: Account, asked: DisputeWish) -> Json:
    if asked.action not in ("open", "won", "lost"):
        raise Refused("A dispute is opened, won or lost: open, won, lost.")
    if asked.action == "open":
        return disputes.begin(account, charge_of(account, asked.of))
    found = account.books.find(asked.of)
    if found is None or found["object"] != "dispute":
        charge = charge_of(account, asked.of)["id"]
        found = next(account.books.all("dispute", owner=charge), None)
        if found is None:
            raise Missing("dispute", f"of {charge}")
    return disputes.finish(account, found, asked.action)


def hold(account: Account, asked: faults.Faults) -> Json:
    if not 0 <= asked.drop <= 1 or asked.error not in ("500", "429", "timeout"):
        raise Refused("drop is from 0 to 1; error is 500, 429 or timeout.")
    faults.hold(account, asked)
    return msgspec.to_builtins(asked)


def decide(account: Account, asked: dunning.Dunning) -> Json:
    if asked.then not in ("unpaid", "canceled", "past_due"):
        raise Refused("After the last try a subscription is unpaid, canceled or past_due.")
    dunning.decide(account, asked)
    return msgspec.to_builtins(asked)


def resend(account: Account, asked: Resend) -> Json:
    event = account.get("event", asked.event, "event")
    for endpoint in account.books.all("webhook_endpoint"):
        account.books.database.execute(
            "INSERT INTO deliveries (event, endpoint, tries, at) VALUES (?, ?, 0, ?)",
            (event["id"], endpoint["id"], account.real()),
        )
    return event


def state(account: Account) -> Json:
    waiting = account.books.database.execute("SELECT count(*) FROM deliveries").fetchone()[0]
    return {
        "now": account.now(), "ahead_s": account.offset, "objects": account.books.counts(),
        "webhooks_waiting": waiting, "faults": msgspec.to_builtins(faults.now(account)),
        "dunning": msgspec.to_builtins(dunning.rules(account)),
        "subscriptions": [_summary(account, one) for one in account.books.all("subscription")][:50],
    }  # fmt: skip


def customer_of(account: Account, name: str) -> Json:
    """The customer of that id or address; Missing where there is none."""
    if name.startswith("cus_"):
        return living(account, name)
    for customer in account.books.all("customer"):
        if customer["email"] == name and not customer.get("_gone"):
            return customer
    raise Missing("customer", name, "customer")


def charge_of(account: Account, name: str) -> Json:
    """The charge of that id, or the newest that the customer of that id or address has paid."""
    if name.startswith(("ch_", "py_")):
        return account.get("charge", name, "charge")
    return refunds.newest_charge(account, customer_of(account, name)["id"])


def _summary(account: Account, subscription: Json) -> Json:
    item = subscription["items"]["data"][0]
    return {
        "id": subscription["id"], "customer": account.get("customer", subscription["customer"])["email"],
        "status": subscription["status"], "price": item["price"]["lookup_key"] or item["price"]["id"],
        "until": item["current_period_end"], "cancel_at": subscription["cancel_at"],
    }  # fmt: skip
