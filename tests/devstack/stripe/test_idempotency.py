import asyncio

import pytest
import stripe as sdk
from stand_in import StandIn
from waiting import eventually


async def test_the_same_request_twice_is_done_once_and_answered_alike(stripe: StandIn):
    first = await stripe.v1.customers.create_async({"email": "a@b.example"}, {"idempotency_key": "one"})
    again = await stripe.v1.customers.create_async({"email": "a@b.example"}, {"idempotency_key": "one"})
    assert again.to_dict() == first.to_dict()
    assert again.last_response
    assert again.last_response.headers["Idempotent-Replayed"] == "true"
    assert len((await stripe.v1.customers.list_async()).data) == 1
    event = (await stripe.v1.events.list_async({"type": "customer.created"})).data[0]
    assert event.request
    assert event.request.idempotency_key == "one"
    assert (event.request.id or "").startswith("req_")


async def test_the_same_key_with_other_parameters_is_refused(stripe: StandIn):
    await stripe.v1.customers.create_async({"email": "a@b.example"}, {"idempotency_key": "one"})
    with pytest.raises(sdk.IdempotencyError) as refused:
        await stripe.v1.customers.create_async({"email": "c@d.example"}, {"idempotency_key": "one"})
    assert refused.value.http_status == 400
    assert len((await stripe.v1.customers.list_async()).data) == 1


async def test_while_it_is_being_worked_on_the_same_key_is_busy(stripe: StandIn):
    await stripe.control("faults", slow_s=3.0)
    asked = {"params": {"email": "a@b.example"}, "options": {"idempotency_key": "one"}}
    first = asyncio.create_task(stripe.v1.customers.create_async(**asked))
    await eventually(lambda: stripe.engine.answers.busy("one"))
    with pytest.raises(sdk.StripeError) as refused:
        await stripe.v1.customers.create_async(**asked)
    assert refused.value.http_status == 409
    assert "idempotency_key_in_use" in (refused.value.http_body or "")
    assert (await first).email == "a@b.example"
    await stripe.control("faults")
    assert len((await stripe.v1.customers.list_async()).data) == 1


async def test_a_refusal_is_remembered_too_and_a_failure_of_stripe_is_not(stripe: StandIn):
    for _ in range(2):
        with pytest.raises(sdk.InvalidRequestError):
            await stripe.v1.prices.retrieve_async("price_none", options={"idempotency_key": "get"})
        with pytest.raises(sdk.InvalidRequestError):
            await stripe.v1.refunds.create_async({"charge": "ch_none"}, {"idempotency_key": "two"})
    await stripe.control("faults", errors=1)
    with pytest.raises(sdk.APIError):
        await stripe.v1.customers.create_async({"email": "a@b.example"}, {"idempotency_key": "three"})
    await stripe.v1.customers.create_async({"email": "a@b.example"}, {"idempotency_key": "three"})
    assert len((await stripe.v1.customers.list_async()).data) == 1
