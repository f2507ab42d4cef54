"""A driver buys Pro, stops paying and comes back, and the overlay on the screen follows within a moment."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from buyers import signed_in
from cloud_stack import CloudStack
from guide import PROJECT, assert_true
from laptop_stripe import NO_CARD, LaptopStripe
from overlay_process import overlay_of

from services.license.door.webhooks import HEARD

GUIDE = PROJECT / "docs" / "payments.md"
SOON_S = 3.0
"""From the payment to the overlay: a second at most where the machine has nothing else to do (bench/license)."""


@pytest.mark.timeout(180)
async def test_the_overlay_is_pro_as_soon_as_it_is_paid_and_free_while_it_is_not(cloud: CloudStack, tmp_path: Path):
    loop = asyncio.get_running_loop()
    async with (
        LaptopStripe.at(cloud.stripe) as stripe,
        signed_in(cloud, "payer") as (buyer,),
        overlay_of(cloud, buyer.email, buyer.password, tmp_path / "client") as overlay,
    ):
        await overlay.says("plan free, valid", within=60)
        page = await buyer.checkout("pro")
        assert not await stripe.pay(page, buyer.email, NO_CARD), "a declined card buys nothing"
        assert (await buyer.status()).plan == "free"

        paid_at = loop.time()
        assert await stripe.pay(page, buyer.email)
        assert await overlay.says("plan pro, valid", since=paid_at) - paid_at < SOON_S
        assert (await buyer.status()).subscription_status == "trialing"

        await stripe.advance(15)
        await buyer.stands("valid", plan="pro", subscription="active")

        await stripe.card(buyer.email, "decline")
        await stripe.advance(31)
        await overlay.says("plan pro, grace_past_due")
        status = await buyer.status()
        assert status.valid
        assert status.grace_until is not None

        await stripe.advance(8)
        await overlay.says("plan None, suspended_unpaid")
        status = await buyer.status()
        assert (status.valid, status.plan, status.entitlements) == (False, "pro", ("widgets",))

        await stripe.card(buyer.email, "as_printed")
        portal, paid_at = await buyer.portal(), loop.time()
        assert await stripe.pay_open_invoice(portal)
        assert await overlay.says("plan pro, valid", since=paid_at) - paid_at < SOON_S
        assert (await buyer.status()).subscription_status == "active"


@pytest.mark.timeout(180)
def test_every_command_of_the_guide_answers_what_the_guide_shows(cloud: CloudStack):
    assert_true(GUIDE, cloud.ca.parent, within=170)


def test_the_guide_names_every_event_that_is_listened_to():
    text = GUIDE.read_text()
    assert [kind for kind in sorted(HEARD) if f"`{kind}`" not in text] == []
