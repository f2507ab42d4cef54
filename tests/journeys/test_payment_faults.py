"""Services and servers are killed while fifty drivers pay: everybody gets what was paid for, each cent counts once."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import asyncpg
import msgspec
import nats
import pytest
from buyers import Buyer, signed_in
from laptop_stripe import LaptopStripe
from waiting import eventually
from whole_cloud import WholeCloud, whole_cloud

from contracts.event import stream_of, subject_of
from contracts.license import PaymentSucceeded

PAYERS = 50
VICTIMS = ("license", "nats", "postgres")
ROUNDS = 2  # each of them is killed so often while everybody pays, and so often again while the months are paid


@pytest.fixture(scope="module")
def own_cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WholeCloud]:
    """A cloud for this file alone: others would not like what happens to it."""
    with whole_cloud(tmp_path_factory.mktemp("payment-faults"), RATE_LIMIT_SCALE="0") as running:
        yield running


@pytest.mark.timeout(600)
async def test_everybody_who_paid_is_licensed_and_each_payment_is_written_down_once(own_cloud: WholeCloud):
    stack, chance = own_cloud.stack, random.Random(11)
    async with (
        LaptopStripe.at(stack.stripe) as stripe,
        signed_in(stack, *(f"payer{number}" for number in range(PAYERS))) as buyers,
    ):
        await stripe.faults(duplicate=True, reorder_s=2.0, drop=0.2)
        async with killing(own_cloud, chance):
            await asyncio.gather(*(buy(stripe, buyer, chance.uniform(0, 10)) for buyer in buyers))
        await everybody(buyers, "trialing")

        async with killing(own_cloud, chance):
            await stripe.advance(15)
        await stripe.faults()
        await everybody(buyers, "active")
        await eventually(lambda: everything_is_done(stack.postgres["license"]), within=120)

        taken = {invoice: amount for invoice, amount in (await stripe.paid_invoices()).items() if amount}
        assert len(taken) == PAYERS
        assert await written_down(stack.postgres["license"]) == taken
        told = await told_of(stack.nats)
        assert {invoice: times for invoice, times in told.items() if invoice in taken} == dict.fromkeys(taken, 1)


@asynccontextmanager
async def killing(cloud: WholeCloud, chance: random.Random) -> AsyncIterator[None]:
    """Meanwhile everything that payments go through is killed at odd moments, and comes back by itself."""

    async def kill() -> None:
        for victim in chance.sample(VICTIMS * ROUNDS, len(VICTIMS) * ROUNDS):
            await asyncio.sleep(chance.uniform(0.2, 2.5))
            await eventually(lambda victim=victim: cloud.is_running(victim))  # it may be away from the last time
            cloud.kill(victim)

    at_it = asyncio.create_task(kill())
    try:
        yield
    finally:
        await at_it


async def buy(stripe: LaptopStripe, buyer: Buyer, after_s: float) -> None:
    """At a moment of their own."""
    await asyncio.sleep(after_s)
    assert await stripe.pay(await buyer.checkout("pro"), buyer.email)


async def everybody(buyers: list[Buyer], subscription: str) -> None:
    await asyncio.gather(*(b.stands("valid", plan="pro", subscription=subscription, within=120) for b in buyers))


async def everything_is_done(database: str) -> bool:
    """Every reason to look at Stripe is answered, and every event has left."""
    connection = await asyncpg.connect(database)
    try:
        waiting = await connection.fetch("SELECT kind, tries, trouble, dead_at FROM errands WHERE done_at IS NULL")
        assert [row for row in waiting if row["dead_at"]] == []
        return not waiting and not await connection.fetchval("SELECT count(*) FROM outbox")
    finally:
        await connection.close()


async def written_down(database: str) -> dict[str, int]:
    """What the ledger says was paid, by invoice; the same invoice twice would be more than one row."""
    connection = await asyncpg.connect(database)
    try:
        rows = await connection.fetch("SELECT invoice_id, amount FROM ledger WHERE kind = 'payment' AND amount > 0")
    finally:
        await connection.close()
    assert len({row["invoice_id"] for row in rows}) == len(rows)
    return {row["invoice_id"]: row["amount"] for row in rows}


async def told_of(url: str) -> Counter[str]:
    """How often each invoice's payment was published, however often it was sent."""
    subject, told = subject_of(PaymentSucceeded), Counter[str]()
    client = await nats.connect(url)
    try:
        bus = client.jetstream()
        total = (await bus.stream_info(stream_of(subject), subjects_filter=subject)).state.subjects or {}
        reading = await bus.subscribe(subject, stream=stream_of(subject), ordered_consumer=True)
        for _ in range(total.get(subject, 0)):
            message = await reading.next_msg(timeout=10)
            told[msgspec.json.decode(message.data, type=PaymentSucceeded).invoice_id] += 1
    finally:
        await client.close()
    return told
