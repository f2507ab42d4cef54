from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.auth.domain.api_tokens import RANDOM_BYTES, InvalidApiToken, api_secret, life_of_access, secret_hash

LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
NOW = datetime(2026, 1, 1, tzinfo=UTC)


@given(st.binary(min_size=RANDOM_BYTES, max_size=RANDOM_BYTES))
def test_a_secret_has_a_form_that_a_scanner_finds(random: bytes):
    assert re.fullmatch(r"ro_[0-9A-Za-z]{49}", api_secret(random))
    assert len(secret_hash(api_secret(random))) == 32


@given(st.binary(min_size=RANDOM_BYTES, max_size=RANDOM_BYTES), st.integers(3, 51), st.sampled_from(LETTERS))
def test_one_wrong_character_is_noticed_without_looking_the_secret_up(random: bytes, at: int, letter: str):
    secret = api_secret(random)
    mistyped = secret[:at] + letter + secret[at + 1 :]
    if mistyped == secret:
        assert secret_hash(mistyped) == secret_hash(secret)
    else:
        with pytest.raises(InvalidApiToken):
            secret_hash(mistyped)


@pytest.mark.parametrize("not_one", ["", "ro_", "ro_" + "0" * 49, "rt_" + "A" * 49, "ö" * 52, "x" * 512])
def test_what_has_not_the_form_is_refused(not_one: str):
    with pytest.raises(InvalidApiToken):
        secret_hash(not_one)


def test_secrets_differ_where_their_random_bytes_do():
    secrets = {api_secret(at.to_bytes(RANDOM_BYTES, "big")) for at in range(1000)}
    assert len({secret_hash(secret) for secret in secrets}) == 1000


def test_access_ends_with_the_token_that_it_was_given_for():
    assert life_of_access(NOW + timedelta(days=3), NOW) == timedelta(minutes=10)
    assert life_of_access(NOW + timedelta(seconds=7), NOW) == timedelta(seconds=7)
