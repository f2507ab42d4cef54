import pytest
import stripe as sdk
from stand_in import DAY, StandIn
from waiting import eventually

BEGIN = 1_800_000_000


async def advanced(stripe: StandIn, clock: str, to: int) -> None:
    assert (await stripe.v1.test_helpers.test_clocks.advance_async(clock, {"frozen_time": to})).status == "advancing"

    async def ready() -> bool:
        return (await stripe.v1.test_helpers.test_clocks.retrieve_async(clock)).status == "ready"

    await eventually(ready)


async def invoices(stripe: StandIn, subscription: sdk.Subscription) -> int:
    return len((await stripe.v1.invoices.list_async({"customer": str(subscription.customer)})).data)


async def test_two_clocks_and_that_of_everybody_else_do_not_touch_each_other(stripe: StandIn):
    price = await stripe.price()
    one = await stripe.v1.test_helpers.test_clocks.create_async({"frozen_time": BEGIN})
    two = await stripe.v1.test_helpers.test_clocks.create_async({"frozen_time": BEGIN + 5_000, "name": "two"})
    first = await stripe.subscriber(price, test_clock=one.id)
    second = await stripe.subscriber(price, test_clock=two.id)
    third = await stripe.subscriber(price)
    assert (first.created, second.created, first.test_clock) == (BEGIN, BEGIN + 5_000, one.id)
    await advanced(stripe, one.id, BEGIN + 63 * DAY)
    assert [await invoices(stripe, each) for each in (first, second, third)] == [3, 1, 1]
    await stripe.advance(32)
    assert [await invoices(stripe, each) for each in (first, second, third)] == [3, 1, 2]
    await advanced(stripe, two.id, BEGIN + 32 * DAY)
    assert [await invoices(stripe, each) for each in (first, second, third)] == [3, 2, 2]
    events = (await stripe.v1.events.list_async({"type": "invoice.paid", "limit": 1})).data
    assert BEGIN < events[0].created < BEGIN + 32 * DAY


async def test_a_clock_goes_ahead_only_and_takes_its_customers_with_it(stripe: StandIn):
    clock = await stripe.v1.test_helpers.test_clocks.create_async({"frozen_time": BEGIN})
    bought = await stripe.subscriber(await stripe.price(), test_clock=clock.id)
    for wrong in (BEGIN, BEGIN - 1, BEGIN + 3 * 366 * DAY):
        with pytest.raises(sdk.InvalidRequestError):
            await stripe.v1.test_helpers.test_clocks.advance_async(clock.id, {"frozen_time": wrong})
    await stripe.v1.test_helpers.test_clocks.delete_async(clock.id)
    customer = await stripe.v1.customers.retrieve_async(str(bought.customer))
    assert customer.deleted
    assert (await stripe.v1.subscriptions.retrieve_async(bought.id)).status == "canceled"
    assert not (await stripe.v1.test_helpers.test_clocks.list_async()).data
