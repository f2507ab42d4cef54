"""The rule, without a clock: what it allows, what it tells, and that nobody gets more than the numbers say."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from services.gateway.limits import LIMITS, Limit, gcra, later, neighbourhood, whole_seconds
from services.gateway.policy import FREE, Pace

MINUTE = Limit(6, 60)  # one grows back every ten seconds
TEN_S = 10_000_000


def _ask(tat: int, now: int, limit: Limit) -> tuple[int, int]:
    """The room, and the tat after it."""
    room = gcra(tat, now, limit.period, limit.count)
    return room, later(now, room, limit.period, limit.count) if room >= 0 else tat


def test_the_whole_number_may_come_at_once_and_not_one_more():
    tat, left = 0, []
    for _ in range(6):
        room, tat = _ask(tat, 1000, MINUTE)
        left.append(room // MINUTE.period)
    assert left == [5, 4, 3, 2, 1, 0]
    assert _ask(tat, 1000, MINUTE) == (-TEN_S, tat)


def test_a_refusal_says_when_the_next_is_allowed_to_the_microsecond():
    used_up = 6 * TEN_S
    assert _ask(used_up, 1, MINUTE)[0] == 1 - TEN_S
    assert _ask(used_up, TEN_S - 1, MINUTE)[0] == -1
    assert _ask(used_up, TEN_S, MINUTE)[0] == 0


def test_who_waited_long_enough_has_all_again_and_never_more():
    assert _ask(6 * TEN_S, 6 * TEN_S, MINUTE) == (5 * TEN_S, 7 * TEN_S)
    assert _ask(6 * TEN_S, 600 * TEN_S, MINUTE) == (5 * TEN_S, 601 * TEN_S)


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
        room, tat = _ask(tat, now, limit)
        if room < 0:
            assert -room <= limit.period
            assert _ask(tat, now - room, limit)[0] == 0
        allowed += room >= 0
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
