from __future__ import annotations

from uuid import UUID, uuid4

from hypothesis import given, settings
from hypothesis import strategies as st

from services.auth.domain.devices import device_token, known_device, seen_from

SECRET, OTHER = b"s" * 32, b"t" * 32


@settings(deadline=None)
@given(st.uuids(), st.uuids())
def test_a_device_is_known_to_its_account_and_to_no_other(user_id: UUID, device_id: UUID):
    token = device_token(SECRET, user_id, device_id)
    assert known_device([SECRET], user_id, token) == device_id
    assert known_device([SECRET], uuid4(), token) is None
    assert known_device([OTHER], user_id, token) is None
    assert known_device([OTHER, SECRET], user_id, token) == device_id


@settings(deadline=None)
@given(st.text(max_size=100))
def test_noise_is_no_known_device(noise: str):
    assert known_device([SECRET], uuid4(), noise) is None
    assert known_device([SECRET], uuid4(), "dt_" + noise) is None


def test_no_token_is_no_known_device():
    assert known_device([SECRET], uuid4(), None) is None


def test_where_an_account_signs_in_from_is_known_again_and_tells_nothing_of_another_account():
    user_id = uuid4()
    assert seen_from(SECRET, user_id, "192.0.2.1") == seen_from(SECRET, user_id, "192.0.2.1")
    assert seen_from(SECRET, user_id, "2001:db8::1") == seen_from(SECRET, user_id, "2001:db8::2")
    assert seen_from(SECRET, user_id, "192.0.2.1") != seen_from(SECRET, user_id, "192.0.2.2")
    assert seen_from(SECRET, user_id, "192.0.2.1") != seen_from(SECRET, uuid4(), "192.0.2.1")
