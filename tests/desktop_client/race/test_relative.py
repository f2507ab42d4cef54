"""Who is near on the road, and by how much."""

import dataclasses

import numpy as np
import pytest
from field_of_cars import field_of_cars, frames_until, raced
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop_client.race.lifecycle import Race
from desktop_client.race.relative import gaps_on_road, laps_apart, relative
from desktop_client.telemetry.frame import Capability, CarStatus, PitStatus, SessionKind

LENGTH = 5000.0
LAP_S = 90.0


def with_cars(frame, **columns):
    return dataclasses.replace(frame, cars=dataclasses.replace(frame.cars, **columns))


def learned(frame_at, until: float = 200.0) -> Race:
    race = Race()
    for at in np.arange(until - 110, until, 0.05):
        race.take(frame_at(float(at)))
    return race


@pytest.fixture(scope="module")
def race(frame_at) -> Race:
    return learned(frame_at)


def test_the_own_row_is_always_in_the_middle(frame_at, race):
    for own in (0, 6, 21):
        view = relative(frame_at(200.0, own=own), race, ahead=3, behind=4)
        assert len(view.rows) == 8
        assert view.rows[view.ahead].is_player
        assert view.rows[view.ahead].slot == own


def test_cars_ahead_stand_above_and_cars_behind_below(frame_at, race):
    view = relative(frame_at(200.0, own=6), race)
    assert [row.slot for row in view.rows] == [3, 4, 5, 6, 7, 8, 9]
    assert [row.gap_s for row in view.rows] == [5.1, 3.4, 1.7, 0.0, -1.7, -3.4, -5.1]


def test_a_driver_alone_sees_only_the_own_row(frame_at, race):
    view = relative(frame_at(200.0, count=1, own=0), race)
    assert [row is not None for row in view.rows] == [False, False, False, True, False, False, False]


@pytest.mark.parametrize("own", [None, -1, 22, 400])
def test_there_is_no_relative_without_an_own_car(frame_at, race, own):
    assert relative(frame_at(200.0, own=own), race) is None


def test_gaps_do_not_jump_when_cars_cross_the_line(frame_at):
    race = learned(frame_at, until=180.0)
    before = None
    for at in np.arange(180.0, 180.0 + 22 * 1.7 + 5, 0.02):
        frame = frame_at(float(at))
        race.take(frame)
        gaps = gaps_on_road(frame, race, 6)
        if before is not None:
            assert np.abs(gaps - before).max() < 0.05
        before = gaps


def test_a_car_a_lap_ahead_is_lapping_and_a_car_a_lap_behind_is_lapped(frame_at, race):
    frame = frame_at(200.0)
    driven = frame.cars.total_distance_m.copy()
    driven[5] += LENGTH
    driven[7] -= 2 * LENGTH
    rows = {row.slot: row for row in relative(with_cars(frame, total_distance_m=driven), race).rows}
    assert (rows[5].laps, rows[6].laps, rows[7].laps, rows[8].laps) == (1, 0, -2, 0)
    assert rows[5].gap_s == 1.7


def test_laps_are_counted_from_lap_numbers_where_a_game_gives_no_distance_driven(frame_at, race):
    frame = frame_at(200.0)
    nothing = np.full(22, np.nan)
    assert not laps_apart(with_cars(frame, total_distance_m=nothing).cars, 6, race.pace).any()
    lap = frame.cars.lap.copy()
    lap[5] += 1
    assert laps_apart(with_cars(frame, total_distance_m=nothing, lap=lap).cars, 6, race.pace)[5] == 1


def test_nobody_is_lapped_across_the_line_by_being_in_the_next_lap(frame_at, race):
    frame = frame_at(180.0 + 6 * 1.7 + 0.5)  # the own car and those ahead have crossed, those behind have not
    assert len(set(frame.cars.lap.tolist())) == 2
    assert {row.laps for row in relative(frame, race).rows} == {0}


def test_in_practice_nobody_is_lapped(frame_at, race):
    frame = frame_at(200.0, kind=SessionKind.PRACTICE)
    driven = frame.cars.total_distance_m.copy()
    driven[5] += LENGTH
    assert {row.laps for row in relative(with_cars(frame, total_distance_m=driven), race).rows} == {0}


def test_a_car_in_the_pit_lane_is_marked_and_a_car_in_its_box_is_not_near(frame_at, race):
    frame = frame_at(200.0)
    pit = frame.cars.pit.copy()
    pit[5], pit[7] = PitStatus.PIT_LANE, PitStatus.IN_BOX
    rows = {row.slot: row for row in relative(with_cars(frame, pit=pit), race).rows}
    assert rows[5].in_pit
    assert 7 not in rows


def test_a_gap_is_not_known_before_any_car_has_driven(frame_at):
    race = Race()
    frame = frame_at(0.0)
    frame = with_cars(frame, speed_mps=np.zeros(22))
    race.take(frame)
    view = relative(frame, race)
    assert [row for row in view.rows if row is not None] == [view.rows[view.ahead]]


distances = st.lists(st.floats(-300, 3 * LENGTH) | st.just(float("nan")), min_size=1, max_size=60)


@settings(max_examples=60, deadline=None)
@given(distances, st.data())
def test_gaps_are_antisymmetric_and_grow_with_the_order_on_the_road(frame_at, race, places, data):
    count = len(places)
    frame = with_cars(frame_at(200.0, count=count, own=0), lap_distance_m=np.array(places))
    one = data.draw(st.integers(0, count - 1))
    other = data.draw(st.integers(0, count - 1))
    from_one, from_other = gaps_on_road(frame, race, one), gaps_on_road(frame, race, other)
    half = race.pace.lap_s / 2
    if np.isfinite(from_one[other]) and abs(abs(from_one[other]) - half) > 1e-6:
        assert from_one[other] == pytest.approx(-from_other[one], abs=1e-6)
    rows = [row for row in relative(frame, race, 10, 10).rows if row is not None]
    gaps = [row.gap_s for row in rows]
    assert gaps == sorted(gaps, reverse=True)
    assert len({row.slot for row in rows}) == len(rows)


anything = st.floats(allow_nan=True, allow_infinity=True)


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 60), st.data())
def test_no_column_of_any_numbers_raises(frame_at, count, data):
    def column():
        return np.array(data.draw(st.lists(anything, min_size=count, max_size=count)))

    frame = with_cars(
        frame_at(10.0, count=count, own=data.draw(st.integers(0, count - 1)), capabilities=frozenset(Capability)),
        lap_distance_m=column(),
        total_distance_m=column(),
        speed_mps=column(),
    )
    race = Race()
    race.take(frame)
    view = relative(frame, race)
    assert view.rows[view.ahead].is_player


SLOW_LAP_S, FAST_LAP_S = 20.0, 16.0


@pytest.fixture(scope="module")
def multi_class():
    """A slow car, the driver's, with a fast car behind it and another slow one in front, after clean laps of each."""
    field = {"lap_s": (SLOW_LAP_S, FAST_LAP_S, SLOW_LAP_S), "columns": {"class_name": ("GT3", "LMP2", "GT3")}}
    race = raced(frames_until(50.0, start_m=(900.0, 900.0, 1000.0), **field))
    return race, field


def at_places(field, *metres, **columns):
    own = {"lap_distance_m": np.array(metres), "total_distance_m": np.array(metres), "lap": np.ones(3, dtype=np.int32)}
    return field_of_cars(50.0, start_m=(0.0, 0.0, 0.0), **{**field, "columns": field["columns"] | own | columns})


def test_a_gap_is_the_time_that_the_car_behind_needs_in_its_own_class(multi_class):
    race, field = multi_class
    frame = at_places(field, 500.0, 400.0, 600.0)
    assert gaps_on_road(frame, race, 0) == pytest.approx([0.0, -0.1 * FAST_LAP_S, 0.1 * SLOW_LAP_S], abs=0.01)


def test_both_drivers_see_the_same_gap_whatever_they_drive(multi_class):
    race, field = multi_class
    for places in ((500.0, 400.0, 600.0), (10.0, 990.0, 300.0), (990.0, 10.0, 500.0)):
        frame = at_places(field, *places)
        there, back = gaps_on_road(frame, race, 0), gaps_on_road(frame, race, 1)
        assert there[1] == pytest.approx(-back[0], abs=1e-6)
        assert abs(there[1]) < 0.5 * SLOW_LAP_S


def test_a_class_that_nobody_has_timed_is_measured_by_the_pace_of_all(multi_class):
    _, field = multi_class
    fresh = raced(frames_until(5.0, start_m=(100.0, 100.0, 200.0), **field))
    assert fresh.timing.references.best_of_class == {}
    gaps = gaps_on_road(at_places(field, 500.0, 400.0, 600.0), fresh, 0)
    assert gaps[1] == pytest.approx(-100.0 / (1000.0 / fresh.pace.lap_s), rel=0.1)


def test_rows_say_their_class_only_where_several_race_together(multi_class):
    race, field = multi_class
    frame = at_places(field, 500.0, 400.0, 600.0, position=np.array([2, 3, 1], dtype=np.int32))
    rows = [row for row in relative(frame, race).rows if row is not None]
    assert [(row.car_class.name, row.class_position) for row in rows] == [("GT3", 1), ("GT3", 2), ("LMP2", 1)]
    alone = raced(frames_until(5.0))
    assert {row.car_class for row in relative(alone.frame, alone).rows if row is not None} == {None}


@pytest.mark.parametrize("status", [CarStatus.GARAGE, CarStatus.RETIRED, CarStatus.DISQUALIFIED])
def test_a_car_that_is_not_on_the_track_is_not_near(frame_at, race, status):
    frame = frame_at(200.0)
    statuses = np.zeros(22, dtype=np.int32)
    statuses[5] = status
    statuses[7] = CarStatus.FINISHED
    slots = {row.slot for row in relative(with_cars(frame, status=statuses), race).rows}
    assert 5 not in slots
    assert 7 in slots


def test_what_a_game_says_of_a_driver_is_passed_on_in_bounds(frame_at, race):
    frame = with_cars(
        frame_at(200.0),
        licence=("A\x00 3.45 and more",) * 22,
        rating=np.array([-1] * 5 + [2431] * 17, dtype=np.int32),
        last_lap_s=np.array([0.0] * 5 + [94.3541] * 17),
    )
    rows = {row.slot: row for row in relative(frame, race).rows}
    assert rows[4].licence == "A 3.45"
    assert (rows[4].rating, rows[4].last_lap_s) == (None, None)
    assert (rows[5].rating, rows[5].last_lap_s) == (2431, 94.354)


def test_a_distance_that_is_stuck_between_updates_does_not_freeze_the_gaps_to_others(multi_class):
    _, field = multi_class
    race = raced(frames_until(50.0, start_m=(900.0, 900.0, 1000.0), **field))
    stuck = race.frame
    before = gaps_on_road(stuck, race, 0)
    for late in (0.1, 0.2):
        race.take(dataclasses.replace(stuck, session_time_s=stuck.session_time_s + late))
    after = gaps_on_road(race.frame, race, 0)
    closed = 0.2 * (1000.0 / FAST_LAP_S - 1000.0 / SLOW_LAP_S)
    assert abs(after[1] - before[1]) == pytest.approx(closed * FAST_LAP_S / 1000.0, abs=0.01)
