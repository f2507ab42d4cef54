"""Buying a plan at a real stand-in for Stripe, over HTTP."""

from __future__ import annotations

from license_service import LicenseWithStripe


async def test_who_pays_has_the_plan_within_seconds(shop: LicenseWithStripe):
    user = await shop.driver()
    url = (await shop.checkout(user))["url"]
    assert (await shop.status(user))["plan"] == "free"
    assert await shop.pay(url) == 303
    status = await shop.stands(user, plan="pro", code="valid", valid=True)
    assert status["subscription_status"] == "trialing"
