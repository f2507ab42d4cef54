"""What webhooks lost is found and healed, once a night or by an operator's command."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from license_service import LicenseWithStripe, clock_of

from chassis.database import Database
from services.license import commands
from services.license.money import Money


@pytest.fixture
def shell(shop: LicenseWithStripe, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]):
    """Runs a command as an operator would; returns its exit code, what it said, and what it complained of."""
    for name in ("database_url", "stripe_secret_key", "stripe_api_base", "public_url"):
        monkeypatch.setenv(name.upper(), getattr(shop.settings, name))

    async def run(*arguments: str) -> tuple[int, str, str]:
        capfd.readouterr()
        code = await asyncio.to_thread(commands.main, arguments)
        out, err = capfd.readouterr()
        return code, out.rpartition("\n")[0], err  # the service beside it logs into the same

    return run


async def test_a_checkout_of_which_every_webhook_was_lost_is_found(shop: LicenseWithStripe, shell):
    user = await shop.driver()
    url = (await shop.checkout(user))["url"]
    await shop.stripe.control("faults", drop=1.0)
    await shop.pay(url)
    assert (await shop.status(user))["plan"] == "free"
    code, said, _ = await shell("reconcile")
    assert code == 0
    assert "Looked at 1, healed 1." in said
    assert "now pro trialing" in said
    assert (await shop.status(user))["plan"] == "pro"
    code, said, _ = await shell("reconcile", "--since", "2d", "--json")
    report = msgspec.json.decode(said[said.index("{\n") :])
    assert report == {"looked_at": 1, "healed": [], "failed": []}


async def test_a_refund_after_the_end_of_which_nobody_told_us_is_written_down(shop: LicenseWithStripe, shell):
    user = await shop.subscriber()
    await shop.stripe.advance(15)
    await shop.stands(user, subscription_status="active")
    await shop.stripe.v1.subscriptions.cancel_async(await shop.subscription_of(user))
    await shop.stands(user, plan="free")
    await shop.stripe.control("faults", drop=1.0)
    await shop.stripe.control("refund", of=await shop.customer_of(user))
    code, said, _ = await shell("reconcile", "--since", "4d")
    assert (code, "refund re_" in said) == (0, True)


async def test_who_is_a_customer_no_more_has_no_subscription(shop: LicenseWithStripe, shell):
    deleted, gone = await shop.subscriber(), await shop.subscriber()
    await shop.stripe.v1.customers.delete_async(await shop.customer_of(deleted))
    await shop.stands(deleted, plan="free", subscription_status="canceled")
    shop.stripe.engine.account.books.forget(await shop.customer_of(gone))
    code, said, _ = await shell("reconcile")
    assert (code, "now pro canceled" in said) == (0, True)
    assert (await shop.status(gone))["plan"] == "free"


async def test_everybody_is_looked_at_once_a_night_whichever_replica_comes_first(shop: LicenseWithStripe):
    users = [await shop.subscriber() for _ in range(2)]
    await shop.stripe.control("faults", drop=1.0)
    for user in users:
        await shop.stripe.v1.subscriptions.cancel_async(await shop.subscription_of(user))
    database = Database(shop.settings.database_url, pool_size=4)
    await database.open()
    replicas = [Money(shop.settings, database, clock_of(shop.stripe)) for _ in range(3)]
    night = datetime.now(UTC)
    begun = await asyncio.gather(*(each.reconciliation.nightly(night) for each in replicas))
    assert sorted(begun) == [False, False, True]
    assert not await replicas[0].reconciliation.nightly(night + timedelta(hours=1))
    for user in users:
        await shop.stands(user, plan="free", subscription_status="canceled")
    assert await replicas[0].reconciliation.nightly(night + timedelta(days=1))
    for each in replicas:
        await each.stripe.close()
    await database.close()


async def test_prices_are_compared_made_where_they_are_missing_and_never_changed(
    shop: LicenseWithStripe, shell, monkeypatch: pytest.MonkeyPatch
):
    code, said, _ = await shell("prices")
    assert (code, said.count("the same")) == (0, 4)
    await shop.rows(
        "INSERT INTO plan_prices (plan, interval, lookup_key, amount, currency)"
        " VALUES ('free', 'month', 'tip_month', 100, 'usd')"
    )
    code, said, _ = await shell("prices")
    assert "missing at Stripe" in said
    with monkeypatch.context() as live:
        live.setenv("STRIPE_SECRET_KEY", "sk_live_of_nobody")
        assert (await shell("prices", "--sync"))[0] == 1, "not by accident"
    code, said, _ = await shell("prices", "--sync")
    assert "made at Stripe" in said
    made = (await shop.stripe.v1.prices.list_async({"lookup_keys": ["tip_month"]})).data[0]
    assert (made.unit_amount, made.currency) == (100, "usd")
    await shop.rows("UPDATE plan_prices SET amount = 700 WHERE lookup_key = 'pro_month'")
    code, _, complaint = await shell("prices", "--sync")
    assert (code, "different at Stripe: 5.99 usd / month" in complaint) == (1, True)


async def test_operators_grant_and_revoke_from_a_shell(shop: LicenseWithStripe, shell, monkeypatch):
    user = await shop.driver()
    code, said, _ = await shell("grant", str(user), "pro", "--until", "2099-12-31", "--reason", "a friend of the house")
    assert (code, '"plan": "pro"' in said) == (0, True)
    assert (await shop.status(user))["plan"] == "pro"
    code, said, _ = await shell("revoke", str(user), "--reason", "no friend any more")
    assert (code, (await shop.status(user))["code"]) == (0, "revoked")
    code, said, _ = await shell("account", str(user))
    assert (code, "no friend any more" in said, '"by": null' in said) == (0, True, True)
    code, _, complaint = await shell("grant", str(user), "gold", "--reason", "abc")
    assert (code, "there is no such plan" in complaint) == (1, True)
    monkeypatch.delenv("DATABASE_URL")
    code, _, complaint = await shell("account", str(user))
    assert (code, "DATABASE_URL is not set" in complaint) == (2, True)
