"""The door: keys, versions, names of parameters, pages of lists, and what is answered to nonsense."""

from typing import Any

import aiohttp
import pytest
import stripe as sdk
from stand_in import KEY, StandIn

BEARER = {"authorization": f"Bearer {KEY}"}


@pytest.mark.parametrize("key", ["", "sk_test_of_somebody_else"])
async def test_without_the_key_nothing_is_answered(stripe: StandIn, http: aiohttp.ClientSession, key: str):
    for method, path in (("GET", "/v1/customers"), ("POST", "/v1/customers"), ("POST", "/_control/advance")):
        async with http.request(method, stripe.url + path, headers={"authorization": f"Bearer {key}"}) as answer:
            assert answer.status == 401
            assert (await answer.json())["error"]["type"] == "invalid_request_error"


async def test_the_key_may_come_as_a_user_and_every_answer_has_its_request_id(
    stripe: StandIn, http: aiohttp.ClientSession
):
    user = {"authorization": aiohttp.encode_basic_auth(KEY, "")}
    async with http.get(f"{stripe.url}/v1/customers", headers=user) as answer:
        assert answer.status == 200
        assert answer.headers["request-id"].startswith("req_")
        assert await answer.json() == {"object": "list", "data": [], "has_more": False, "url": "/v1/customers"}


@pytest.mark.parametrize(
    ("path", "headers", "status", "said"),
    [
        ("/v1/nothing", {}, 404, "Unrecognized request URL"),
        ("/v1/customers", {"stripe-version": "2019-01-01"}, 400, "Invalid Stripe API version"),
        ("/v1/customers/cus_none", {}, 404, "No such customer: 'cus_none'"),
        ("/v1/customers?limit=0", {}, 400, "Invalid limit"),
        ("/v1/customers?limit=many", {}, 400, "Invalid integer: limit"),
        ("/v1/customers?starting_after=cus_none", {}, 404, "No such customer"),
        ("/v1/customers?colour=red", {}, 400, "Received unknown parameter: colour"),
        ("/v1/customers?created[after]=1", {}, 400, "Received unknown parameter: created[after]"),
        ("/v1/customers?a[b=1", {}, 400, "Invalid parameter name"),
    ],
)
async def test_nonsense_is_refused_in_stripes_words(
    stripe: StandIn, http: aiohttp.ClientSession, path: str, headers: dict[str, str], status: int, said: str
):
    async with http.get(stripe.url + path, headers=BEARER | headers) as answer:
        assert answer.status == status
        assert said in (await answer.json()).get("error", {}).get("message", "")


@pytest.mark.parametrize(
    ("path", "form", "said"),
    [
        ("customers", "metadata=x", "Invalid object"),
        ("customers", "metadata[0]=x", "Invalid metadata"),
        ("customers", "email=a&email[b]=1", "both a value and an object"),
        ("customers", "a[b][c][d][e][f][g][h][i]=1", "Invalid parameter name"),
        ("customers", "&".join(f"a{number}=1" for number in range(1_100)), "Invalid form"),
        ("customers", b"\xff=1", "UTF-8"),
        ("prices", "currency=usd&unit_amount=99999999999999999999&product=p", "Invalid unit_amount"),
        ("coupons", "percent_off=nan", "Invalid percent_off"),
        ("subscriptions", "customer=x&items[0]=y", "Invalid items[0]"),
        ("test_helpers/test_clocks", "frozen_time=99999999999999", "Invalid frozen_time"),
    ],
)
async def test_a_nonsensical_form_is_refused_and_makes_nothing(
    stripe: StandIn, http: aiohttp.ClientSession, path: str, form: str | bytes, said: str
):
    headers = BEARER | {"content-type": "application/x-www-form-urlencoded"}
    async with http.post(f"{stripe.url}/v1/{path}", data=form, headers=headers) as answer:
        assert answer.status == 400
        assert said in (await answer.json())["error"]["message"]
    assert stripe.engine.account.books.counts() == {}


async def test_a_page_of_another_name_cannot_reach_it(stripe: StandIn, http: aiohttp.ClientSession):
    async with http.get(f"{stripe.url}/v1/customers", headers=BEARER | {"host": "evil.example"}) as answer:
        assert answer.status == 421


async def test_lists_go_in_pages_both_ways(stripe: StandIn):
    made = [(await stripe.v1.customers.create_async({"name": str(number)})).id for number in range(7)][::-1]
    page = await stripe.v1.customers.list_async({"limit": 3})
    assert ([one.id for one in page.data], page.has_more) == (made[:3], True)
    page = await stripe.v1.customers.list_async({"limit": 3, "starting_after": made[5]})
    assert ([one.id for one in page.data], page.has_more) == (made[6:], False)
    page = await stripe.v1.customers.list_async({"limit": 3, "ending_before": made[5]})
    assert ([one.id for one in page.data], page.has_more) == (made[2:5], True)
    everything = [one.id async for one in (await stripe.v1.customers.list_async({"limit": 2})).auto_paging_iter()]
    assert everything == made


async def test_what_is_expanded_is_there_and_what_cannot_be_is_refused(stripe: StandIn):
    bought = await stripe.subscriber(await stripe.price())
    asked: Any = ["latest_invoice.payments.data.payment.payment_intent", "customer", "default_payment_method"]
    found = await stripe.v1.subscriptions.retrieve_async(bought.id, {"expand": asked[:2]})
    assert isinstance(found.customer, sdk.Customer)
    assert isinstance(found.latest_invoice, sdk.Invoice)
    assert found.latest_invoice.payments
    payment = found.latest_invoice.payments.data[0].payment.payment_intent
    assert isinstance(payment, sdk.PaymentIntent)
    assert payment.status == "succeeded"
    with pytest.raises(sdk.InvalidRequestError, match="cannot be expanded"):
        await stripe.v1.subscriptions.retrieve_async(bought.id, {"expand": ["colour"]})


async def test_a_customer_is_changed_and_forgotten(stripe: StandIn):
    bought = await stripe.subscriber(await stripe.price())
    id = str(bought.customer)
    changed = await stripe.v1.customers.update_async(
        id, {"name": "Somebody", "email": "", "metadata": {"user_id": "7"}}
    )
    assert (changed.name, changed.email) == ("Somebody", None)
    assert (await stripe.v1.customers.delete_async(id)).deleted
    assert (await stripe.v1.customers.retrieve_async(id)).deleted
    assert (await stripe.v1.subscriptions.retrieve_async(bought.id)).status == "canceled"
    assert not (await stripe.v1.customers.list_async()).data
    with pytest.raises(sdk.InvalidRequestError):
        await stripe.v1.customers.update_async(id, {"name": "Again"})


async def test_prices_are_found_by_their_lookup_keys_which_are_theirs_alone(stripe: StandIn):
    price = await stripe.price(key="pro_month")
    await stripe.price(key="pro_year")
    found = await stripe.v1.prices.list_async({"lookup_keys": ["pro_month"], "expand": ["data.product"]})
    assert [one.id for one in found.data] == [price.id]
    assert isinstance(found.data[0].product, sdk.Product)
    with pytest.raises(sdk.InvalidRequestError, match="already uses that lookup key"):
        await stripe.price(key="pro_month")
