"""Webhooks, as an endpoint hears them."""

import time
from pathlib import Path

import pytest
import stripe as sdk
from stand_in import Listener, StandIn
from waiting import eventually


async def customers(stripe: StandIn, count: int) -> list[str]:
    return [(await stripe.v1.customers.create_async({"name": f"{number}"})).id for number in range(count)]


async def test_what_happens_is_told_signed_and_in_order(stripe: StandIn, listener: Listener):
    await stripe.subscriber(await stripe.price())
    expected = await stripe.types()
    await eventually(lambda: len(listener.heard) == len(expected))
    assert sorted(listener.types()) == sorted(expected)
    body, header = listener.heard[0]
    with pytest.raises(sdk.SignatureVerificationError):
        sdk.Webhook.construct_event(body + b" ", header, listener.secret)
    assert listener.events()[0].api_version == "2026-10-28.endive"
    event = (await stripe.v1.events.list_async({"limit": 1})).data[0]
    await eventually(
        lambda: stripe.engine.account.books.database.execute("SELECT 1 FROM deliveries").fetchone() is None
    )
    assert (await stripe.v1.events.retrieve_async(event.id)).pending_webhooks == 0


async def test_the_signature_is_of_now_whatever_the_clock_of_the_stand_in_says(stripe: StandIn, listener: Listener):
    await stripe.advance(400)
    await customers(stripe, 1)
    await eventually(lambda: listener.heard)
    assert listener.events()[0].created > time.time() + 399 * 86_400


async def test_only_what_an_endpoint_asked_for_reaches_it(stripe: StandIn):
    async with Listener.running() as listener:
        made = await stripe.v1.webhook_endpoints.create_async(
            {"url": listener.url, "enabled_events": ["price.created"]}
        )
        listener.secret = made.secret or ""
        await stripe.price()
        await eventually(lambda: listener.heard)
        assert listener.types() == ["price.created"]
        listed = (await stripe.v1.webhook_endpoints.list_async()).data[0]
        assert "secret" not in listed
        await stripe.v1.webhook_endpoints.delete_async(made.id)
        assert not (await stripe.v1.webhook_endpoints.list_async()).data


async def test_what_was_not_taken_is_told_again_after_growing_pauses(stripe: StandIn, listener: Listener):
    listener.answers = [500, 503]
    begun = time.monotonic()
    [customer] = await customers(stripe, 1)
    await eventually(lambda: listener.heard)
    assert listener.events()[0].data.object["id"] == customer
    assert listener.at[0] - begun >= 3.0
    assert listener.answers == []


async def test_duplicates_come_twice_and_are_the_same_event(stripe: StandIn, listener: Listener):
    await stripe.control("faults", duplicate=True)
    await customers(stripe, 3)
    await eventually(lambda: len(listener.heard) == 6)
    assert len({event.id for event in listener.events()}) == 3


async def test_in_disorder_they_all_come_but_not_as_they_happened(stripe: StandIn, listener: Listener):
    await stripe.control("faults", reorder_s=0.5)
    made = await customers(stripe, 30)
    await eventually(lambda: len(listener.heard) == 30)
    heard = [event.data.object["id"] for event in listener.events()]
    assert sorted(heard) == sorted(made)
    assert heard != made


async def test_delayed_they_come_late(stripe: StandIn, listener: Listener):
    await stripe.control("faults", delay_s=0.5)
    begun = time.monotonic()
    await customers(stripe, 1)
    await eventually(lambda: listener.heard)
    assert listener.at[0] - begun >= 0.5


async def test_what_is_dropped_comes_once_nothing_is_dropped_any_more(stripe: StandIn, listener: Listener):
    await stripe.control("faults", drop=1.0)
    made = await customers(stripe, 3)
    await eventually(lambda: _tries(stripe) == [2, 2, 2])
    assert not listener.heard
    await stripe.control("faults")
    await eventually(lambda: len(listener.heard) == 3)
    assert sorted(event.data.object["id"] for event in listener.events()) == sorted(made)


async def test_an_event_can_be_sent_again(stripe: StandIn, listener: Listener):
    await customers(stripe, 1)
    await eventually(lambda: listener.heard)
    await stripe.control("resend", event=listener.events()[0].id)
    await eventually(lambda: len(listener.heard) == 2)
    assert len({event.id for event in listener.events()}) == 1


async def test_what_waits_is_delivered_after_a_restart(tmp_path: Path):
    async with Listener.running() as listener:
        listener.answers = [500]
        async with StandIn.running(tmp_path / "books.sqlite") as stripe:
            made = await stripe.v1.webhook_endpoints.create_async({"url": listener.url, "enabled_events": ["*"]})
            listener.secret = made.secret or ""
            await customers(stripe, 1)
            await eventually(lambda: listener.answers == [])
            assert not listener.heard
        async with StandIn.running(tmp_path / "books.sqlite"):
            await eventually(lambda: listener.heard)
        assert listener.types() == ["customer.created"]


def _tries(stripe: StandIn) -> list[int]:
    rows = stripe.engine.account.books.database.execute("SELECT tries FROM deliveries").fetchall()
    return [min(tries, 2) for (tries,) in rows]
