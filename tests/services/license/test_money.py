"""What becomes of a licence when money comes, fails to come, and goes back: over real webhooks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from license_service import LicenseWithStripe
from waiting import eventually

PRO = ("widgets", "maps.unlimited", "history", "channel.beta")


async def paying(shop: LicenseWithStripe) -> UUID:
    """An account whose trial is over and whose first month is paid."""
    user = await shop.subscriber()
    await shop.stripe.advance(15)
    await shop.stands(user, plan="pro", subscription_status="active")
    return user


async def test_a_card_that_stops_paying_has_a_grace_from_the_first_failure_and_paying_ends_it(shop: LicenseWithStripe):
    user = await paying(shop)
    customer, subscription = await shop.customer_of(user), await shop.subscription_of(user)
    await shop.stripe.control("dunning", days=[1, 3, 5, 7, 20], then="unpaid")
    await shop.stripe.control("card", customer=customer, card="decline")
    await shop.stripe.advance_past(subscription)
    first = await shop.stands(user, code="grace_past_due", valid=True, plan="pro")
    await shop.stripe.advance(4)
    await shop.all_errands_done()
    later = await shop.stands(user, code="grace_past_due")
    assert first["grace_until"] == later["grace_until"], "no failure but the first counts"
    await shop.stripe.advance(11)
    suspended = await shop.stands(user, code="suspended_unpaid", valid=False, plan="pro")
    assert suspended["entitlements"] == ["widgets"]
    await shop.stripe.control("card", customer=customer, card="ok")
    open_ones = await shop.stripe.v1.invoices.list_async({"customer": customer, "status": "open"})
    await shop.stripe.v1.invoices.pay_async(str(open_ones.data[0].id))
    back = await shop.stands(user, code="valid", valid=True, plan="pro")
    assert (tuple(back["entitlements"]), back["grace_until"]) == (PRO, None)
    failures = await shop.published("payment.failed", user, 5)
    assert [event["attempt"] for event in failures] == [1, 2, 3, 4, 5][: len(failures)]
    assert {event["grace_until"][:10] for event in failures} == {first["grace_until"][:10]}


async def test_money_that_goes_back_takes_the_plan_along_and_in_part_it_does_not(shop: LicenseWithStripe):
    user = await paying(shop)
    customer = await shop.customer_of(user)
    await shop.stripe.control("refund", of=customer, amount=100)
    await shop.published("payment.refunded", user, 1)
    assert (await shop.status(user))["code"] == "valid"
    await shop.stripe.control("refund", of=customer)
    await shop.stands(user, code="refunded", valid=False, plan="pro", entitlements=["widgets"])
    refunds = await shop.published("payment.refunded", user, 2)
    assert [(event["amount"], event["is_full"]) for event in refunds] == [(100, False), (499, True)]
    await shop.stripe.advance_past(await shop.subscription_of(user))
    await shop.stands(user, code="valid", plan="pro")


async def test_a_dispute_suspends_until_it_is_won(shop: LicenseWithStripe):
    user = await paying(shop)
    customer = await shop.customer_of(user)
    await shop.stripe.control("dispute", of=customer, action="open")
    await shop.stands(user, code="disputed", valid=False, plan="pro")
    await shop.stripe.control("dispute", of=customer, action="won")
    await shop.stands(user, code="valid", plan="pro")
    kinds = await shop.rows("SELECT kind, amount FROM ledger WHERE user_id = $1 ORDER BY recorded_at, kind", user)
    assert [tuple(row) for row in kinds] == [("payment", 599), ("chargeback", 599), ("chargeback_won", 599)]


async def test_who_cancels_keeps_the_plan_until_the_period_ends(shop: LicenseWithStripe):
    user = await paying(shop)
    subscription = await shop.subscription_of(user)
    await shop.stripe.v1.subscriptions.update_async(subscription, {"cancel_at_period_end": True})
    await shop.stands(user, code="valid", plan="pro", renews_at=None)
    await shop.stripe.control("faults", drop=1.0)  # and nobody tells us of the end
    await shop.stripe.advance_past(subscription)
    await shop.stands(user, code="valid", plan="free", subscription_status="canceled")


async def test_the_better_plan_holds_at_once_and_the_lesser_one_throws_nobody_out(shop: LicenseWithStripe):
    user = await paying(shop)
    subscription = await shop.stripe.v1.subscriptions.retrieve_async(await shop.subscription_of(user))
    item = subscription["items"].data[0].id
    for key, plan, seats in (("team_month", "team", 15), ("pro_month", "pro", 5)):
        price = (await shop.stripe.v1.prices.list_async({"lookup_keys": [key]})).data[0].id
        await shop.stripe.v1.subscriptions.update_async(subscription.id, {"items": [{"id": item, "price": price}]})
        await shop.stands(user, plan=plan, code="valid", max_devices=seats)
        await shop.rows("UPDATE licenses SET active_devices = 12 WHERE user_id = $1", user)


async def test_administrators_give_take_and_see_and_their_reasons_are_kept(shop: LicenseWithStripe):
    user, admin = await shop.driver(), uuid4()
    body = {"plan": "team", "reason": "runs the winter cup", "until": "2099-01-01T00:00:00Z"}
    for role in ("driver", "moderator", "release_manager"):
        assert (await shop.ask("POST", f"users/{user}/grant", admin, body, role=role))[0] == 403
    status, said = await shop.ask("POST", f"users/{user}/grant", admin, body, role="admin")
    assert (status, said["status"]["plan"], said["status"]["code"]) == (200, "team", "valid")
    status, said = await shop.ask("POST", f"users/{user}/revoke", admin, {"reason": "sold the account"}, role="admin")
    assert (status, said["status"]["code"], said["status"]["entitlements"]) == (200, "revoked", [])
    status, said = await shop.ask("GET", f"users/{user}", admin, role="admin")
    acts = [(act["act"], act["reason"], act["by"]) for act in said["acts"]]
    assert acts == [("revoke", "sold the account", str(admin)), ("grant", "runs the winter cup", str(admin))]
    for wrong, field in (({"plan": "gold"}, "plan"), ({"until": "2020-01-01T00:00:00Z"}, "until")):
        status, said = await shop.ask("POST", f"users/{user}/grant", admin, {**body, **wrong}, role="admin")
        assert (status, said["errors"][0]["field"]) == (422, field)
    assert (await shop.ask("GET", f"users/{uuid4()}", admin, role="admin"))[1]["code"] == "account_unknown"
    changes = await shop.published("license.changed", user, 3)
    assert [event["reason"] for event in changes] == ["opened", "plan_changed", "revoked"]


async def test_what_was_given_until_a_day_is_over_then(shop: LicenseWithStripe):
    user = await shop.driver()
    until = (datetime.now(UTC) + timedelta(days=5)).isoformat()
    await shop.ask("POST", f"users/{user}/grant", uuid4(), {"plan": "pro", "reason": "abc", "until": until}, "admin")
    await shop.stands(user, plan="pro", code="valid")
    await shop.stripe.advance(4)
    assert (await shop.status(user))["plan"] == "pro"
    await shop.stripe.advance(1.1)
    await shop.stands(user, plan="free", code="valid")


async def test_who_is_erased_pays_no_more_and_is_in_the_books_without_a_name(shop: LicenseWithStripe):
    user = await paying(shop)
    customer = await shop.customer_of(user)
    await shop.ask("POST", f"users/{user}/grant", uuid4(), {"plan": "pro", "reason": "knows Ann"}, "admin")
    await shop.stripe.control("faults", errors=6)
    await shop.erase(user)

    async def nothing_runs() -> bool:
        found = await shop.stripe.v1.subscriptions.list_async({"customer": customer, "status": "all"})
        return {each.status for each in found.data} == {"canceled"}

    await shop.stripe.control("faults")
    await eventually(nothing_runs)
    await shop.stripe.control("refund", of=(await shop.stripe.v1.charges.list_async({"customer": customer})).data[0].id)
    await shop.all_errands_done()

    async def written() -> bool:
        return len(await shop.rows("SELECT 1 FROM ledger WHERE customer_id = $1", customer)) == 2

    await eventually(written)
    for table in ("licenses", "subscriptions", "customers", "checkouts", "ledger"):
        assert await shop.rows(f"SELECT 1 FROM {table} WHERE user_id = $1", user) == [], table
    assert [row["reason"] for row in await shop.rows("SELECT reason FROM admin_acts")] == [None]
    assert (await shop.status(user))["code"] == "no_license"
    assert (await shop.stripe.v1.customers.retrieve_async(customer)).to_dict() == {
        "id": customer,
        "object": "customer",
        "deleted": True,
    }


async def test_who_pays_in_the_moment_of_being_erased_pays_no_second_time(shop: LicenseWithStripe):
    user = await shop.driver()
    url = (await shop.checkout(user))["url"]
    await shop.stripe.control("faults", errors=100_000)
    await shop.erase(user)
    assert await shop.pay(url) == 303
    await eventually(lambda: shop.rows("SELECT 1 FROM forgotten WHERE user_id = $1", user))
    await shop.stripe.control("faults")
    (subscription,) = shop.stripe.engine.account.books.all("subscription")

    async def over() -> bool:
        return (await shop.stripe.v1.subscriptions.retrieve_async(subscription["id"])).status == "canceled"

    await eventually(over)
    assert await shop.rows("SELECT 1 FROM subscriptions") == []
