"""A subscription's whole life, seen by the SDK: bought, renewed, not paid, tried again, paid, ended."""

import time
from datetime import UTC, datetime

from stand_in import DAY, StandIn

from devstack.stripe import customers, subscription_routes
from devstack.stripe.changes import ItemWish
from devstack.stripe.subscription_routes import NewSubscription


async def statuses(stripe: StandIn, subscription: str) -> list[str]:
    """The status at each change of it, repetitions left out, the oldest first."""
    found: list[str] = []
    events = await stripe.v1.events.list_async({"limit": 100})
    for event in reversed([one async for one in events.auto_paging_iter()]):
        thing = event.data.object
        if event.type.startswith("customer.subscription.") and thing["id"] == subscription:
            found += [thing["status"]] if not found or found[-1] != thing["status"] else []
    return found


async def test_a_good_card_pays_at_once_and_every_month_for_as_long_as_the_clock_goes(stripe: StandIn):
    bought = await stripe.subscriber(await stripe.price(500))
    assert bought.status == "active"
    await stripe.advance(366)
    invoices = (await stripe.v1.invoices.list_async({"customer": str(bought.customer), "limit": 100})).data
    assert [(one.status, one.amount_paid) for one in invoices] == [("paid", 500)] * 13
    assert [one.billing_reason for one in invoices[-2:]] == ["subscription_cycle", "subscription_create"]
    months = [datetime.fromtimestamp(one.created, UTC) for one in invoices[::-1]]
    assert {one.day for one in months[1:]} <= {months[0].day, 28, 29, 30}
    item = (await stripe.v1.subscriptions.retrieve_async(bought.id))["items"].data[0]
    assert item.current_period_start == invoices[0].created
    assert item.current_period_start < time.time() + 366 * DAY < item.current_period_end


async def test_a_card_that_stops_paying_leads_over_four_more_tries_to_unpaid_and_a_payment_back_to_active(
    stripe: StandIn,
):
    bought = await stripe.subscriber(await stripe.price())
    customer = str(bought.customer)
    await stripe.control("card", customer=customer, card="decline")
    await stripe.advance_past(bought.id)
    invoice = (await stripe.v1.invoices.list_async({"customer": customer, "status": "open"})).data[0]
    assert (await stripe.v1.subscriptions.retrieve_async(bought.id)).status == "past_due"
    assert (await stripe.v1.customers.retrieve_async(customer)).delinquent
    assert invoice.attempt_count == 1
    assert invoice.next_payment_attempt == invoice.created + DAY
    await stripe.advance(6)
    invoice = await stripe.v1.invoices.retrieve_async(invoice.id)
    assert (invoice.attempt_count, invoice.next_payment_attempt) == (4, invoice.created + 7 * DAY)
    assert (await stripe.v1.subscriptions.retrieve_async(bought.id)).status == "past_due"
    await stripe.advance(1)
    invoice = await stripe.v1.invoices.retrieve_async(invoice.id)
    assert (invoice.status, invoice.attempt_count, invoice.next_payment_attempt) == ("open", 5, None)
    assert (await stripe.v1.subscriptions.retrieve_async(bought.id)).status == "unpaid"
    await stripe.control("card", customer=customer, card="ok")
    assert (await stripe.v1.invoices.pay_async(invoice.id)).status == "paid"
    assert not (await stripe.v1.customers.retrieve_async(customer)).delinquent
    assert await statuses(stripe, bought.id) == ["incomplete", "active", "past_due", "unpaid", "active"]
    failures = await stripe.v1.charges.list_async({"customer": customer})
    assert [charge.status for charge in failures.data] == ["succeeded", *["failed"] * 5, "succeeded"]


async def test_a_try_that_succeeds_in_between_makes_it_active_and_is_the_last(stripe: StandIn):
    bought = await stripe.subscriber(await stripe.price())
    await stripe.control("card", customer=str(bought.customer), card="insufficient")
    await stripe.advance_past(bought.id)
    await stripe.control("card", customer=str(bought.customer), card="ok")
    await stripe.advance(2)
    invoice = (await stripe.v1.invoices.list_async({"customer": str(bought.customer)})).data[0]
    assert (invoice.status, invoice.attempt_count) == ("paid", 2)
    assert (await stripe.v1.subscriptions.retrieve_async(bought.id)).status == "active"


async def test_dunning_can_end_in_a_cancellation_after_other_days(stripe: StandIn):
    bought = await stripe.subscriber(await stripe.price())
    await stripe.control("dunning", days=[2], then="canceled")
    await stripe.control("card", customer=str(bought.customer), card="decline")
    await stripe.advance(34)
    found = await stripe.v1.subscriptions.retrieve_async(bought.id)
    assert found.status == "canceled"
    assert found.cancellation_details
    assert found.cancellation_details.reason == "payment_failed"


async def test_an_unpaid_subscription_goes_on_making_drafts_that_nobody_collects(stripe: StandIn):
    bought = await stripe.subscriber(await stripe.price())
    await stripe.control("card", customer=str(bought.customer), card="decline")
    await stripe.advance(70)
    invoices = (await stripe.v1.invoices.list_async({"customer": str(bought.customer)})).data
    assert [one.status for one in invoices] == ["draft", "open", "paid"]
    assert invoices[0].attempt_count == 0


async def test_a_trial_costs_nothing_is_warned_of_and_then_paid_for(stripe: StandIn):
    bought = await stripe.subscriber(await stripe.price(700), trial_period_days=14)
    assert bought.status == "trialing"
    first = (await stripe.v1.invoices.list_async({"customer": str(bought.customer)})).data
    assert [(one.status, one.amount_due) for one in first] == [("paid", 0)]
    assert not (await stripe.v1.charges.list_async({"customer": str(bought.customer)})).data
    await stripe.advance(10)
    assert "customer.subscription.trial_will_end" not in await stripe.types()
    await stripe.advance(1.5)
    assert (await stripe.types()).count("customer.subscription.trial_will_end") == 1
    await stripe.advance(3)
    assert (await stripe.v1.subscriptions.retrieve_async(bought.id)).status == "active"
    assert [one.amount for one in (await stripe.v1.charges.list_async({"customer": str(bought.customer)})).data] == [
        700
    ]
    assert (await stripe.types()).count("customer.subscription.trial_will_end") == 1


async def test_a_trial_without_a_card_pauses_where_that_was_wished_and_can_be_resumed(stripe: StandIn):
    price = await stripe.price()
    customer = await stripe.v1.customers.create_async({"email": "driver@raceoverlay.example"})
    bought = await stripe.v1.subscriptions.create_async(
        {
            "customer": customer.id,
            "items": [{"price": price.id}],
            "trial_period_days": 7,
            "trial_settings": {"end_behavior": {"missing_payment_method": "pause"}},
        }
    )
    await stripe.advance(8)
    assert (await stripe.v1.subscriptions.retrieve_async(bought.id)).status == "paused"
    assert "customer.subscription.paused" in await stripe.types()
    method = await stripe.v1.payment_methods.attach_async("pm_card_visa", {"customer": customer.id})
    await stripe.v1.customers.update_async(customer.id, {"invoice_settings": {"default_payment_method": method.id}})
    resumed = await stripe.v1.subscriptions.resume_async(bought.id)
    assert resumed.status == "active"
    assert "customer.subscription.resumed" in await stripe.types()


async def test_a_first_payment_that_never_comes_ends_after_23_hours(stripe: StandIn):
    bought = await stripe.subscriber(await stripe.price(), payment_behavior="default_incomplete")
    assert bought.status == "incomplete"
    await stripe.advance(0.9)
    assert (await stripe.v1.subscriptions.retrieve_async(bought.id)).status == "incomplete"
    await stripe.advance(0.1)
    assert (await stripe.v1.subscriptions.retrieve_async(bought.id)).status == "incomplete_expired"
    assert (await stripe.v1.invoices.retrieve_async(str(bought.latest_invoice))).status == "void"


async def test_paused_collection_voids_the_invoices_and_the_subscription_stays_active_until_it_resumes(stripe: StandIn):
    bought = await stripe.subscriber(await stripe.price())
    resumes = int(time.time()) + 40 * DAY
    await stripe.v1.subscriptions.update_async(
        bought.id, {"pause_collection": {"behavior": "void", "resumes_at": resumes}}
    )
    await stripe.advance(63)
    found = await stripe.v1.subscriptions.retrieve_async(bought.id)
    assert (found.status, found.pause_collection) == ("active", None)
    invoices = (await stripe.v1.invoices.list_async({"customer": str(bought.customer)})).data
    assert [one.status for one in invoices] == ["paid", "void", "paid"]


async def test_what_happens_is_dated_when_it_was_due_and_in_that_order(stripe: StandIn):
    begun = time.time()
    await stripe.subscriber(await stripe.price())
    await stripe.advance(100)
    events = [one async for one in (await stripe.v1.events.list_async({"limit": 100})).auto_paging_iter()][::-1]
    times = [event.created for event in events]
    assert times == sorted(times)
    renewals = [event.created for event in events if event.type == "invoice.paid"]
    assert len(renewals) == 4
    assert 28 * DAY <= renewals[1] - begun <= 31 * DAY + 5


async def test_1000_subscriptions_a_hundred_of_them_monthly_live_through_a_year_in_bounded_time(stripe: StandIn):
    account = stripe.engine.account
    yearly, monthly = await stripe.price(5_000, "year"), await stripe.price(500)
    with account.books.transaction():
        for number in range(1_000):
            default = customers.InvoiceSettings("pm_card_visa")
            asked = customers.NewCustomer(payment_method="pm_card_visa", invoice_settings=default)
            price = monthly.id if number % 10 == 0 else yearly.id
            wish = NewSubscription(customer=customers.create(account, asked)["id"], items=[ItemWish(price=price)])
            subscription_routes.create(account, wish)
    begun = time.process_time()
    await stripe.advance(366)
    took = time.process_time() - begun
    assert account.books.counts()["invoice"] == 1_000 + 900 + 100 * 12
    assert {one["status"] for one in account.books.all("subscription")} == {"active"}
    assert took < 40, f"it took {took:.0f} s of the processor"
    assert (await stripe.v1.subscriptions.list_async({"limit": 100})).has_more
