"""What Stripe's account of a customer means, case by case."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from services.license.domain.ledger import Kind, movements
from services.license.domain.reading import Offer, Offers, PlanUnknown, failures, read
from services.license.domain.stripe_account import (
    SeenCharge,
    SeenCustomer,
    SeenDispute,
    SeenInvoice,
    SeenPrice,
    SeenRefund,
    SeenSubscription,
)
from services.license.domain.subscriptions import Status, Subscription

START = datetime(2026, 11, 1, tzinfo=UTC)
DAY = timedelta(days=1)
PRICE = SeenPrice("price_1", "pro_month", "prod_1")
OFFERS = Offers({"pro_month": Offer("pro", "month")}, {"price_team": Offer("team", "year")}, ("free", "pro", "team"))
SUBSCRIPTION = SeenSubscription(
    "sub_1", "active", (PRICE,), START, START, START + 30 * DAY, None, None, None, None, "in_1"
)


def invoice(id: str = "in_1", at: datetime = START, **change: object) -> SeenInvoice:
    paid = SeenInvoice(id, "sub_1", "paid", at, at, at, 599, 599, "usd", 1, None, at, at + 30 * DAY, (f"pi_{id}",))
    return replace(paid, **change)  # type: ignore[arg-type]


def unpaid(id: str, at: datetime, attempts: int = 1) -> SeenInvoice:
    return invoice(id, at, status="open", paid_at=None, amount_paid=0, attempts=attempts)


def charge(of: str = "in_1", at: datetime = START, **change: object) -> SeenCharge:
    return replace(SeenCharge(f"ch_{of}", f"pi_{of}", True, 599, 0, "usd", at), **change)  # type: ignore[arg-type]


def customer(invoices: list[SeenInvoice], charges: list[SeenCharge]) -> SeenCustomer:
    return SeenCustomer("cus_1", None, (SUBSCRIPTION,), tuple(invoices), tuple(charges))


def reading(
    seen: SeenCustomer, subscription: SeenSubscription = SUBSCRIPTION, before: Subscription | None = None
) -> Subscription:
    return read(seen, subscription, OFFERS, before)


def test_a_plan_is_known_by_its_price_its_key_or_its_product_and_else_stays_what_it_was():
    def sold(*prices: SeenPrice) -> SeenSubscription:
        return replace(SUBSCRIPTION, prices=prices)

    strange = SeenPrice("price_9", None, "prod_9")
    nothing = customer([], [])
    assert reading(nothing).plan == "pro"
    assert reading(nothing, sold(replace(strange, id="price_team"))).plan == "team"
    assert reading(nothing, sold(replace(strange, product_plan="team"))).plan == "team"
    assert reading(nothing, sold(PRICE, SeenPrice("price_team", None, "prod_2"))).plan == "team", "the best of several"
    with pytest.raises(PlanUnknown, match="price_9"):
        reading(nothing, sold(strange))
    assert reading(nothing, sold(strange), reading(nothing)).plan == "pro"


def test_a_status_that_stripe_has_invented_since_changes_nothing():
    strange, nothing = replace(SUBSCRIPTION, status="hibernating"), customer([], [])
    assert reading(nothing, strange, reading(nothing)).status is Status.ACTIVE
    assert reading(nothing, strange).status is Status.INCOMPLETE, "nothing is given for a word that nobody knows"


def test_the_first_failure_is_counted_from_and_nothing_but_a_payment_ends_that():
    late = replace(SUBSCRIPTION, status="past_due")
    failed = [charge("in_2", START + (30 + n) * DAY, id=f"ch_{n}", is_paid=False) for n in (0, 1, 3)]
    seen = customer([invoice(), unpaid("in_2", START + 30 * DAY, 3)], [charge(), *failed])
    first = reading(seen, late)
    assert first.first_failed_at == START + 30 * DAY
    another = customer([invoice(), unpaid("in_3", START + 60 * DAY)], [charge()])  # the older one was written off
    assert reading(another, late, first).first_failed_at == START + 30 * DAY
    paid = customer([invoice(), invoice("in_2", START + 30 * DAY, paid_at=START + 34 * DAY)], [charge(), *failed])
    assert reading(paid, before=first).first_failed_at is None
    free = customer([invoice(), invoice("in_4", START + 40 * DAY, amount_paid=0, amount_due=0)], [charge()])
    assert reading(free, late, first).first_failed_at == START + 30 * DAY, "a credit is no payment"


def test_an_attempt_without_a_card_is_a_failure_too():
    seen = customer([unpaid("in_2", START + 30 * DAY, 2)], [])
    assert failures(seen, seen.invoices[0]) == [START + 30 * DAY] * 2
    assert [each.stripe_id for each in movements(seen)] == ["in_2/1", "in_2/2"]


@pytest.mark.parametrize(
    ("back", "is_refunded"), [(0, False), (598, False), (599, True)], ids=["nothing", "almost all", "all"]
)
def test_a_period_is_refunded_when_all_that_was_paid_for_it_went_back(back: int, is_refunded: bool):
    assert reading(customer([invoice()], [charge(amount_refunded=back)])).is_refunded is is_refunded
    upgraded = [invoice(), invoice("in_2", START + 5 * DAY)]
    assert not reading(customer(upgraded, [charge(amount_refunded=back), charge("in_2")])).is_refunded
    old = [invoice(at=START - 30 * DAY), invoice("in_2")]
    assert not reading(customer(old, [charge(amount_refunded=back), charge("in_2")])).is_refunded


@pytest.mark.parametrize(
    ("status", "now", "earlier"),
    [
        ("warning_needs_response", False, False),
        ("needs_response", True, True),
        ("under_review", True, True),
        ("lost", True, False),
        ("won", False, False),
    ],
)
def test_an_open_dispute_suspends_and_a_lost_one_until_the_next_payment(status: str, now: bool, earlier: bool):
    disputed = charge(disputes=(SeenDispute("du_1", status, 599, START),))
    assert reading(customer([invoice()], [disputed])).is_disputed is now
    old = [invoice(at=START - 30 * DAY), invoice("in_2")]
    assert reading(customer(old, [disputed, charge("in_2")])).is_disputed is earlier


def test_a_paused_collection_suspends_when_the_period_was_not_paid_for():
    paused = replace(SUBSCRIPTION, pause="void")
    assert not reading(customer([invoice()], [charge()]), paused).is_paused, "this period is paid"
    assert reading(customer([invoice(status="void", amount_paid=0)], []), paused).is_paused


def test_every_movement_has_a_name_of_its_own_and_refunds_tell_when_all_is_back():
    parts = (SeenRefund("re_1", "succeeded", 99, START), SeenRefund("re_2", "succeeded", 500, START + DAY))
    waiting = SeenRefund("re_3", "pending", 1, START)
    won = (SeenDispute("du_1", "won", 599, START),)
    seen = customer([invoice()], [charge(refunds=(*parts, waiting), disputes=won, amount_refunded=599)])
    found = [(each.kind, each.stripe_id, each.amount, each.is_full) for each in movements(seen)]
    assert found == [
        (Kind.PAYMENT, "in_1", 599, False),
        (Kind.REFUND, "re_1", 99, False),
        (Kind.REFUND, "re_2", 500, True),
        (Kind.CHARGEBACK, "du_1", 599, False),
        (Kind.CHARGEBACK_WON, "du_1", 599, False),
    ]
