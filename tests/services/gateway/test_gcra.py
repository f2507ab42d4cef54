"""The rule, without a clock: what it allows, what it tells, and that nobody gets more than the numbers say."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from services.gateway.limits import LIMITS, Limit, gcra, neighbourhood, whole_seconds
from services.gateway.policy import FREE, Pace

MINUTE = Limit(6, 60)  # one grows back every ten seconds
TEN_S = 10_000_000


def test_the_whole_number_may_come_at_once_and_not_one_more():
    tat, left = 0, []
    for _ in range(6):
        verdict = gcra(tat, 1000, MINUTE.period, MINUTE.count)
        assert verdict.is_allowed
        tat = verdict.tat
        left.append(verdict.remaining)
    assert left == [5, 4, 3, 2, 1, 0]
    refused = gcra(tat, 1000, MINUTE.period, MINUTE.count)
    assert refused == (False, tat, 0, TEN_S)


def test_a_refusal_says_when_the_next_is_allowed_to_the_microsecond():
    used_up = 6 * TEN_S
    assert gcra(used_up, 1, MINUTE.period, MINUTE.count).wait == TEN_S - 1
    assert not gcra(used_up, TEN_S - 1, MINUTE.period, MINUTE.count).is_allowed
    assert gcra(used_up, TEN_S, MINUTE.period, MINUTE.count).is_allowed


def test_who_waited_long_enough_has_all_again_and_never_more():
    assert gcra(6 * TEN_S, 6 * TEN_S, MINUTE.period, MINUTE.count).remaining == 5
    assert gcra(6 * TEN_S, 600 * TEN_S, MINUTE.period, MINUTE.count).remaining == 5


@given(
    st.integers(1, 50),
    st.integers(1, 3600),
    st.lists(st.integers(0, 20_000_000), max_size=200),
)
def test_no_pattern_of_asking_gets_more_than_the_burst_and_what_grew_back(
    count: int, seconds: int, pauses: list[int]
) -> None:
    limit = Limit(count, seconds)
    tat, now, allowed = 0, 0, 0
    for pause in pauses:
        now += pause
        verdict = gcra(tat, now, limit.period, limit.count)
        if not verdict.is_allowed:
            assert 0 < verdict.wait <= limit.period
            assert gcra(tat, now + verdict.wait, limit.period, limit.count).is_allowed
        allowed += verdict.is_allowed
        tat = verdict.tat
    assert allowed <= count + now // limit.period


def test_every_pace_has_its_numbers_and_secrets_are_the_rarest_of_what_is_asked_by_the_minute():
    assert set(LIMITS) == set(Pace) - {FREE}
    for limits in LIMITS.values():
        assert limits.account.count <= limits.address.count  # an address is several accounts
        assert limits.account.seconds == limits.address.seconds
    assert LIMITS[Pace.SECRET].address.count < LIMITS[Pace.WRITE].address.count < LIMITS[Pace.READ].address.count


def test_who_has_one_address_of_ipv6_has_all_of_its_network():
    assert neighbourhood("2001:db8:1:2:3:4:5:6") == neighbourhood("2001:db8:1:2::1") == "2001:db8:1:2::/64"
    assert neighbourhood("2001:db8:1:3::1") != neighbourhood("2001:db8:1:2::1")
    assert neighbourhood("203.0.113.7") == "203.0.113.7"
    assert neighbourhood("") == ""


def test_seconds_are_rounded_up_so_that_nobody_comes_back_too_early():
    assert [whole_seconds(of) for of in (0, 1, 1_000_000, 1_000_001)] == [0, 1, 1, 2]
