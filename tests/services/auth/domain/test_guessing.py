from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.auth.domain.guessing import (
    EVERYBODY,
    PER_ACCOUNT,
    PER_ACCOUNT_AND_ADDRESS,
    PER_ADDRESS,
    PER_DEVICE,
    PER_SECOND_FACTOR,
    Bucket,
    Cell,
    Guessed,
    address_group,
    buckets_of,
    charged,
    given_back,
    seconds_to_wait,
    stored_key,
)

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
ALL = (PER_ACCOUNT_AND_ADDRESS, PER_ADDRESS, PER_ACCOUNT, PER_SECOND_FACTOR, PER_DEVICE, EVERYBODY)


def guesses_within(bucket: Bucket, span: timedelta) -> int:
    """How many guesses come through for somebody who never waits longer than they must."""
    cell, at, count = None, NOW, 0
    while at < NOW + span:
        cell, count = charged(bucket, cell, at), count + 1
        at = max(at, cell.welcome_at)
    return count


def test_after_five_free_guesses_the_pauses_double_up_to_a_minute():
    cell, at, pauses = None, NOW, []
    for _ in range(24):
        cell = charged(PER_ACCOUNT_AND_ADDRESS, cell, at)
        pauses.append(seconds_to_wait([cell], at))
        at = max(at, cell.welcome_at)
    assert pauses[:5] == [0, 0, 0, 0, 0]
    assert pauses[5:10] == [1, 2, 4, 8, 16]
    assert pauses == sorted(pauses)
    assert pauses[-1] == 60


@pytest.mark.parametrize(
    ("bucket", "most"),
    [(PER_ACCOUNT_AND_ADDRESS, 24 * 60 + 20), (PER_ACCOUNT, 8640 + 60), (PER_SECOND_FACTOR, 1440 + 20)],
)
def test_a_day_of_guessing_comes_to_no_more_than_one_every_longest_pause(bucket: Bucket, most: int):
    assert 1000 < guesses_within(bucket, timedelta(days=1)) <= most


@pytest.mark.parametrize("bucket", ALL)
def test_what_was_guessed_is_forgotten_and_nobody_waits_longer_than_the_longest_pause(bucket: Bucket):
    cell = None
    for _ in range(100_000 if bucket is EVERYBODY else 1000):
        cell = charged(bucket, cell, NOW)
    assert cell is not None
    assert 0 < seconds_to_wait([cell], NOW) <= bucket.longest
    assert seconds_to_wait([cell], cell.welcome_at) == 0
    later = max(cell.forgotten_at, cell.welcome_at)
    fresh = charged(bucket, cell, later)
    assert fresh == charged(bucket, None, later)


@settings(deadline=None)
@given(st.sampled_from(ALL), st.integers(0, 40), st.integers(0, 100))
def test_a_right_guess_leaves_the_cell_as_it_was(bucket: Bucket, before: int, seconds: int):
    cell = None
    for _ in range(before):
        cell = charged(bucket, cell, NOW)
    at = max(NOW, cell.welcome_at if cell else NOW) + timedelta(seconds=seconds)
    taken = charged(bucket, cell, at)
    back = given_back(bucket, taken, taken)
    assert seconds_to_wait([back], at) == 0
    assert charged(bucket, back, at) == taken


@pytest.mark.parametrize("bucket", ALL)
def test_a_replica_whose_clock_is_behind_lets_nobody_wait_who_need_not(bucket: Bucket):
    cell = charged(bucket, None, NOW)
    behind = NOW - timedelta(seconds=5)
    assert seconds_to_wait([cell], behind) == 0
    assert seconds_to_wait([given_back(bucket, cell, cell)], behind) == 0


@pytest.mark.parametrize("bucket", ALL)
@pytest.mark.parametrize("back", [timedelta(seconds=30), timedelta(hours=1), timedelta(days=400)])
def test_a_clock_that_goes_back_lets_nobody_wait_longer_than_a_minute(bucket: Bucket, back: timedelta):
    cell = None
    for _ in range(1100):
        cell = charged(bucket, cell, NOW)
    assert seconds_to_wait([cell], NOW) > 0
    assert seconds_to_wait([cell], NOW - back) <= 60
    assert seconds_to_wait([charged(bucket, cell, NOW - back)], NOW - back) <= bucket.longest


def test_no_bucket_lets_anybody_wait_longer_than_a_minute():
    assert max(bucket.longest for bucket in ALL) == 60


def test_giving_back_does_not_shorten_the_pause_that_another_guess_caused():
    bucket = PER_ACCOUNT_AND_ADDRESS
    mine = charged(bucket, None, NOW)
    others: Cell = mine
    for _ in range(6):
        others = charged(bucket, others, NOW)
    assert seconds_to_wait([others], NOW) > 0
    assert given_back(bucket, others, mine).welcome_at == others.welcome_at


def test_a_known_device_shares_no_bucket_with_strangers_nor_with_another_device():
    strangers = buckets_of(Guessed.PASSWORD, "a@b.example", "192.0.2.1", None)
    device = buckets_of(Guessed.PASSWORD, "a@b.example", "192.0.2.1", "one")
    other = buckets_of(Guessed.PASSWORD, "a@b.example", "192.0.2.1", "two")
    assert not strangers.keys() & device.keys()
    assert not other.keys() & device.keys()
    assert len(strangers) == 4
    assert len(device) == 1


@settings(deadline=None)
@given(st.text(max_size=20), st.text(max_size=20))
def test_what_is_stored_of_a_key_is_an_hmac(account: str, address: str):
    key = ("password", "account and address", account, address)
    assert len(stored_key(b"s" * 32, key)) == 32
    assert stored_key(b"s" * 32, key) != stored_key(b"t" * 32, key)


def test_an_ipv6_household_is_one_address():
    assert address_group("2001:db8:1:2::5") == address_group("2001:db8:1:2:ffff::1") == "2001:db8:1:2::/64"
    assert address_group("2001:db8:1:3::5") != address_group("2001:db8:1:2::5")
    assert address_group("192.0.2.7") == "192.0.2.7"
    assert address_group("not an address") == "not an address"
