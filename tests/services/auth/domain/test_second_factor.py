from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from passlib.totp import TOTP

from services.auth.domain.second_factor import (
    PasswordTooShortAlone,
    check_stands_alone,
    enrolment,
    is_app_code,
    matching_step,
    recovery_code,
    recovery_hash,
)

SECRET = b"12345678901234567890"  # of RFC 6238's test vectors
NOW = datetime(2026, 11, 23, 12, 0, 7, tzinfo=UTC)


def code_at(at: datetime) -> str:
    return TOTP(key=SECRET, format="raw").generate(at).token or ""


@pytest.mark.parametrize(("seconds", "code"), [(59, "287082"), (1111111109, "081804"), (20000000000, "353130")])
def test_the_codes_are_those_of_rfc_6238(seconds: int, code: str):
    assert matching_step(SECRET, code, 0, datetime.fromtimestamp(seconds, UTC)) == seconds // 30


@pytest.mark.parametrize(("drift", "right"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)])
def test_a_clock_may_be_one_step_off(drift: int, right: bool):
    assert (matching_step(SECRET, code_at(NOW + timedelta(seconds=drift)), 0, NOW) is not None) is right


def test_a_code_works_once_and_none_before_it_any_more():
    step = matching_step(SECRET, code_at(NOW), 0, NOW)
    assert step is not None
    assert matching_step(SECRET, code_at(NOW), step, NOW) is None
    assert matching_step(SECRET, code_at(NOW - timedelta(seconds=30)), step, NOW) is None
    later = NOW + timedelta(seconds=30)
    assert matching_step(SECRET, code_at(later), step, later) == step + 1


def test_what_the_app_is_told_makes_the_same_codes():
    typed, uri = enrolment(SECRET, "driver@b.example")
    told = parse_qs(urlsplit(uri).query)
    assert urlsplit(uri)[:2] == ("otpauth", "totp")
    assert told["secret"] == [typed]
    assert told["issuer"] == ["RaceOverlay"]
    assert matching_step(SECRET, TOTP(key=typed).generate(NOW).token or "", 0, NOW) is not None


@settings(deadline=None)
@given(st.binary(min_size=16, max_size=16))
def test_a_recovery_code_is_the_same_however_it_is_typed(numbers: bytes):
    code, user_id = recovery_code(numbers), uuid4()
    assert len(code) == 11
    assert not is_app_code(code)
    for typed in (code.upper(), code.replace("-", ""), code.replace("-", " "), f"{code[:3]} {code[3:]}"):
        assert recovery_hash(b"s", user_id, typed) == recovery_hash(b"s", user_id, code)
    assert recovery_hash(b"s", uuid4(), code) != recovery_hash(b"s", user_id, code)


def test_a_code_of_the_app_may_be_typed_in_groups():
    assert is_app_code("123 456")
    assert is_app_code("123-456")
    assert not is_app_code("1234567")


def test_a_password_that_stands_alone_has_twelve_characters():
    check_stands_alone("box box box!")
    with pytest.raises(PasswordTooShortAlone):
        check_stands_alone("box box box")
