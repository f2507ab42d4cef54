import pytest
import stripe as sdk
from stand_in import StandIn


async def test_money_goes_back_in_parts_until_nothing_is_left(stripe: StandIn):
    bought = await stripe.subscriber(await stripe.price(1_000))
    charge = (await stripe.v1.charges.list_async({"customer": str(bought.customer)})).data[0]
    first = await stripe.v1.refunds.create_async(
        {"charge": charge.id, "amount": 300, "reason": "requested_by_customer"}
    )
    assert (first.amount, first.status, first.payment_intent) == (300, "succeeded", charge.payment_intent)
    with pytest.raises(sdk.InvalidRequestError, match=r"greater than unrefunded amount on charge \(700\)"):
        await stripe.v1.refunds.create_async({"charge": charge.id, "amount": 701})
    await stripe.v1.refunds.create_async({"payment_intent": str(charge.payment_intent)})
    found = await stripe.v1.charges.retrieve_async(charge.id, {"expand": ["refunds"]})
    assert (found.amount_refunded, found.refunded) == (1_000, True)
    assert found.refunds
    assert [one.amount for one in found.refunds.data] == [700, 300]
    with pytest.raises(sdk.InvalidRequestError) as refused:
        await stripe.v1.refunds.create_async({"charge": charge.id})
    assert refused.value.code == "charge_already_refunded"
    assert (await stripe.types())[-4:] == ["refund.created", "charge.refunded"] * 2
    listed = await stripe.v1.refunds.list_async({"charge": charge.id})
    assert {one.id for one in listed.data} == {one.id for one in found.refunds.data}


async def test_the_money_of_an_invoice_is_found_over_its_payments(stripe: StandIn):
    bought = await stripe.subscriber(await stripe.price(1_000))
    payments = await stripe.v1.invoice_payments.list_async({"invoice": str(bought.latest_invoice)})
    payment = payments.data[0]
    assert (payment.status, payment.amount_paid, payment.payment.type) == ("paid", 1_000, "payment_intent")
    intent = await stripe.v1.payment_intents.retrieve_async(
        str(payment.payment.payment_intent), {"expand": ["latest_charge"]}
    )
    assert isinstance(intent.latest_charge, sdk.Charge)
    assert (intent.status, intent.latest_charge.paid) == ("succeeded", True)
