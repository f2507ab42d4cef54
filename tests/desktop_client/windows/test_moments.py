from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from desktop_client.windows.moments import ago, day, still

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("passed", "words"),
    [
        (timedelta(seconds=-30), "just now"),  # the clocks of two computers
        (timedelta(seconds=59), "just now"),
        (timedelta(seconds=60), "1 minute ago"),
        (timedelta(minutes=59, seconds=59), "59 minutes ago"),
        (timedelta(hours=1), "1 hour ago"),
        (timedelta(hours=23, minutes=59), "23 hours ago"),
        (timedelta(days=1), "1 day ago"),
        (timedelta(days=6, hours=23), "6 days ago"),
        (timedelta(days=14), "on 12 Nov 2026"),
    ],
)
def test_a_moment_is_said_as_one_says_it(passed: timedelta, words: str) -> None:
    assert ago(NOW - passed, NOW) == words


def test_a_day_is_the_drivers_own() -> None:
    here = NOW.astimezone()
    assert day(NOW) == f"{here.day} Nov 2026"


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.2, "1 s"), (28, "28 s"), (89, "89 s"), (90, "2 min"), (181, "4 min")]
)
def test_a_wait_is_never_said_too_short(seconds: float, words: str) -> None:
    assert still(seconds) == words
