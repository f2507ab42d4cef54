"""The portal's page, as a browser without a script uses it."""

import aiohttp
import stripe as sdk
from stand_in import StandIn


async def page_of(stripe: StandIn, subscription: sdk.Subscription) -> str:
    asked = {"customer": str(subscription.customer), "return_url": "https://raceoverlay.example/account"}
    return (await stripe.v1.billing_portal.sessions.create_async(asked)).url  # type: ignore[arg-type]  # a plain dict


async def press(http: aiohttp.ClientSession, page: str, action: str, **more: str) -> str:
    async with http.post(page, data={"action": action} | more) as answer:
        return await answer.text()


async def test_a_driver_cancels_and_changes_their_mind(stripe: StandIn, http: aiohttp.ClientSession):
    bought = await stripe.subscriber(await stripe.price())
    page = await page_of(stripe, bought)
    async with http.get(page) as answer:
        text = await answer.text()
    assert "It renews on" in text
    assert "https://raceoverlay.example/account" in text
    assert "It is not renewed any more" in await press(http, page, "cancel")
    assert (await stripe.v1.subscriptions.retrieve_async(bought.id)).cancel_at_period_end
    assert "It goes on" in await press(http, page, "resume")
    assert not (await stripe.v1.subscriptions.retrieve_async(bought.id)).cancel_at_period_end


async def test_a_driver_whose_card_failed_takes_another_and_pays(stripe: StandIn, http: aiohttp.ClientSession):
    bought = await stripe.subscriber(await stripe.price())
    page = await page_of(stripe, bought)
    assert "From now on this card pays" in await press(http, page, "card", number="4000 0000 0000 0341")
    await stripe.advance_past(bought.id)
    invoice = (await stripe.v1.invoices.list_async({"customer": str(bought.customer), "status": "open"})).data[0]
    page = await page_of(stripe, bought)
    assert "Your card was declined" in await press(http, page, "pay", invoice=invoice.id)
    assert "Your card was declined" in await press(http, page, "card", number="4000 0000 0000 0002")
    assert "From now on this card pays" in await press(http, page, "card", number="5555 5555 5555 4444")
    assert "Paid. Thank you." in await press(http, page, "pay", invoice=invoice.id)
    assert (await stripe.v1.subscriptions.retrieve_async(bought.id)).status == "active"


async def test_a_driver_switches_the_plan_to_one_that_is_sold(stripe: StandIn, http: aiohttp.ClientSession):
    bought, other = await stripe.subscriber(await stripe.price(500)), await stripe.price(900)
    page = await page_of(stripe, bought)
    assert "That plan is not sold" in await press(http, page, "switch", price="price_none")
    assert "Switched" in await press(http, page, "switch", price=other.id)
    found = await stripe.v1.subscriptions.retrieve_async(bought.id)
    assert found["items"].data[0].price.id == other.id


async def test_nobody_pays_the_invoices_of_others_there_and_the_page_closes_after_an_hour(
    stripe: StandIn, http: aiohttp.ClientSession
):
    price = await stripe.price()
    mine, other = await stripe.subscriber(price), await stripe.subscriber(price, email="other@raceoverlay.example")
    page = await page_of(stripe, mine)
    assert "not an invoice of yours" in await press(http, page, "pay", invoice=str(other.latest_invoice))
    real = stripe.engine.account.real
    stripe.engine.account.real = lambda: real() + 3_601
    async with http.get(page) as answer:
        assert "no longer open" in await answer.text()


async def test_an_open_invoice_has_a_page_of_its_own(stripe: StandIn, http: aiohttp.ClientSession):
    bought = await stripe.subscriber(await stripe.price(599), payment_behavior="default_incomplete")
    invoice = await stripe.v1.invoices.retrieve_async(str(bought.latest_invoice))
    assert invoice.hosted_invoice_url
    async with http.get(invoice.hosted_invoice_url) as answer:
        assert "Pay $5.99" in await answer.text()
    assert "Paid. Thank you." in await press(http, invoice.hosted_invoice_url, "pay")
    assert (await stripe.v1.subscriptions.retrieve_async(bought.id)).status == "active"
