"""Where a stop would put the driver."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop_client.race.lifecycle import Race
from desktop_client.race.pit_rejoin import rejoin
from desktop_client.telemetry.frame import CarStatus, PitStatus, SessionKind

LENGTH = 5000.0


def with_cars(frame, **columns):
    return dataclasses.replace(frame, cars=dataclasses.replace(frame.cars, **columns))


@pytest.fixture(scope="module")
def race(frame_at) -> Race:
    """Everybody 1.7 s apart, laps of 90 s."""
    race = Race()
    for at in np.arange(90.0, 200.0, 0.1):
        race.take(frame_at(float(at)))
    return race


def test_the_place_and_the_neighbours_follow_from_the_loss(frame_at, race):
    found = rejoin(frame_at(200.0, own=6), race, loss_s=6.0)  # 3 cars come past: 1.7, 3.4 and 5.1 s behind
    assert found.position == 10
    assert (found.ahead.position, found.ahead.gap_s) == (9, 0.9)  # now tenth, and one better off
    assert (found.behind.position, found.behind.gap_s) == (11, 0.8)
    assert (found.ahead.laps, found.behind.laps) == (0, 0)


def test_a_stop_that_costs_nothing_changes_nothing(frame_at, race):
    found = rejoin(frame_at(200.0, own=6), race, loss_s=0.0)
    assert found.position == 7
    assert found.ahead.position == 6


def test_the_last_one_stays_last_and_is_caught_by_the_leader_on_the_road(frame_at, race):
    found = rejoin(frame_at(200.0, own=21), race, loss_s=50.0)
    assert found.position == 22
    assert found.behind.laps == 1
    assert found.behind.position == 1


def test_cars_in_the_lane_or_out_of_the_race_are_not_near(frame_at, race):
    frame = frame_at(200.0, own=6)
    pit = frame.cars.pit.copy()
    pit[9] = PitStatus.PIT_LANE
    status = frame.cars.status.copy()
    status[10] = CarStatus.RETIRED
    found = rejoin(with_cars(frame, pit=pit, status=status), race, loss_s=6.0)
    assert (found.ahead.position, found.behind.position) == (8, 12)
    assert found.position == 10  # the one in the lane is still before the driver, the one that is out never was


def test_the_place_is_counted_in_the_drivers_class(frame_at, race):
    classes = tuple("GT3" if row % 2 == 0 else "LMP2" for row in range(22))
    found = rejoin(with_cars(frame_at(200.0, own=6), class_name=classes), race, loss_s=6.0)
    assert found.position == 5  # 0, 2, 4 and 8
    assert found.ahead.position == 10  # of the other class: its place stays
    in_class = np.arange(22, dtype=np.int32) // 2 + 1
    found = rejoin(with_cars(frame_at(200.0, own=6), class_name=classes, class_position=in_class), race, loss_s=6.0)
    assert (found.ahead.position, found.behind.position) == (5, 6)


@pytest.mark.parametrize("kind", [SessionKind.PRACTICE, SessionKind.QUALIFYING])
def test_outside_a_race_there_is_no_place_to_lose(frame_at, race, kind):
    assert rejoin(frame_at(200.0, own=6, kind=kind), race, 20.0) is None


def test_without_pace_or_place_nothing_is_foretold(frame_at, race):
    assert rejoin(frame_at(200.0, own=6), Race(), 20.0) is None
    assert rejoin(frame_at(200.0, own=None), race, 20.0) is None
    nothing = np.full(22, np.nan)
    assert rejoin(with_cars(frame_at(200.0), lap_distance_m=nothing, total_distance_m=nothing), race, 20.0) is None


@settings(max_examples=60, deadline=None)
@given(st.floats(0, 200), st.floats(0, 200), st.integers(0, 21))
def test_losing_more_never_gains_a_place(frame_at, race, one, other, own):
    less, more = sorted((one, other))
    frame = frame_at(200.0, own=own)
    assert rejoin(frame, race, less).position <= rejoin(frame, race, more).position


anything = st.floats(allow_nan=True, allow_infinity=True)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_no_column_of_any_numbers_makes_it_fail(frame_at, race, data):
    def column():
        return np.array(data.draw(st.lists(anything, min_size=22, max_size=22)))

    frame = with_cars(frame_at(200.0), lap_distance_m=column(), total_distance_m=column())
    found = rejoin(frame, race, data.draw(st.floats(0, 100)))
    if found is not None:
        assert 1 <= found.position <= 22
        assert all(each is None or 0 <= each.gap_s < 1000 for each in (found.ahead, found.behind))
