from typing import Any

import pytest
import stripe as sdk
from stand_in import DAY, StandIn


async def switch(stripe: StandIn, subscription: sdk.Subscription, price: sdk.Price, **more: Any) -> sdk.Subscription:
    items: Any = [{"id": subscription["items"].data[0].id, "price": price.id}]
    return await stripe.v1.subscriptions.update_async(subscription.id, {"items": items, **more})


async def newest(stripe: StandIn, subscription: sdk.Subscription) -> sdk.Invoice:
    return (await stripe.v1.invoices.list_async({"subscription": subscription.id, "limit": 1})).data[0]


async def test_a_dearer_plan_costs_the_difference_for_what_is_left_of_the_period(stripe: StandIn):
    bought = await stripe.subscriber(await stripe.price(1_000))
    item = bought["items"].data[0]
    await stripe.advance((item.current_period_end - item.current_period_start) / DAY / 2)
    switched = await switch(stripe, bought, await stripe.price(3_000), proration_behavior="always_invoice")
    assert switched["items"].data[0].current_period_end == item.current_period_end
    invoice = await newest(stripe, bought)
    assert (invoice.billing_reason, invoice.status) == ("subscription_update", "paid")
    assert [one.amount for one in invoice.lines.data] == pytest.approx([-500, 1_500], abs=1)
    assert invoice.amount_paid == pytest.approx(1_000, abs=2)
    parent = invoice.lines.data[0].parent
    assert parent
    assert parent.subscription_item_details
    assert parent.subscription_item_details.proration


async def test_a_cheaper_plan_becomes_a_credit_that_the_next_invoice_uses(stripe: StandIn):
    bought = await stripe.subscriber(await stripe.price(3_000))
    await switch(stripe, bought, await stripe.price(1_000), proration_behavior="always_invoice")
    customer = await stripe.v1.customers.retrieve_async(str(bought.customer))
    assert customer.balance == pytest.approx(-2_000, abs=1)
    await stripe.advance_past(bought.id)
    invoice = await newest(stripe, bought)
    assert (invoice.total, invoice.amount_due, invoice.status) == (1_000, 0, "paid")


async def test_without_being_asked_to_hurry_the_difference_comes_with_the_next_invoice(stripe: StandIn):
    bought = await stripe.subscriber(await stripe.price(1_000))
    await switch(stripe, bought, await stripe.price(2_000))
    assert (await newest(stripe, bought)).billing_reason == "subscription_create"
    await stripe.advance_past(bought.id)
    invoice = await newest(stripe, bought)
    assert len(invoice.lines.data) == 3
    assert invoice.amount_paid == pytest.approx(3_000, abs=2)


async def test_another_interval_begins_a_new_period_and_is_paid_at_once(stripe: StandIn):
    bought = await stripe.subscriber(await stripe.price(500))
    switched = await switch(stripe, bought, await stripe.price(5_000, "year"))
    item = switched["items"].data[0]
    assert item.current_period_end - item.current_period_start >= 365 * DAY
    assert (await newest(stripe, bought)).amount_paid == pytest.approx(4_500, abs=1)


async def test_what_ends_with_its_period_can_be_kept_and_otherwise_ends_then(stripe: StandIn):
    bought = await stripe.subscriber(await stripe.price())
    ending = await stripe.v1.subscriptions.update_async(bought.id, {"cancel_at_period_end": True})
    assert ending.cancel_at == bought["items"].data[0].current_period_end
    kept = await stripe.v1.subscriptions.update_async(bought.id, {"cancel_at_period_end": False})
    assert (kept.cancel_at, kept.canceled_at, kept.status) == (None, None, "active")
    await stripe.v1.subscriptions.update_async(bought.id, {"cancel_at_period_end": True})
    await stripe.advance_past(bought.id)
    ended = await stripe.v1.subscriptions.retrieve_async(bought.id)
    assert (ended.status, ended.ended_at) == ("canceled", ending.cancel_at)
    assert len((await stripe.v1.invoices.list_async({"subscription": bought.id})).data) == 1
    assert (await stripe.types())[-1] == "customer.subscription.deleted"


async def test_a_change_tells_what_was_before(stripe: StandIn):
    bought = await stripe.subscriber(await stripe.price(), metadata={"a": "1", "b": "2"})
    await stripe.v1.subscriptions.update_async(bought.id, {"metadata": {"a": "", "c": "3"}})
    event = (await stripe.v1.events.list_async({"type": "customer.subscription.updated"})).data[0]
    assert event.data.object["metadata"].to_dict() == {"b": "2", "c": "3"}
    assert event.data.previous_attributes
    assert event.data.previous_attributes["metadata"].to_dict() == {"a": "1", "c": None}
    events = len(await stripe.types())
    await stripe.v1.subscriptions.update_async(bought.id, {"metadata": {"c": "3"}})
    assert len(await stripe.types()) == events


async def test_a_trial_can_be_given_and_ended_now(stripe: StandIn):
    bought = await stripe.subscriber(await stripe.price(800), trial_period_days=30)
    ended = await stripe.v1.subscriptions.update_async(bought.id, {"trial_end": "now"})
    assert ended.status == "active"
    assert (await newest(stripe, bought)).amount_paid == 800


async def test_a_payment_that_must_succeed_or_nothing_changes(stripe: StandIn):
    bought = await stripe.subscriber(await stripe.price(500))
    await stripe.control("card", customer=str(bought.customer), card="decline")
    with pytest.raises(sdk.CardError, match="declined"):
        await switch(
            stripe, bought, await stripe.price(900),
            proration_behavior="always_invoice", payment_behavior="error_if_incomplete",
        )  # fmt: skip
    same = await stripe.v1.subscriptions.retrieve_async(bought.id)
    assert same["items"].data[0].price.unit_amount == 500
    assert same.status == "active"


async def test_an_ended_one_cannot_be_changed_or_canceled_again(stripe: StandIn):
    bought = await stripe.subscriber(await stripe.price())
    await stripe.v1.subscriptions.cancel_async(bought.id, {"cancellation_details": {"comment": "enough"}})
    with pytest.raises(sdk.InvalidRequestError):
        await stripe.v1.subscriptions.update_async(bought.id, {"cancel_at_period_end": True})
    with pytest.raises(sdk.InvalidRequestError):
        await stripe.v1.subscriptions.cancel_async(bought.id)
    assert not (await stripe.v1.subscriptions.list_async({"customer": str(bought.customer)})).data
    everything = await stripe.v1.subscriptions.list_async({"customer": str(bought.customer), "status": "all"})
    assert [one.status for one in everything.data] == ["canceled"]
