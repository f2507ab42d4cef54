"""The table of the race, class by class."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop_client.demo.frames import frames as simulated
from desktop_client.race.dash import LapMark
from desktop_client.race.gaps import Gap
from desktop_client.race.lifecycle import Race
from desktop_client.race.standings import Column, Doing, standings
from desktop_client.telemetry.frame import CarStatus, PitStatus, SessionKind

THREE = ("Hypercar", "LMP2", "LMGT3")


def with_cars(frame, **columns):
    return dataclasses.replace(frame, cars=dataclasses.replace(frame.cars, **columns))


def table_of(frame, room: int = 60, before=(), **chosen):
    race = Race()
    for earlier in (*before, frame):
        race.take(earlier)
    return standings(frame, race, room, **chosen)


def rows_of(view):
    return {row.slot: row for table in view.tables for row in table.rows}


def changed(column, **at):
    copy = column.copy()
    for row, value in at.items():
        copy[int(row[1:])] = value
    return copy


def test_without_classes_there_is_one_table_in_the_order_of_the_race(frame_at):
    view = table_of(frame_at(200.0))
    assert [row.slot for row in view.tables[0].rows] == list(range(22))
    assert [row.place for row in view.tables[0].rows] == list(range(1, 23))
    assert view.tables[0].rows[4].gap == Gap(6.8)
    assert view.tables[0].rows[4].interval == Gap(1.7)
    assert view.tables[0].rows[0].gap == view.tables[0].rows[0].interval == Gap()


def test_every_class_has_its_own_places_gaps_and_leader(frame_at):
    view = table_of(frame_at(200.0, count=30, classes=THREE))
    assert [table.car_class.name for table in view.tables] == list(THREE)
    for table in view.tables:
        assert [row.place for row in table.rows] == list(range(1, 11))
        assert table.rows[0].gap == Gap()
        assert table.rows[3].gap == Gap(5.1)


def test_a_mixed_field_keeps_places_and_intervals_per_class(frame_at):
    frame = frame_at(200.0, count=6, own=0)
    view = table_of(with_cars(frame, class_name=("A", "B") * 3))
    first, second = view.tables
    assert [row.slot for row in first.rows] == [0, 2, 4]
    assert [row.slot for row in second.rows] == [1, 3, 5]
    assert [row.place for row in second.rows] == [1, 2, 3]
    assert second.rows[1].interval == Gap(3.4)  # the car right ahead on the road is of the other class


def test_the_drivers_class_is_open_and_the_others_are_folded_to_their_leaders(frame_at):
    view = table_of(frame_at(200.0, count=60, own=30, classes=THREE), room=16, leaders=3, others=2)
    assert [len(table.rows) for table in view.tables] == [2, 9, 2]
    assert [table.cars for table in view.tables] == [20, 20, 20]
    middle = view.tables[1].rows
    assert [row.place for row in middle] == [1, 2, 3, 8, 9, 10, 11, 12, 13]
    assert [row.follows for row in middle] == [True, True, True, False, True, True, True, True, True]
    assert [row.is_player for row in middle].index(True) == 6


def test_a_spectator_sees_the_fastest_class_from_the_top(frame_at):
    view = table_of(frame_at(200.0, count=60, own=None, classes=THREE), room=16)
    assert [row.place for row in view.tables[0].rows] == list(range(1, 10))
    assert not any(row.is_player for row in rows_of(view).values())


def test_against_the_clock_cars_stand_by_their_best_lap_with_the_gap_to_it(frame_at):
    frame = frame_at(200.0, count=5, own=2, kind=SessionKind.QUALIFYING)
    view = table_of(with_cars(frame, best_lap_s=np.array([92.0, 91.5, 0.0, 91.25, 93.0])))
    rows = view.tables[0].rows
    assert [row.slot for row in rows] == [3, 1, 0, 4, 2]
    assert [row.gap.seconds for row in rows] == [None, 0.25, 0.75, 1.75, None]
    assert [row.interval.seconds for row in rows] == [None, 0.25, 0.5, 1.0, None]
    assert view.against_the_clock


def test_the_best_lap_of_a_class_is_marked_in_that_class(frame_at):
    frame = frame_at(200.0, count=6, classes=("A", "B"), own=0)
    best = frame.cars.best_lap_s
    view = table_of(with_cars(frame, last_lap_s=changed(best + 1.0, r4=best[4], r3=best[3])))
    rows = rows_of(view)
    assert [rows[slot].best.mark for slot in range(6)] == [
        *(LapMark.SESSION_BEST, LapMark.OWN_BEST, LapMark.OWN_BEST),
        *(LapMark.SESSION_BEST, LapMark.OWN_BEST, LapMark.OWN_BEST),
    ]
    assert (rows[3].last.mark, rows[4].last.mark, rows[5].last.mark) == (
        *(LapMark.SESSION_BEST, LapMark.OWN_BEST, LapMark.PLAIN),
    )


def test_places_won_and_lost_are_counted_since_the_start(frame_at):
    start = frame_at(0.0, count=4, own=0)
    now = with_cars(frame_at(200.0, count=4, own=0), position=np.array([2, 1, 3, 4], dtype=np.int32))
    rows = rows_of(table_of(now, before=(start,)))
    assert [rows[slot].gained for slot in range(4)] == [-1, 1, 0, 0]


def test_a_driver_who_joins_late_has_no_such_column(frame_at):
    view = table_of(frame_at(200.0))
    assert Column.GAINED not in view.columns
    assert rows_of(view)[3].gained is None


@pytest.mark.parametrize(
    ("status", "pit", "off_track", "doing"),
    [
        (CarStatus.RUNNING, PitStatus.NONE, False, Doing.RACING),
        (CarStatus.RUNNING, PitStatus.NONE, True, Doing.OFF_TRACK),
        (CarStatus.RUNNING, PitStatus.PIT_LANE, True, Doing.PIT_LANE),
        (CarStatus.RUNNING, PitStatus.IN_BOX, False, Doing.IN_BOX),
        (CarStatus.GARAGE, PitStatus.IN_BOX, False, Doing.GARAGE),
        (CarStatus.FINISHED, PitStatus.NONE, False, Doing.FINISHED),
        (CarStatus.RETIRED, PitStatus.NONE, True, Doing.RETIRED),
        (CarStatus.DISQUALIFIED, PitStatus.PIT_LANE, False, Doing.DISQUALIFIED),
        (77, PitStatus.NONE, False, Doing.RACING),
    ],
)
def test_the_strongest_state_of_a_car_is_said(frame_at, status, pit, off_track, doing):
    frame = frame_at(200.0, count=2, own=0)
    view = table_of(
        with_cars(
            frame,
            status=np.array([0, status], dtype=np.int32),
            pit=np.array([0, pit], dtype=np.int32),
            off_track=np.array([False, off_track]),
        )
    )
    assert rows_of(view)[1].doing is doing


def test_a_column_that_is_empty_for_all_folds_away(frame_at):
    frame = frame_at(200.0)
    nothing = np.full(22, np.nan)
    bare = with_cars(frame, last_lap_s=nothing, best_lap_s=nothing, tyre=("",) * 22)
    assert table_of(bare).columns == {Column.GAP, Column.INTERVAL}
    assert table_of(frame).columns == {Column.GAP, Column.INTERVAL, Column.LAST, Column.BEST, Column.TYRE}
    assert table_of(with_cars(bare, licence=("A 3.1",) + ("",) * 21)).columns >= {Column.LICENCE}
    assert table_of(with_cars(bare, rating=np.full(22, 2400, dtype=np.int32))).columns >= {Column.LICENCE}
    assert table_of(with_cars(bare, pit_stops=np.ones(22, dtype=np.int32))).columns >= {Column.STOPS}


def test_without_cars_there_is_no_table(frame_at):
    assert table_of(frame_at(200.0, count=0, own=None)) is None


def test_views_are_equal_as_long_as_nothing_shown_changes(frame_at):
    race = Race()
    frame = frame_at(200.0)
    race.take(frame)
    moved = with_cars(frame, gap_ahead_s=frame.cars.gap_ahead_s + 0.01, speed_mps=frame.cars.speed_mps + 3)
    assert standings(frame, race, 16) == standings(moved, race, 16)


anything = st.floats(allow_nan=True, allow_infinity=True)


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 60), st.sampled_from(SessionKind), st.data())
def test_no_columns_of_any_numbers_raise_or_lose_the_driver(frame_at, count, kind, data):
    def column(of=anything):
        return np.array(data.draw(st.lists(of, min_size=count, max_size=count)))

    own = data.draw(st.integers(0, count - 1))
    frame = with_cars(
        frame_at(10.0, count=count, own=own, kind=kind),
        best_lap_s=column(),
        gap_leader_s=column(),
        total_distance_m=column(),
        penalty_s=column(),
        position=column(st.integers(-5, 99)).astype(np.int32),
        status=column(st.integers(-1, 9)).astype(np.int32),
        class_name=tuple(data.draw(st.sampled_from(THREE)) for _ in range(count)),
    )
    view = table_of(frame, room=data.draw(st.integers(4, 30)))
    rows = [row for table in view.tables for row in table.rows]
    assert [row.slot for row in rows if row.is_player] == [own]
    assert len({row.slot for row in rows}) == len(rows)


def test_a_simulated_start_that_came_over_the_wire_fills_the_table():
    race = Race()
    for frame in simulated(seconds=10.0, from_grid=True):
        race.take(frame)
    view = standings(frame, race, room=60)
    rows = view.tables[0].rows
    assert [row.place for row in rows] == list(range(1, len(frame.cars) + 1))
    won = [row.gained for row in rows]
    assert sum(won) == 0
    assert any(won)
    gaps = [row.gap.seconds for row in rows[1:]]
    assert None not in gaps
    assert max(gaps) == gaps[-1] > 2.0
    assert view.columns == {Column.GAINED, Column.TYRE, Column.INTERVAL, Column.GAP}
