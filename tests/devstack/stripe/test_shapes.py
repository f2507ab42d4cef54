import json
import os
from pathlib import Path
from typing import Any

import pytest
from published import classes, declared, promised, unlike
from stand_in import StandIn

from devstack.stripe.shapes import MORE, SHAPES, Field, complaints, public, shaped


@pytest.mark.parametrize("kind", sorted(SHAPES))
def test_every_promised_field_is_one_of_the_sdk_and_may_be_null_only_where_the_sdk_says_so(kind: str):
    fields = declared(classes()[kind])
    assert [name for name in SHAPES[kind] if name not in fields] == []
    assert [name for name in MORE.get(kind, ()) if name not in fields] == []
    assert [name for name, field in SHAPES[kind].items() if field.nullable and not fields[name]] == []


def test_the_promise_is_what_stripe_publishes():
    if not (path := os.environ.get("STRIPE_FIXTURES")):
        pytest.skip("STRIPE_FIXTURES does not name Stripe's published fixtures (openapi/fixtures3.json)")
    published = json.loads(Path(path).read_text())["resources"]
    assert {kind: found for kind in SHAPES if (found := promised(kind, published[kind]))} == {}


def test_an_object_has_all_its_fields_and_none_that_is_not_promised():
    made = shaped("dispute", id="du_1", amount=5, _ours=1)
    assert made.keys() - {"_ours"} == SHAPES["dispute"].keys()
    assert (made["object"], made["livemode"], made["reason"]) == ("dispute", False, None)
    assert "_ours" not in public([made])[0]
    with pytest.raises(LookupError, match="dispute has no field colour"):
        shaped("dispute", colour="red")


def test_a_wrong_kind_a_missing_field_and_a_strange_one_are_complained_about_wherever_they_are():
    event = shaped("event", id="evt_1", created=1, type="x", data={}, pending_webhooks=0)
    assert complaints([event]) == []
    wrong = {**event, "created": "yesterday", "colour": "red"}
    del wrong["type"]
    assert complaints({"data": [wrong]}) == ["/event lacks type", "/event.created is 'yesterday'", "/event has colour"]


def test_a_boolean_is_not_an_integer_and_an_id_may_be_expanded():
    assert not Field("amount", (int,), nullable=False).allows(True)
    assert Field("customer", (str,), nullable=False).allows({"object": "customer"})
    assert not Field("customer", (str,), nullable=False).allows({"name": "customer"})


async def test_every_object_that_is_answered_and_told_keeps_the_promise(stripe: StandIn):
    await _live(stripe)
    seen: set[str] = set()
    for thing in _everything(stripe):
        assert complaints(public(thing)) == []
        assert unlike(classes()[thing["object"]], public(thing), thing["object"]) == []
        seen.add(thing["object"])
    asked = {"limit": 100, "expand": ["data.payments", "data.customer", "data.lines"]}
    invoices = (await stripe.v1.invoices.list_async(asked)).to_dict()  # type: ignore[arg-type]  # a plain dict
    assert complaints(invoices) == []
    assert invoices["data"][0]["payments"]["data"][0]["object"] == "invoice_payment"
    inside = {"subscription_item", "line_item", "item"}
    assert set(SHAPES) - inside <= seen


def _everything(stripe: StandIn) -> list[dict[str, Any]]:
    books = stripe.engine.account.books
    return [thing for kind in books.counts() for thing in books.all(kind)]


async def _live(stripe: StandIn) -> None:
    """A little of everything happens."""
    price = await stripe.price()
    coupon = await stripe.v1.coupons.create_async({"percent_off": 50, "duration": "repeating", "duration_in_months": 3})
    code = await stripe.v1.promotion_codes.create_async(
        {"promotion": {"type": "coupon", "coupon": coupon.id}, "code": "HALF"}
    )
    clock = await stripe.v1.test_helpers.test_clocks.create_async({"frozen_time": 1_800_000_000})
    subscriber = await stripe.subscriber(price, discounts=[{"promotion_code": code.id}])
    await stripe.subscriber(price, email="other@raceoverlay.example", test_clock=clock.id, trial_period_days=10)
    await stripe.v1.checkout.sessions.create_async(
        {
            "mode": "subscription",
            "line_items": [{"price": price.id}],
            "success_url": "https://raceoverlay.example/done",
            "discounts": [{"coupon": coupon.id}],
        }
    )
    customer = str(subscriber.customer)
    await stripe.v1.billing_portal.sessions.create_async({"customer": customer})
    endpoint = {"url": "http://127.0.0.1:9/nobody", "enabled_events": ["never.happens"]}
    await stripe.v1.webhook_endpoints.create_async(endpoint)  # type: ignore[arg-type]  # a type of event of our own
    await stripe.control("refund", of=customer, amount=100)
    await stripe.advance(31)
    await stripe.control("dispute", of=customer)
    await stripe.control("card", customer=customer, card="decline")
    await stripe.advance(31)
    await stripe.control("card", customer=customer, card="authenticate")
    await stripe.advance(1)
    other = await stripe.price(900)
    items: list[Any] = [{"id": subscriber["items"].data[0].id, "price": other.id}]
    await stripe.v1.subscriptions.update_async(subscriber.id, {"items": items, "cancel_at_period_end": True})
    await stripe.v1.subscriptions.cancel_async(subscriber.id)
