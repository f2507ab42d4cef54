from datetime import UTC, datetime

import pytest

from devstack.stripe import periods, proration
from devstack.stripe.forms import nested


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


@pytest.mark.parametrize(
    ("anchor", "interval", "n", "end"),
    [
        ("2027-01-31", "month", 1, "2027-02-28"),
        ("2027-01-31", "month", 2, "2027-03-31"),
        ("2027-12-15", "month", 1, "2028-01-15"),
        ("2028-02-29", "year", 1, "2029-02-28"),
        ("2028-02-29", "year", 4, "2032-02-29"),
        ("2027-01-31", "week", 2, "2027-02-14"),
        ("2027-01-31", "day", 1, "2027-02-01"),
    ],
)
def test_the_end_of_a_period_is_a_day_of_the_calendar(anchor: str, interval: str, n: int, end: str):
    assert periods.nth(at(anchor), {"interval": interval, "interval_count": 1}, n) == at(end)


@pytest.mark.parametrize("interval", ["day", "week", "month", "year"])
@pytest.mark.parametrize("count", [1, 3])
def test_the_next_end_is_the_first_after_the_moment(interval: str, count: int):
    recurring, anchor = {"interval": interval, "interval_count": count}, at("2027-01-31")
    for n in range(40):
        end = periods.nth(anchor, recurring, n)
        assert periods.after(anchor, recurring, end) == periods.nth(anchor, recurring, n + 1)
        assert periods.after(anchor, recurring, end - 1) == (end if n else periods.nth(anchor, recurring, 1))


def test_what_is_left_is_worth_its_share_of_the_period():
    item = {
        "id": "si_1",
        "price": {"unit_amount": 1_000},
        "quantity": 3,
        "current_period_start": 0,
        "current_period_end": 100,
    }
    assert proration.unused(item, 25, "Pro").amount == -2_250
    assert proration.remaining(item, {"unit_amount": 10}, 1, 100, "Pro").amount == 0


def test_a_form_becomes_what_it_is_written_for():
    form = "items[1][price]=b&items[0][price]=a&expand[]=x&expand[]=y&metadata[k]=v&email="
    assert nested(form) == {
        "items": [{"price": "a"}, {"price": "b"}], "expand": ["x", "y"], "metadata": {"k": "v"}, "email": "",
    }  # fmt: skip
