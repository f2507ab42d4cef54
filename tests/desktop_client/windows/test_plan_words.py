"""Plans in words: sums, what they bring, and how one's own stands."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from loopback_plans import ON_SALE, PAID

from contracts.license import Interval, LicenseStatus, Price
from desktop_client.licence import LicenceState, Source
from desktop_client.licence_state import of_gateway
from desktop_client.windows.plan_words import brings, each, has_subscription, how, in_short, money, price_of, trial

FREE, PRO, TEAM = ON_SALE
WHEN = datetime(2026, 12, 9, 12, tzinfo=UTC)


def status(**told: object) -> LicenseStatus:
    return LicenseStatus(**{"valid": True, "code": "valid", "plan": "pro", "entitlements": PAID, **told}, **SEATS)  # type: ignore[arg-type]


SEATS = {"max_devices": 5, "active_devices": 1}


@pytest.mark.parametrize(
    ("amount", "currency", "words"),
    [
        (599, "usd", "$5.99"),
        (6000, "eur", "€60"),
        (123_405, "gbp", "£1,234.05"),
        (600, "jpy", "¥600"),
        (600, "krw", "600 KRW"),
        (599, "chf", "5.99 CHF"),
        (0, "", "0"),
    ],
)
def test_a_sum_is_written_as_its_currency_has_it(amount: int, currency: str, words: str) -> None:
    assert money(amount, currency) == words


def test_a_year_says_how_much_less_it_is_and_a_month_only_that_it_is_one() -> None:
    year, month = price_of(PRO, Interval.YEAR), price_of(PRO, Interval.MONTH)
    assert year
    assert month
    assert each(PRO, year) == "a year, 18 % less, before tax"
    assert each(PRO, month) == "a month, before tax"
    assert each(PRO, Price(Interval.YEAR, 12 * 599, "eur")) == "a year, before tax"
    assert each(PRO, Price(Interval.YEAR, 1, "usd")) == "a year, before tax"
    assert trial(month) == "The first 14 days are free. Cancel whenever you like."
    assert price_of(FREE, Interval.MONTH) is None


def test_a_plan_says_what_it_brings_in_words_and_leaves_out_what_has_none() -> None:
    assert brings(FREE) == ("Every overlay widget", "20 new track maps a day", "On 2 computers", "7 days offline")
    without_limit = "Shared track maps without a limit"
    assert brings(PRO) == ("Every overlay widget", without_limit, "On 5 computers", "7 days offline")
    assert {"history", "channel.beta"} <= set(PRO.entitlements), "and of these nothing is said before they are there"


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ({"subscription_status": "active", "renews_at": WHEN}, "Renews on 9 Dec 2026."),
        (
            {"subscription_status": "trialing", "renews_at": WHEN},
            "A trial until 9 Dec 2026; the first payment is made then.",
        ),
        (
            {"subscription_status": "active", "ends_at": WHEN},
            "Ends on 9 Dec 2026, with no further payment. The Free plan goes on after that.",
        ),
        ({"plan": "free"}, "There is nothing to pay."),
        ({"plan": "free", "subscription_status": "canceled"}, "There is nothing to pay."),
        ({"subscription_status": "active"}, ""),
        (
            {"code": "grace_past_due", "subscription_status": "past_due", "grace_until": WHEN, "renews_at": WHEN},
            "The last payment did not go through and is tried again. Your plan holds until 2026-12-09.",
        ),
    ],
)
def test_how_it_stands_is_one_sentence(told: dict[str, object], sentence: str) -> None:
    assert how(of_gateway(status(**told))) == sentence


def test_without_a_network_it_says_how_long_it_holds() -> None:
    offline = LicenceState(plan="pro", source=Source.LEASE, days_left=5)
    assert how(offline) == "Without a network it holds for 5 more days."
    assert how(replace(offline, days_left=1)) == "Without a network it holds for 1 more day."
    assert how(LicenceState()) == "One moment …"


def test_a_menu_has_room_for_a_few_words() -> None:
    assert in_short(LicenceState()) == ""
    assert in_short(of_gateway(status())) == "Plan: Pro"
    assert in_short(of_gateway(status(code="grace_past_due"))) == "Plan: Pro · payment open"
    assert in_short(of_gateway(status(valid=False, code="suspended_unpaid"))) == "Plan: see what is wrong"
    offline = LicenceState(plan="pro", source=Source.LEASE, days_left=2, notice="It holds.")
    assert in_short(offline) == "Plan: Pro · 2 days left offline"


@pytest.mark.parametrize("word", ["active", "trialing", "past_due", "unpaid", "paused"])
def test_what_is_being_paid_for_is_changed_and_not_bought_twice(word: str) -> None:
    assert has_subscription(status(subscription_status=word))
    assert not has_subscription(status(subscription_status="canceled"))
    assert not has_subscription(status())
    assert not has_subscription(None)
