"""Stripe's messages: which are believed to be Stripe's, and that nothing that was once accepted is lost."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import msgspec
import pytest
import stripe as sdk
from license_service import WEBHOOKS, LicenseWithStripe

SECRET = "whsec_of_the_tests"


def event(id: str = "evt_1", kind: str = "customer.subscription.updated", **thing: Any) -> bytes:
    body = {"id": id, "object": "event", "type": kind, "data": {"object": {"customer": "cus_nobody", **thing}}}
    return msgspec.json.encode(body)


def signed(body: bytes, secret: str = SECRET, ago: float = 0) -> str:
    return sdk.WebhookSignature.generate_signature_header(body.decode(), secret, int(time.time() - ago))


async def post(shop: LicenseWithStripe, body: bytes, signature: str | None) -> tuple[int, str]:
    headers = {} if signature is None else {"stripe-signature": signature}
    async with shop.http.post(f"{shop.address}{WEBHOOKS}", data=body, headers=headers) as answer:
        raw = await answer.read()
        return answer.status, msgspec.json.decode(raw)["code"] if answer.status != 200 else ""


async def test_what_is_not_signed_by_stripe_within_five_minutes_is_refused_and_nothing_stored(shop: LicenseWithStripe):
    body, refused = event(), (400, "invalid_signature")
    for signature in (
        None,
        "",
        "nonsense",
        "t=1,v1=é",
        signed(body, "whsec_of_somebody_else"),
        signed(event("evt_2")),
        signed(body, ago=301),
        signed(body, ago=-400),
        signed(body).replace("v1=", "v0="),
    ):
        assert await post(shop, body, signature) == refused
    assert await post(shop, b"not json", signed(b"not json")) == refused
    assert await post(shop, b'{"id": 1}', signed(b'{"id": 1}')) == refused
    assert await post(shop, b"\xff\xfe", "t=1,v1=00") == refused
    status, _ = await post(shop, b"x" * (257 << 10), signed(body))
    assert status == 413
    assert await shop.rows("SELECT id FROM errands") == []


async def test_each_of_two_secrets_is_taken_and_a_repetition_is_silence(shop: LicenseWithStripe):
    for number, secret in enumerate((SECRET, "whsec_the_one_before")):
        body = event(f"evt_{number}")
        for _ in range(3):
            assert await post(shop, body, signed(body, secret)) == (200, "")
    old = event("evt_9")
    assert await post(shop, old, signed(old, ago=290)) == (200, "")
    assert [row["id"] for row in await shop.rows("SELECT id FROM errands ORDER BY id")] == ["evt_0", "evt_1", "evt_9"]


async def test_what_means_nothing_to_us_is_answered_and_forgotten(shop: LicenseWithStripe):
    for number, kind in enumerate(("payment_method.attached", "a.kind.of.tomorrow", "customer.created")):
        body = event(f"evt_{number}", kind)
        assert await post(shop, body, signed(body)) == (200, "")
    body = event("evt_8", "charge.succeeded", customer=None)  # of somebody who is no customer
    assert await post(shop, body, signed(body)) == (200, "")
    assert await shop.rows("SELECT id FROM errands") == []


async def test_a_customer_whom_nobody_knows_is_no_trouble(shop: LicenseWithStripe):
    body = event()
    assert await post(shop, body, signed(body)) == (200, "")
    await shop.all_errands_done()
    assert await shop.rows("SELECT id FROM errands WHERE dead_at IS NOT NULL") == []


async def test_while_stripe_is_away_what_it_said_waits_and_is_not_lost(shop: LicenseWithStripe):
    user = await shop.driver()
    url = (await shop.checkout(user))["url"]
    await shop.stripe.control("faults", errors=12, error="500")
    assert await shop.pay(url) == 303
    await shop.stands(user, plan="pro", code="valid")
    assert await shop.rows("SELECT id FROM errands WHERE dead_at IS NOT NULL") == []


async def test_a_subscription_to_something_that_is_no_plan_is_seen_by_operators_and_can_be_replayed(
    shop: LicenseWithStripe, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    user = await shop.driver()
    made: Any = await shop.stripe.v1.customers.create_async(
        {
            "metadata": {"user_id": str(user)},
            "payment_method": "pm_card_visa",
            "invoice_settings": {"default_payment_method": "pm_card_visa"},
        }
    )
    strange = await shop.stripe.price(777)
    await shop.stripe.v1.subscriptions.create_async({"customer": made.id, "items": [{"price": strange.id}]})
    await shop.all_errands_done()
    assert await shop.rows("SELECT id FROM errands WHERE dead_at IS NOT NULL AND trouble LIKE 'PlanUnknown%'")
    assert (await shop.status(user))["plan"] == "free"
    product: Any = strange.product
    await shop.stripe.v1.products.update_async(product, {"metadata": {"plan": "team"}})
    monkeypatch.setenv("DATABASE_URL", shop.settings.database_url)
    from services.license import commands

    assert await asyncio.to_thread(commands.main, ["errands"]) == 0
    assert "PlanUnknown" in capfd.readouterr().out
    assert await asyncio.to_thread(commands.main, ["errands", "--replay", "all"]) == 0
    assert await asyncio.to_thread(commands.main, ["errands", "--replay", "evt_unknown"]) == 1
    # What a product means is remembered while the service runs: only a restart, or another product, is news.
