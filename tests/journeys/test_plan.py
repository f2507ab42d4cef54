"""A driver's plan in the whole cloud, as the client has it: see it, pay for another, look after the computers."""

from __future__ import annotations

from pathlib import Path

import pytest
from cloud_stack import CloudStack
from laptop_stripe import LaptopStripe
from waiting import eventually

from contracts.license import Interval
from desktop_client.cloud import Cloud
from desktop_client.gateway import GatewayRefused
from desktop_client.licence import Action
from desktop_client.settings import ClientSettings
from desktop_client.vault import FileVault
from desktop_client.windows.browser import may_be_opened
from desktop_client.windows.plan_words import how, in_short


@pytest.mark.timeout(300)
async def test_a_driver_pays_in_the_browser_and_looks_after_the_computers(cloud: CloudStack, tmp_path: Path) -> None:
    assert cloud.stripe is not None
    email, password = await cloud.new_driver("planner")
    settings = ClientSettings(state=tmp_path, gateway=cloud.gateway, ca=cloud.ca, email=email, password=password)
    client = Cloud(settings, vault=FileVault(tmp_path))
    await client.start()
    plans = client.plans
    assert plans is not None
    try:
        await eventually(lambda: client.state.plan == "free" and client.state.is_live)
        assert [plan.name for plan in await plans.offered()] == ["Free", "Pro", "Team"]
        assert how(plans.state) == "There is nothing to pay."

        page = await plans.checkout("pro", Interval.MONTH)
        assert may_be_opened(page)
        async with LaptopStripe.at(cloud.stripe) as stripe:
            assert await stripe.pay(page, email)
        await eventually(lambda: client.state.plan == "pro")
        assert how(plans.state).startswith("A trial until ")
        assert in_short(plans.state) == "Plan: Pro"
        assert may_be_opened(await plans.portal())
        with pytest.raises(GatewayRefused) as refused:
            await plans.checkout("team", Interval.YEAR)
        assert refused.value.code == "already_subscribed"

        this = await plans.this_device()
        assert this is not None
        await plans.rename(this, "Rig in the attic")
        seats = await plans.devices()
        assert [(device.id, device.name) for device in seats.devices] == [(this, "Rig in the attic")]
        assert (seats.max_devices, seats.transfers_left) == (5, 3)

        await plans.remove(this)
        await eventually(lambda: plans.state.action is Action.ACTIVATE)
        assert plans.state.plan is None
        assert (await plans.devices()).devices == ()
        await plans.activate()
        assert client.state.plan == "pro"
    finally:
        await client.stop()
