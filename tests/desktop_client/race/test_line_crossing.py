from __future__ import annotations

import math

import pytest

from desktop_client.race.driven_lap import Sample
from desktop_client.race.line_crossing import line_at_once, line_before

LENGTH_M, SPEED_MPS = 4000.0, 80.0


def sample(at: float, distance: float, *, lap: int = 2, lap_time: float = math.nan, **changes: float) -> Sample:
    """A car on the x axis, whose line is at x = 0 and which crosses it at nought."""
    values = {"x": SPEED_MPS * at, "y": 0.0, "z": 2.0, "speed": SPEED_MPS, "last_lap": math.nan, "heading": 0.0}
    return Sample(clock=at, at=at, lap=lap, distance=distance, lap_time=lap_time, sector=-1, **(values | changes))


def test_the_line_lies_as_far_behind_as_the_car_is_in_its_lap() -> None:
    line = line_before([sample(-0.02, LENGTH_M - 1.6)], sample(0.03, 2.4, lap=3), LENGTH_M)
    assert line == (pytest.approx(0.0), pytest.approx(0.0), 0.0, 2.0, 0.0)


def test_a_lap_that_is_counted_late_began_where_the_line_is() -> None:
    """Where laps are scored five times a second, the distance stands still at the line until they are."""
    stuck = [sample(number / 50, min(LENGTH_M, LENGTH_M + SPEED_MPS * number / 50)) for number in range(-10, 9)]
    line = line_before(stuck, sample(0.18, SPEED_MPS * 0.18, lap=3), LENGTH_M)
    assert line is not None
    assert (line.at, line.x) == (pytest.approx(0.0, abs=1e-9), pytest.approx(0.0, abs=1e-9))


def test_a_lap_that_is_counted_early_begins_where_the_line_will_be() -> None:
    line = line_before([sample(-0.05, LENGTH_M - 4.0)], sample(-0.03, LENGTH_M - 2.4, lap=3), LENGTH_M)
    assert line is not None
    assert (line.at, line.x) == (pytest.approx(0.0, abs=1e-9), pytest.approx(0.0, abs=1e-9))


def test_a_line_beyond_what_is_remembered_is_not_known() -> None:
    assert line_before([sample(0.1, 8.0), sample(0.2, 16.0)], sample(0.3, 24.0, lap=3), LENGTH_M) is None
    assert line_before([sample(0.0, math.nan)], sample(0.0, math.nan, lap=3), LENGTH_M) is None


def test_a_car_that_is_first_seen_as_its_lap_begins_has_just_crossed_the_line() -> None:
    line = line_at_once(sample(0.03, 2.4, lap_time=0.03))
    assert line is not None
    assert (line.at, line.x) == (pytest.approx(0.0), pytest.approx(0.0))


@pytest.mark.parametrize(
    "first",
    [
        sample(30.0, 2400.0, lap_time=30.0),
        sample(0.03, 2400.0, lap_time=0.03),
        sample(0.03, 2.4),
        sample(0.03, 0.1, lap_time=0.03, speed=2.0),
        sample(0.03, 2.4, lap_time=0.03, heading=math.nan),
        sample(0.03, -40.0, lap_time=0.03),
    ],
    ids=["in the middle of a lap", "elsewhere", "no clock", "from the grid", "no heading", "before the line"],
)
def test_who_was_not_seen_to_begin_a_lap_has_no_line(first: Sample) -> None:
    assert line_at_once(first) is None
