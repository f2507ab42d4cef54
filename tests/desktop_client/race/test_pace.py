"""The ruler that turns metres into seconds."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_client.race.pace import Pace, signed_gap

LENGTH = 5000.0
EVERYBODY = np.ones(1, dtype=np.bool_)


def driven_round(speed_at, length: float = LENGTH) -> Pace:
    pace = Pace(length)
    places = np.arange(0.5, length, 1.0)
    for place in places:
        pace.see(np.array([place]), np.array([float(speed_at(place))]), EVERYBODY)
    return pace


def test_nothing_is_known_before_a_car_has_been_seen_driving():
    pace = Pace(LENGTH)
    pace.see(np.array([10.0]), np.array([0.0]), EVERYBODY)
    assert pace.lap_s is None
    assert np.isnan(pace.time_at(np.array([100.0]))).all()


def test_one_car_seen_gives_distance_by_speed_everywhere():
    pace = Pace(LENGTH)
    pace.see(np.array([10.0]), np.array([50.0]), EVERYBODY)
    assert pace.lap_s == pytest.approx(100.0)
    assert pace.time_at(np.array([1000.0]))[0] == pytest.approx(20.0)


def test_a_slow_part_of_the_lap_takes_its_time():
    pace = driven_round(lambda place: 20.0 if 1000 <= place < 2000 else 80.0)
    assert pace.lap_s == pytest.approx(50 + 4000 / 80)
    slow = pace.time_at(np.array([1000.0, 2000.0]))
    assert slow[1] - slow[0] == pytest.approx(50.0)


def test_cars_in_the_pits_and_impossible_speeds_teach_nothing():
    pace = Pace(LENGTH)
    nobody = np.zeros(1, dtype=np.bool_)
    pace.see(np.array([10.0]), np.array([22.0]), nobody)
    for speed in (np.nan, np.inf, -np.inf, -30.0, 4.9, 1e9):
        pace.see(np.array([10.0]), np.array([speed]), EVERYBODY)
    for place in (np.nan, np.inf, -np.inf):
        pace.see(np.array([place]), np.array([50.0]), EVERYBODY)
    assert pace.lap_s is None


def test_a_standing_start_is_forgotten_after_some_cars():
    pace = Pace(LENGTH)
    pace.see(np.array([10.0]), np.array([6.0]), EVERYBODY)
    for _ in range(20):
        pace.see(np.array([10.0]), np.array([80.0]), EVERYBODY)
    assert pace.lap_s == pytest.approx(LENGTH / 80, rel=0.02)


@given(
    st.lists(st.floats(0.0, 1.0, exclude_max=True), min_size=2, max_size=60),
    st.floats(100.0, 30_000.0),
    st.lists(st.floats(5.0, 120.0), min_size=1, max_size=30),
)
def test_time_grows_with_distance_and_stays_within_the_lap(shares, length, speeds):
    pace = Pace(length)
    for index, speed in enumerate(speeds):
        pace.see(np.array([index * 37.0]), np.array([speed]), EVERYBODY)
    times = pace.time_at(np.sort(np.array(shares)) * length)
    assert (np.diff(times) >= 0).all()
    assert times[0] >= 0
    assert times[-1] <= pace.lap_s


@given(st.floats(0, 90), st.floats(0, 90), st.floats(50, 120))
def test_the_gap_from_one_car_to_the_other_is_the_opposite_of_the_way_back(one, other, lap):
    there = float(signed_gap(np.array([other]), one, lap)[0])
    back = float(signed_gap(np.array([one]), other, lap)[0])
    if abs(abs(there) - lap / 2) > 1e-6:  # half a lap apart, each is as much ahead as behind
        assert there == pytest.approx(-back, abs=1e-6)
    assert abs(there) <= lap / 2 + 1e-9
