"""Without Stripe's key nothing can be bought, and all else works."""

from __future__ import annotations

import msgspec
import pytest
from license_service import LicenseWithStripe

from chassis.settings import Secret
from services.license.settings import LicenseSettings


@pytest.fixture
def license_settings(license_settings: LicenseSettings) -> LicenseSettings:
    none = Secret("")
    return msgspec.structs.replace(license_settings, stripe_secret_key=none, stripe_webhook_secret=none, public_url="")


async def test_without_a_key_payments_are_unavailable_and_licences_are_not(shop: LicenseWithStripe):
    user = await shop.driver()
    for path, body in (("checkout", {"plan": "pro", "interval": "month"}), ("portal", None), ("webhooks/stripe", {})):
        status, said = await shop.ask("POST", path, user, body)
        assert (status, said["code"]) == (503, "payments_unavailable")
    status, said = await shop.ask(
        "POST", f"users/{user}/grant", user, {"plan": "pro", "reason": "won the cup"}, role="admin"
    )
    assert (status, said["status"]["plan"]) == (200, "pro")
