"""Who is before whom."""

import dataclasses

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop_client.race.order import order, places_in_class
from desktop_client.telemetry.frame import CarStatus, SessionKind

LENGTH = 5000.0


def test_in_a_race_the_game_says_the_order(frame_at):
    cars = frame_at(50.0, count=4).cars
    cars = dataclasses.replace(cars, position=np.array([3, 1, 4, 2], dtype=np.int32))
    assert order(cars, SessionKind.RACE, LENGTH).tolist() == [1, 3, 0, 2]


def test_where_the_game_gives_no_places_the_distance_driven_decides_and_the_retired_stand_last(frame_at):
    cars = dataclasses.replace(
        frame_at(300.0, count=4).cars,
        position=np.zeros(4, dtype=np.int32),
        total_distance_m=np.array([9000.0, 12_000.0, np.nan, 11_000.0]),
        lap_distance_m=np.array([0.0, 0.0, 500.0, 0.0]),
        lap=np.array([2, 3, 3, 3], dtype=np.int32),
        status=np.array([0, CarStatus.RETIRED, 0, 0], dtype=np.int32),
    )
    assert order(cars, SessionKind.RACE, LENGTH).tolist() == [3, 2, 0, 1]


def test_against_the_clock_the_best_lap_decides_and_who_has_none_stands_last(frame_at):
    cars = dataclasses.replace(
        frame_at(50.0, count=5).cars,
        best_lap_s=np.array([91.0, 0.0, 90.5, np.nan, 90.5]),
        position=np.array([1, 5, 4, 2, 3], dtype=np.int32),
    )
    for kind in (SessionKind.PRACTICE, SessionKind.QUALIFYING, SessionKind.TIME_TRIAL):
        assert order(cars, kind, LENGTH).tolist() == [4, 2, 0, 3, 1]


def test_places_are_counted_within_each_class():
    ordered = np.array([2, 0, 3, 1, 4])
    of_row = np.array([1, 0, 0, 1, 0], dtype=np.int32)
    assert places_in_class(ordered, of_row).tolist() == [1, 2, 1, 2, 3]


anything = st.floats(allow_nan=True, allow_infinity=True)


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 60), st.sampled_from(SessionKind), st.data())
def test_the_order_is_total_whatever_the_columns_hold(frame_at, count, kind, data):
    def column(of):
        return np.array(data.draw(st.lists(of, min_size=count, max_size=count)))

    cars = dataclasses.replace(
        frame_at(10.0, count=count, own=0).cars,
        position=column(st.integers(-2, 70)).astype(np.int32),
        best_lap_s=column(anything),
        total_distance_m=column(anything),
        lap_distance_m=column(anything),
    )
    ordered = order(cars, kind, data.draw(st.sampled_from([None, LENGTH])))
    assert sorted(ordered.tolist()) == list(range(count))
    of_row = column(st.integers(0, 3)).astype(np.int32)
    places = places_in_class(ordered, of_row)
    for number in set(of_row.tolist()):
        assert sorted(places[of_row == number].tolist()) == list(range(1, int((of_row == number).sum()) + 1))
