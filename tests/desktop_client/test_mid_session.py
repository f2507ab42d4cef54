from __future__ import annotations

from datetime import UTC, datetime, timedelta

from desktop_client.licence_state import LicenceState
from desktop_client.mid_session import HELD_AT_MOST_S, STILL_DRIVING_S, MidSession

PRO = LicenceState("pro", ("widgets", "history"), "valid")
FREE = LicenceState(None, ("widgets",), "expired")
BEGAN = datetime(2026, 11, 20, tzinfo=UTC)


class Hours:
    """A clock and a stop watch that are set by hand."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def now(self) -> datetime:
        return BEGAN + timedelta(seconds=self.seconds - 1000)

    def ticks(self) -> float:
        return self.seconds


def a_session(hours: Hours) -> MidSession:
    session = MidSession(hours.now, hours.ticks)
    assert session.drive(("f1", "race"))
    return session


def test_nothing_is_held_back_while_nobody_drives() -> None:
    hours = Hours()
    session = MidSession(hours.now, hours.ticks)
    assert session.since is None
    assert not session.holds_back(PRO, FREE)
    assert session.release() is None


def test_what_would_be_lost_goes_on_until_another_session_begins() -> None:
    session = a_session(Hours())
    assert session.holds_back(PRO, FREE)
    assert session.is_holding
    assert not session.drive(("f1", "race"))
    assert session.drive(("f1", "the next"))
    assert session.release() == FREE
    assert session.release() is None


def test_what_is_gained_is_not_held_back_and_ends_the_holding() -> None:
    session = a_session(Hours())
    assert not session.holds_back(FREE, PRO)
    assert session.holds_back(PRO, FREE)
    assert not session.holds_back(PRO, PRO), "the payment came after all"
    assert session.release() is None


def test_what_was_left_for_one_session_does_not_go_on_into_the_next() -> None:
    session = a_session(Hours())
    assert session.drive(("f1", "the next"))
    session.begins_anew()
    assert not session.holds_back(PRO, FREE)
    assert not session.holds_back(FREE, PRO), "the network is back"
    assert session.holds_back(PRO, FREE), "and what this session has is its own"


def test_a_pause_in_the_menu_is_no_end_and_silence_is_one() -> None:
    hours = Hours()
    session = a_session(hours)
    hours.seconds += STILL_DRIVING_S - 1
    assert session.since == BEGAN
    assert session.holds_back(PRO, FREE)
    hours.seconds += 2
    assert session.since is None
    assert not session.holds_back(PRO, FREE)


def test_no_session_holds_for_longer_than_the_longest_race() -> None:
    hours = Hours()
    session = a_session(hours)
    assert session.holds_back(PRO, FREE)
    for _ in range(int(HELD_AT_MOST_S // 300)):
        hours.seconds += 300
        session.drive(("f1", "race"))
    assert not session.holds_back(PRO, FREE)
