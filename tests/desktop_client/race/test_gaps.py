"""By how much a car is behind another."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop_client.race.gaps import Gap, RaceGaps, best_lap_gap
from desktop_client.race.lifecycle import Race
from desktop_client.race.order import order
from desktop_client.telemetry.frame import CarStatus, SessionKind

LENGTH = 5000.0


@pytest.fixture(scope="module")
def race(frame_at) -> Race:
    race = Race()
    for at in np.arange(90.0, 200.0, 0.05):
        race.take(frame_at(float(at)))
    return race


def without_gaps(frame, **columns):
    nothing = np.full(len(frame.cars), np.nan)
    columns = {"gap_leader_s": nothing, "gap_ahead_s": nothing, **columns}
    return dataclasses.replace(frame, cars=dataclasses.replace(frame.cars, **columns))


def gaps_of(frame, race: Race) -> RaceGaps:
    return RaceGaps(frame, race, order(frame.cars, SessionKind.RACE, frame.session.track_length_m))


def test_the_game_says_the_gap_to_the_car_right_ahead(frame_at, race):
    frame = frame_at(200.0)
    ahead = frame.cars.gap_ahead_s.copy()
    ahead[5] = 2.34
    frame = dataclasses.replace(frame, cars=dataclasses.replace(frame.cars, gap_ahead_s=ahead))
    assert gaps_of(frame, race).behind(5, 4) == Gap(2.3)


def test_the_gap_to_a_class_leader_is_the_difference_of_two_gaps_to_the_leader(frame_at, race):
    assert gaps_of(frame_at(200.0), race).behind(9, 3) == Gap(10.2)


def test_a_leader_without_a_gap_is_behind_nobody(frame_at, race):
    frame = frame_at(200.0)
    leader = frame.cars.gap_leader_s.copy()
    leader[0] = np.nan
    frame = dataclasses.replace(frame, cars=dataclasses.replace(frame.cars, gap_leader_s=leader))
    assert gaps_of(frame, race).behind(4, 0) == Gap(6.8)


def test_without_the_games_gaps_distance_and_pace_tell_also_across_the_line(frame_at, race):
    at = 180.0 + 6 * 1.7 + 0.5  # half of the cars have crossed the line
    at_reference_pace = np.full(22, race.pace.lap_s)
    frame = without_gaps(frame_at(at), last_lap_s=at_reference_pace, best_lap_s=at_reference_pace)
    gaps = gaps_of(frame, race)
    assert gaps.behind(9, 0).seconds == pytest.approx(9 * 1.7, abs=0.1)
    assert gaps.behind(7, 6).seconds == pytest.approx(1.7, abs=0.1)


def test_where_the_other_was_seen_here_no_pace_is_guessed(frame_at):
    race = Race()
    for at in np.arange(90.0, 130.0, 0.05):
        frame = without_gaps(frame_at(float(at), count=4, own=0), best_lap_s=np.full(4, 60.0))
        race.take(frame)
    assert gaps_of(frame, race).behind(3, 0) == Gap(5.1)
    assert gaps_of(frame, race).behind(3, 2) == Gap(1.7)


def test_a_slow_cars_gap_is_counted_at_its_own_pace_and_not_at_that_of_a_faster_class(frame_at, race):
    lap = np.full(22, race.pace.lap_s)
    lap[7] *= 1.2
    frame = without_gaps(frame_at(200.0), last_lap_s=lap, best_lap_s=lap)
    assert gaps_of(frame, race).behind(7, 0).seconds == pytest.approx(7 * 1.7 * 1.2, abs=0.15)


def test_a_lap_or_more_is_said_in_laps_and_whoever_is_just_not_lapped_in_seconds(frame_at, race):
    frame = frame_at(200.0)
    driven = frame.cars.total_distance_m.copy()
    driven[3] = driven[0] - LENGTH + 1
    driven[4] = driven[0] - LENGTH
    driven[5] = driven[0] - 2.9 * LENGTH
    frame = dataclasses.replace(frame, cars=dataclasses.replace(frame.cars, total_distance_m=driven))
    gaps = gaps_of(frame, race)
    assert gaps.behind(3, 0).laps == 0
    assert gaps.behind(4, 0) == Gap(laps=1)
    assert gaps.behind(5, 0) == Gap(laps=2)


def test_a_winner_on_the_way_home_laps_nobody(frame_at, race):
    frame = frame_at(200.0)
    driven, status = frame.cars.total_distance_m.copy(), frame.cars.status.copy()
    driven[0] += LENGTH
    status[0] = CarStatus.FINISHED
    frame = dataclasses.replace(frame, cars=dataclasses.replace(frame.cars, total_distance_m=driven, status=status))
    assert gaps_of(frame, race).behind(2, 0) == Gap(3.4)


def test_best_laps_are_compared_to_the_thousandth_and_only_where_both_are_known(frame_at):
    cars = frame_at(50.0).cars
    assert best_lap_gap(cars, 3, 0) == Gap(0.651)
    cars = dataclasses.replace(cars, best_lap_s=np.where(np.arange(22) == 3, 0.0, cars.best_lap_s))
    assert best_lap_gap(cars, 3, 0) == Gap()
    assert best_lap_gap(cars, 1, 3) == Gap()


anything = st.floats(allow_nan=True, allow_infinity=True)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_no_columns_make_a_gap_negative_or_endless(frame_at, race, data):
    def column():
        return np.array(data.draw(st.lists(anything, min_size=8, max_size=8)))

    frame = frame_at(200.0, count=8)
    names = ("gap_leader_s", "gap_ahead_s", "total_distance_m", "lap_distance_m", "last_lap_s", "best_lap_s")
    frame = dataclasses.replace(frame, cars=dataclasses.replace(frame.cars, **{name: column() for name in names}))
    gaps = gaps_of(frame, race)
    for row in range(1, 8):
        gap = gaps.behind(row, 0)
        assert gap.laps >= 0
        assert gap.seconds is None or 0 <= gap.seconds < 36_000


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(0.1, 15.0), min_size=2, max_size=5))
def test_intervals_sum_up_to_the_gap(frame_at, race, apart):
    count = len(apart) + 1
    behind_s = np.concatenate(([0.0], np.cumsum(apart)))
    reference = np.full(count, race.pace.lap_s)
    frame = frame_at(300.0, count=count, own=0)
    driven = (300.0 - behind_s) * LENGTH / 90.0
    frame = without_gaps(
        frame,
        total_distance_m=driven,
        lap_distance_m=np.mod(driven, LENGTH),
        last_lap_s=reference,
        best_lap_s=reference,
    )
    gaps = gaps_of(frame, race)
    intervals = sum(gaps.behind(row, row - 1).seconds or 0.0 for row in range(1, count))
    assert intervals == pytest.approx(gaps.behind(count - 1, 0).seconds, abs=0.06 * count)
