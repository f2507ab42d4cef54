from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.auth.domain.sessions import (
    RECENT,
    SESSION_IDLE,
    InvalidRefreshToken,
    ReauthenticationRequired,
    Rotation,
    Session,
    judge_rotation,
    read_refresh_token,
    refresh_token,
    require_recent,
)

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
SECRET = b"s" * 32


def session(counter: int = 5, **changes: object) -> Session:
    said = {
        "id": uuid4(),
        "user_id": uuid4(),
        "counter": counter,
        "rotated_at": NOW,
        "expires_at": NOW + timedelta(days=100),
        "revoked": False,
        "created_at": NOW,
        "last_seen_at": NOW,
        "authenticated_at": NOW,
        **changes,
    }
    return Session(**said)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("presented", "seconds_later", "verdict"),
    [
        (5, 0, Rotation.ADVANCE),
        (5, 86400, Rotation.ADVANCE),
        (4, 0, Rotation.REPEAT),
        (4, 60, Rotation.REPEAT),
        (4, 61, Rotation.REUSED),
        (3, 0, Rotation.REUSED),
        (6, 0, Rotation.REUSED),
        (5, SESSION_IDLE.total_seconds(), Rotation.ENDED),
        (5, 100 * 86400, Rotation.ENDED),
    ],
)
def test_what_a_refresh_token_deserves(presented: int, seconds_later: float, verdict: Rotation):
    assert judge_rotation(session(), presented, NOW + timedelta(seconds=seconds_later)) is verdict


def test_a_revoked_session_has_ended_whatever_is_presented():
    assert {judge_rotation(session(revoked=True), n, NOW) for n in range(8)} == {Rotation.ENDED}


def test_a_password_proved_in_the_last_quarter_of_an_hour_is_recent():
    require_recent(session(), NOW + RECENT)
    with pytest.raises(ReauthenticationRequired):
        require_recent(session(), NOW + RECENT + timedelta(microseconds=1))


def test_a_session_ends_by_itself_when_nobody_comes_back_or_its_time_is_over():
    assert session().ends_at() == NOW + SESSION_IDLE
    assert session(expires_at=NOW + timedelta(days=1)).ends_at() == NOW + timedelta(days=1)


@given(st.uuids(), st.integers(0, 2**32 - 1))
def test_a_refresh_token_reads_back_as_what_it_was_made_from(session_id: UUID, counter: int):
    assert read_refresh_token(SECRET, refresh_token(SECRET, session_id, counter)) == (session_id, counter)


@given(st.uuids(), st.integers(0, 1000), st.integers(0, 51), st.integers(1, 255))
def test_a_token_changed_anywhere_is_refused(session_id: UUID, counter: int, place: int, change: int):
    import base64

    raw = bytearray(base64.urlsafe_b64decode(refresh_token(SECRET, session_id, counter)[3:] + "=="))
    raw[place] ^= change
    with pytest.raises(InvalidRefreshToken):
        read_refresh_token(SECRET, "rt_" + base64.urlsafe_b64encode(bytes(raw)).decode().rstrip("="))


@given(st.text(max_size=200))
def test_noise_is_refused(noise: str):
    with pytest.raises(InvalidRefreshToken):
        read_refresh_token(SECRET, noise)
