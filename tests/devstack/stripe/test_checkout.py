"""The pay page, as a browser without a script uses it."""

from typing import Any

import aiohttp
import pytest
import stripe as sdk
from stand_in import StandIn

DONE = "https://raceoverlay.example/done?session={CHECKOUT_SESSION_ID}"


async def opened(stripe: StandIn, price: sdk.Price, **more: Any) -> sdk.checkout.Session:
    asked: Any = {"mode": "subscription", "line_items": [{"price": price.id, "quantity": 1}], "success_url": DONE}
    return await stripe.v1.checkout.sessions.create_async(asked | more)


async def press(
    http: aiohttp.ClientSession, session: sdk.checkout.Session, number: str = "4242 4242 4242 4242", **more: str
) -> tuple[int, str]:
    """The status, and where it leads or else what the page says."""
    form = {"action": "pay", "number": number, "email": "driver@raceoverlay.example", "name": "A Driver"} | more
    assert session.url
    async with http.post(session.url, data=form, allow_redirects=False) as answer:
        return answer.status, answer.headers.get("location") or await answer.text()


async def test_paying_leads_back_and_the_session_knows_who_bought_what(stripe: StandIn, http: aiohttp.ClientSession):
    price = await stripe.price(599)
    session = await opened(
        stripe,
        price,
        client_reference_id="user-1",
        metadata={"a": "b"},
        subscription_data={"metadata": {"user_id": "1"}},
    )
    assert session.url
    assert (session.status, session.payment_status, session.amount_total) == ("open", "unpaid", 599)
    async with http.get(session.url) as answer:
        page = await answer.text()
        assert "script" not in page
        assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "$5.99" in page
    assert "4242 4242 4242 4242" in page
    assert await press(http, session) == (303, DONE.replace("{CHECKOUT_SESSION_ID}", session.id))
    paid = await stripe.v1.checkout.sessions.retrieve_async(session.id, {"expand": ["line_items", "subscription"]})
    assert (paid.status, paid.payment_status, paid.client_reference_id, paid.url) == (
        "complete",
        "paid",
        "user-1",
        None,
    )
    assert paid.customer_details
    assert paid.customer_details.email == "driver@raceoverlay.example"
    assert paid.line_items
    assert paid.line_items.data[0].price
    assert paid.line_items.data[0].price.id == price.id
    assert isinstance(paid.subscription, sdk.Subscription)
    assert (paid.subscription.status, paid.subscription.metadata.to_dict()) == ("active", {"user_id": "1"})
    invoice = await stripe.v1.invoices.retrieve_async(str(paid.invoice))
    assert invoice.parent
    assert invoice.parent.subscription_details
    assert invoice.parent.subscription_details.subscription == paid.subscription.id
    assert (await stripe.types())[-1] == "checkout.session.completed"


async def test_a_declined_card_says_so_and_another_one_pays_the_same_subscription(
    stripe: StandIn, http: aiohttp.ClientSession
):
    session = await opened(stripe, await stripe.price())
    for number in ("4000000000000002", "4000 0000 0000 0341"):
        status, said = await press(http, session, number)
        assert status == 200
        assert "Your card was declined" in said
    status, said = await press(http, session, "1234")
    assert "Your card number is incorrect" in said
    assert (await stripe.v1.checkout.sessions.retrieve_async(session.id)).status == "open"
    assert (await press(http, session))[0] == 303
    paid = await stripe.v1.checkout.sessions.retrieve_async(session.id)
    everything = (await stripe.v1.subscriptions.list_async({"status": "all"})).data
    assert [(one.id, one.status) for one in everything] == [(paid.subscription, "active")]
    assert (await stripe.types()).count("charge.failed") == 1


async def test_a_card_that_asks_who_you_are_pays_only_after_a_yes(stripe: StandIn, http: aiohttp.ClientSession):
    session = await opened(stripe, await stripe.price())
    status, said = await press(http, session, "4000 0025 0000 3155")
    assert (status, "Is it you?" in said) == (200, True)
    assert "invoice.payment_action_required" in await stripe.types()
    status, said = await press(http, session, "4000 0025 0000 3155", action="refuse")
    assert "Nothing was charged" in said
    assert (await press(http, session, "4000 0025 0000 3155", action="confirm"))[0] == 303
    paid = await stripe.v1.checkout.sessions.retrieve_async(session.id, {"expand": ["subscription"]})
    assert isinstance(paid.subscription, sdk.Subscription)
    assert paid.subscription.status == "active"
    await stripe.advance(31)
    assert (await stripe.v1.subscriptions.retrieve_async(paid.subscription.id)).status == "active"


async def test_a_trial_needs_no_payment_and_keeps_the_card(stripe: StandIn, http: aiohttp.ClientSession):
    session = await opened(stripe, await stripe.price(), subscription_data={"trial_period_days": 14})
    assert (await press(http, session))[0] == 303
    paid = await stripe.v1.checkout.sessions.retrieve_async(session.id, {"expand": ["subscription"]})
    assert paid.payment_status == "no_payment_required"
    assert isinstance(paid.subscription, sdk.Subscription)
    assert paid.subscription.status == "trialing"
    await stripe.advance(15)
    assert (await stripe.v1.subscriptions.retrieve_async(paid.subscription.id)).status == "active"


async def test_a_promotion_code_makes_it_cheaper_and_a_wrong_one_is_refused(
    stripe: StandIn, http: aiohttp.ClientSession
):
    coupon = await stripe.v1.coupons.create_async({"percent_off": 25, "duration": "once"})
    await stripe.v1.promotion_codes.create_async(
        {"promotion": {"type": "coupon", "coupon": coupon.id}, "code": "PODIUM"}
    )
    session = await opened(stripe, await stripe.price(1_000), allow_promotion_codes=True)
    assert "This code is invalid" in (await press(http, session, action="code", promotion_code="NOPE"))[1]
    assert "Pay $7.50" in (await press(http, session, action="code", promotion_code="podium"))[1]
    assert (await press(http, session))[0] == 303
    paid = await stripe.v1.checkout.sessions.retrieve_async(session.id)
    assert paid.amount_total == 750
    assert (await stripe.v1.invoices.retrieve_async(str(paid.invoice))).amount_paid == 750
    await stripe.advance(31)
    newest = (await stripe.v1.invoices.list_async({"subscription": str(paid.subscription)})).data[0]
    assert newest.amount_paid == 1_000
    assert (await stripe.v1.promotion_codes.list_async({"code": "PODIUM"})).data[0].times_redeemed == 1


async def test_it_expires_after_a_day_or_when_it_is_told_to_and_then_nobody_can_pay(
    stripe: StandIn, http: aiohttp.ClientSession
):
    price = await stripe.price()
    left, ended = await opened(stripe, price), await opened(stripe, price)
    assert (await stripe.v1.checkout.sessions.expire_async(ended.id)).status == "expired"
    assert "no longer open" in (await press(http, ended))[1]
    await stripe.advance(1)
    assert (await stripe.v1.checkout.sessions.retrieve_async(left.id)).status == "expired"
    assert (await stripe.types()).count("checkout.session.expired") == 2
    with pytest.raises(sdk.InvalidRequestError, match="can be expired"):
        await stripe.v1.checkout.sessions.expire_async(ended.id)


async def test_a_customer_who_is_known_keeps_their_address_and_pays_twice_for_nothing(
    stripe: StandIn, http: aiohttp.ClientSession
):
    customer = await stripe.v1.customers.create_async({"email": "known@raceoverlay.example"})
    session = await opened(stripe, await stripe.price(), customer=customer.id)
    assert (await press(http, session, email="other@raceoverlay.example"))[0] == 303
    assert "This is paid" in (await press(http, session))[1]
    assert len((await stripe.v1.charges.list_async({"customer": customer.id})).data) == 1
    found = await stripe.v1.customers.list_async({"email": "known@raceoverlay.example"})
    assert [one.id for one in found.data] == [customer.id]


async def test_a_customer_without_an_address_is_asked_for_one_which_is_kept(
    stripe: StandIn, http: aiohttp.ClientSession
):
    customer = await stripe.v1.customers.create_async({"metadata": {"user_id": "1"}})
    session = await opened(stripe, await stripe.price(), customer=customer.id)
    assert "Your email address is missing" in (await press(http, session, email=""))[1]
    assert (await press(http, session))[0] == 303
    assert (await stripe.v1.customers.retrieve_async(customer.id)).email == "driver@raceoverlay.example"


@pytest.mark.parametrize(
    ("wrong", "param"),
    [
        ({"mode": "payment"}, "mode"),
        ({"line_items": [{"price": "price_none"}]}, "line_items[0][price]"),
        ({"colour": "red"}, "colour"),
        ({"subscription_data": {"colour": "red"}}, "subscription_data[colour]"),
        ({"expires_at": 5}, "expires_at"),
        ({"customer": "cus_1", "customer_email": "a@b.example"}, "customer"),
    ],
)
async def test_what_cannot_be_is_refused_by_its_name(stripe: StandIn, wrong: dict[str, Any], param: str):
    with pytest.raises(sdk.InvalidRequestError) as refused:
        await opened(stripe, await stripe.price(), **wrong)
    assert refused.value.param == param
    assert not (await stripe.v1.checkout.sessions.list_async()).data
