import aiohttp
import pytest
import stripe as sdk
from stand_in import KEY, StandIn, client_of


async def test_the_api_fails_as_often_as_was_asked_and_the_sdk_survives_it(stripe: StandIn):
    await stripe.control("faults", errors=1, error="429")
    with pytest.raises(sdk.RateLimitError):
        await stripe.v1.customers.list_async()
    await stripe.control("faults", errors=2)
    patient = client_of(stripe.url, retries=3)
    assert (await patient.v1.customers.create_async({"name": "in the end"})).id
    http = patient._requestor._client
    assert http
    await http.close_async()
    assert len((await stripe.v1.customers.list_async()).data) == 1


async def test_a_request_whose_answer_never_comes_has_been_done_and_is_answered_when_it_is_made_again(
    stripe: StandIn, http: aiohttp.ClientSession
):
    await stripe.control("faults", errors=1, error="timeout")
    headers = {"authorization": f"Bearer {KEY}", "idempotency-key": "one"}
    asked = {"url": f"{stripe.url}/v1/customers", "data": "name=Somebody", "headers": headers}
    with pytest.raises(TimeoutError):
        await http.post(**asked, timeout=aiohttp.ClientTimeout(total=1))
    [made] = (await stripe.v1.customers.list_async()).data
    async with http.post(**asked) as answer:
        assert (await answer.json())["id"] == made.id


async def test_so_many_charges_are_declined(stripe: StandIn):
    await stripe.control("faults", declines=1)
    price = await stripe.price()
    assert (await stripe.subscriber(price)).status == "incomplete"
    assert (await stripe.subscriber(price)).status == "active"


@pytest.mark.parametrize("wrong", [{"drop": 2}, {"error": "none"}, {"colour": "red"}, {"errors": "many"}])
async def test_faults_that_do_not_exist_are_refused(
    stripe: StandIn, http: aiohttp.ClientSession, wrong: dict[str, object]
):
    async with http.post(
        f"{stripe.url}/_control/faults", json=wrong, headers={"authorization": f"Bearer {KEY}"}
    ) as answer:
        assert answer.status == 400
    assert (await stripe.control("state"))["faults"]["errors"] == 0
