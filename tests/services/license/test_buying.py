"""Buying a plan at a real stand-in for Stripe, over HTTP."""

from __future__ import annotations

import asyncio

import pytest
from license_service import LicenseWithStripe


async def test_who_pays_has_the_plan_within_seconds(shop: LicenseWithStripe):
    user = await shop.driver()
    there = await shop.checkout(user)
    for page in ("done?session=cs_test_1", "cancelled"):
        async with shop.http.get(f"{shop.address}/license/checkout/{page}") as answer:
            assert answer.headers["content-type"].startswith("text/html")
            assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert (await shop.status(user))["plan"] == "free", "to have come back grants nothing"
    assert await shop.pay(there["url"]) == 303
    status = await shop.stands(user, plan="pro", code="valid", subscription_status="trialing", max_devices=5)
    assert "history" in status["entitlements"]
    session = next(shop.stripe.engine.account.books.all("checkout.session"))
    assert (session["client_reference_id"], session["allow_promotion_codes"]) == (str(user), True)
    assert session["automatic_tax"]["enabled"]
    await shop.stripe.advance(15)
    await shop.stands(user, plan="pro", subscription_status="active")
    (paid,) = await shop.published("payment.succeeded", user, 1)
    assert (paid["plan"], paid["amount"], paid["currency"]) == ("pro", 599, "usd")
    assert paid["period_start"] < paid["period_end"]
    await shop.all_errands_done()
    changes = [event["reason"] for event in await shop.published("license.changed", user, 3)]
    assert changes == ["opened", "plan_changed", "renewed"]


async def test_of_a_hundred_checkouts_at_once_there_is_one_customer_and_one_session_to_pay_in(shop: LicenseWithStripe):
    user = await shop.driver()
    there = await asyncio.gather(*(shop.checkout(user) for _ in range(100)))
    assert len({each["url"] for each in there}) == 1
    books = shop.stripe.engine.account.books
    assert len(list(books.all("customer"))) == 1
    other = await shop.checkout(user, "team", "year")
    open_ones = [each for each in books.all("checkout.session") if each["status"] == "open"]
    assert [each["url"] for each in open_ones] == [other["url"]], "nobody can pay twice"


async def test_a_key_leads_to_the_same_session_and_is_for_one_wish_only(shop: LicenseWithStripe):
    user = await shop.driver()
    first = await shop.checkout(user, "pro", "year", idempotency_key="once")
    assert await shop.checkout(user, "pro", "year", idempotency_key="once") == first
    asked = {"plan": "team", "interval": "year"}
    status, body = await shop.ask("POST", "checkout", user, asked, idempotency_key="once")
    assert (status, body["code"]) == (422, "idempotency_key_reused")
    stranger = await shop.driver()
    assert await shop.checkout(stranger, "pro", "year", idempotency_key="once") != first


async def test_who_has_a_subscription_is_sent_to_the_portal_also_when_the_webhook_was_lost(shop: LicenseWithStripe):
    user = await shop.driver()
    url = (await shop.checkout(user))["url"]
    await shop.stripe.control("faults", drop=1.0)
    assert await shop.pay(url) == 303
    status, body = await shop.ask("POST", "checkout", user, {"plan": "team", "interval": "month"})
    assert (status, body["code"]) == (409, "already_subscribed")
    assert (await shop.status(user))["plan"] == "pro"
    status, body = await shop.ask("POST", "portal", user)
    assert (status, body["url"].startswith(shop.stripe.url)) == (200, True)


async def test_the_trial_is_once_for_an_account(shop: LicenseWithStripe):
    user = await shop.subscriber()
    await shop.stripe.v1.subscriptions.cancel_async(await shop.subscription_of(user))
    await shop.stands(user, plan="free", subscription_status="canceled")
    assert await shop.pay((await shop.checkout(user))["url"]) == 303
    await shop.stands(user, plan="pro", subscription_status="active")


async def test_what_is_not_for_sale_cannot_be_bought(shop: LicenseWithStripe):
    user = await shop.driver()
    for plan in ("free", "gold"):
        status, body = await shop.ask("POST", "checkout", user, {"plan": plan, "interval": "month"})
        assert (status, body["code"]) == (404, "plan_not_for_sale")
    status, body = await shop.ask("POST", "checkout", user, {"plan": "pro", "interval": "week"})
    assert status == 422
    status, body = await shop.ask("POST", "portal", user)
    assert (status, body["code"]) == (409, "nothing_to_manage")
    await shop.rows("UPDATE plan_prices SET amount = 1 WHERE lookup_key = 'pro_year'")
    status, body = await shop.ask("POST", "checkout", user, {"plan": "pro", "interval": "year"})
    assert (status, body["code"]) == (502, "checkout_impossible"), "never for another price than we say"


async def test_a_price_that_was_replaced_at_stripe_is_found_again(shop: LicenseWithStripe):
    await shop.checkout(await shop.driver())
    (row,) = await shop.rows("SELECT stripe_price_id AS id FROM plan_prices WHERE lookup_key = 'pro_month'")
    old = await shop.stripe.v1.prices.retrieve_async(row["id"])
    new = await shop.stripe.v1.prices.create_async(
        {
            "product": str(old.product),
            "currency": "usd",
            "unit_amount": 599,
            "recurring": {"interval": "month"},
            "lookup_key": "pro_month",
            "transfer_lookup_key": True,
        }
    )
    await shop.stripe.v1.prices.update_async(old.id, {"active": False})
    await shop.checkout(await shop.driver())
    (row,) = await shop.rows("SELECT stripe_price_id AS id FROM plan_prices WHERE lookup_key = 'pro_month'")
    assert row["id"] == new.id


@pytest.mark.parametrize("fault", ["500", "429"])
async def test_while_stripe_is_away_nothing_is_sold_and_all_else_works(shop: LicenseWithStripe, fault: str):
    user = await shop.driver()
    await shop.stripe.control("faults", errors=50, error=fault)
    status, body = await shop.ask("POST", "checkout", user, {"plan": "pro", "interval": "month"})
    assert (status, body["code"], body["retry_after"]) == (503, "unavailable", 5)
    assert (await shop.status(user))["valid"]
    await shop.stripe.control("faults")
    await shop.checkout(user)
    assert len(list(shop.stripe.engine.account.books.all("customer"))) == 1


async def test_while_stripe_thinks_long_about_many_checkouts_licences_are_answered_at_once(shop: LicenseWithStripe):
    users = [await shop.driver() for _ in range(12)]
    for user in users:
        await shop.checkout(user)
    await shop.stripe.control("faults", slow_s=1.5)
    buying = [asyncio.create_task(shop.checkout(user, "team", "year")) for user in users]
    for user in users * 3:
        async with asyncio.timeout(3):
            assert (await shop.status(user))["valid"]
    assert not any(task.done() for task in buying)
    await shop.stripe.control("faults")
    assert len({(await task)["url"] for task in buying}) == 12
