"""How far it is to the flag."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop_client.race.lifecycle import Race
from desktop_client.race.to_the_flag import lap_time_s, to_go
from desktop_client.telemetry.frame import CarStatus, Flag, SessionKind

LAP_S = 94.0  # about what the made-up cars say their last lap took


def with_cars(frame, **columns):
    return dataclasses.replace(frame, cars=dataclasses.replace(frame.cars, **columns))


def alone(frame_at, share: float, lap: int = 3, **session):
    """The driver alone, `share` around a lap of 100 seconds."""
    frame = frame_at(0.0, count=1, own=0, **session)
    return with_cars(
        frame,
        lap=np.array([lap], dtype=np.int32),
        lap_distance_m=np.array([share * 5000.0]),
        last_lap_s=np.array([100.0]),
        best_lap_s=np.array([100.0]),
    )


def laps(frame):
    return to_go(frame, Race()).laps


def test_a_race_over_laps_is_counted_with_the_rest_of_this_lap(frame_at):
    assert laps(alone(frame_at, 0.25, lap=3, total_laps=10)) == pytest.approx(7.75)


def test_outside_a_race_and_without_an_end_there_is_nothing_to_go_to(frame_at):
    assert to_go(alone(frame_at, 0.25, kind=SessionKind.PRACTICE), Race()) is None
    assert to_go(alone(frame_at, 0.25, total_laps=None, time_left_s=None), Race()) is None
    assert to_go(frame_at(50.0, own=None), Race()) is None


@pytest.mark.parametrize(
    ("left", "expected"),
    [
        (0.0, 0.75),  # over: this lap is the last
        (74.0, 0.75),  # the line comes a second after zero
        (76.0, 1.75),  # and a second before: one lap more
        (274.0, 2.75),
        (276.0, 3.75),
    ],
)
def test_a_race_against_the_clock_ends_at_the_leaders_first_crossing_after_zero(frame_at, left, expected):
    frame = alone(frame_at, 0.25, total_laps=None, time_left_s=left)
    assert laps(frame) == pytest.approx(expected)


def test_nobody_knows_while_the_clock_runs_out_near_the_line(frame_at):
    assert to_go(alone(frame_at, 0.25, total_laps=None, time_left_s=74.5), Race()).perhaps_one_more
    assert not to_go(alone(frame_at, 0.25, total_laps=None, time_left_s=30.0), Race()).perhaps_one_more


def test_who_follows_the_leader_stops_at_the_first_crossing_after_the_leader(frame_at):
    frame = frame_at(0.0, count=2, own=1, total_laps=None, time_left_s=60.0)
    times = np.array([100.0, 110.0])
    frame = with_cars(
        frame,
        lap=np.array([5, 5], dtype=np.int32),
        last_lap_s=times,
        best_lap_s=times,
        lap_distance_m=np.array([4500, 500.0]),
    )
    # the leader crosses after 10 s and 110 s, the driver after 99 s and 209 s
    assert laps(frame) == pytest.approx(1.9)


def test_a_lapped_car_drives_fewer_laps(frame_at):
    frame = frame_at(0.0, count=2, own=1, total_laps=20)
    frame = with_cars(frame, lap=np.array([10, 8], dtype=np.int32), lap_distance_m=np.array([3000.0, 1000.0]))
    assert laps(frame) == pytest.approx(20 - 2 - 7.2)


def test_the_nearer_of_two_limits_counts_and_a_stopped_clock_is_none(frame_at):
    assert laps(alone(frame_at, 0.5, lap=3, total_laps=50, time_left_s=140.0)) == pytest.approx(1.5)
    assert laps(alone(frame_at, 0.5, lap=3, total_laps=5, time_left_s=7000.0)) == pytest.approx(2.5)
    assert laps(alone(frame_at, 0.5, lap=3, total_laps=5, time_left_s=0.0)) == pytest.approx(2.5)


def test_after_the_leader_has_finished_this_lap_is_the_last_one(frame_at):
    frame = alone(frame_at, 0.25, lap=3, total_laps=10, flags=frozenset({Flag.CHEQUERED}))
    assert laps(frame) == pytest.approx(0.75)
    finished = with_cars(frame, status=np.array([CarStatus.FINISHED], dtype=np.int32))
    assert laps(finished) == 0


def test_a_lap_in_traffic_or_through_the_pits_is_no_pace(frame_at):
    frame = alone(frame_at, 0.5)
    assert lap_time_s(frame, Race(), 0) == 100.0
    slow = with_cars(frame, last_lap_s=np.array([131.0]))
    assert lap_time_s(slow, Race(), 0) == pytest.approx(102.0)
    unknown = with_cars(frame, last_lap_s=np.array([np.nan]), best_lap_s=np.array([np.nan]))
    assert lap_time_s(unknown, Race(), 0) is None


@settings(max_examples=100, deadline=None)
@given(st.floats(0, 0.999), st.floats(0, 20_000))
def test_less_time_never_means_more_laps(frame_at, share, left):
    def at(time_left):
        return laps(alone(frame_at, share, total_laps=None, time_left_s=time_left))

    assert at(left) >= at(left * 0.9) - 1e-9
    assert at(left) * 100.0 >= left - 1e-6


anything = st.floats(allow_nan=True, allow_infinity=True)


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_no_numbers_make_it_fail_or_go_backwards(frame_at, data):
    count = data.draw(st.integers(1, 5))

    def column():
        return np.array(data.draw(st.lists(anything, min_size=count, max_size=count)))

    whole = st.integers(-(2**31), 2**31 - 1)
    frame = frame_at(
        1.0,
        count=count,
        own=0,
        total_laps=data.draw(st.none() | whole),
        time_left_s=data.draw(st.none() | anything),
        track_length_m=data.draw(st.none() | anything),
    )
    lap = np.array(data.draw(st.lists(whole, min_size=count, max_size=count)), dtype=np.int32)
    position = np.array(data.draw(st.permutations(range(count))), dtype=np.int32)
    frame = with_cars(
        frame, lap=lap, position=position, lap_distance_m=column(), last_lap_s=column(), best_lap_s=column()
    )
    found = to_go(frame, Race())
    assert found is None or 0 <= found.laps < float("inf")
