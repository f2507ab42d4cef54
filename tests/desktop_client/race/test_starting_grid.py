"""Where each car started from, and what it made of it."""

import dataclasses

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop_client.race.starting_grid import StartingGrid, gained
from desktop_client.telemetry.frame import SessionKind


def ints(*values: int) -> np.ndarray:
    return np.array(values, dtype=np.int32)


def placed(frame, *positions: int):
    return dataclasses.replace(frame, cars=dataclasses.replace(frame.cars, position=ints(*positions)))


def test_the_grid_is_what_was_seen_before_the_leader_drove_off(frame_at):
    grid = StartingGrid()
    grid.take(placed(frame_at(0.0, count=3, own=0), 2, 1, 3))
    grid.take(placed(frame_at(20.0, count=3, own=0), 1, 2, 3))
    assert grid.places(frame_at(20.0, count=3, own=0).cars).tolist() == [2, 1, 3]


def test_who_joins_a_race_under_way_is_told_nothing(frame_at):
    grid = StartingGrid()
    for at in (200.0, 201.0):
        grid.take(frame_at(at, count=3, own=0))
    assert grid.places(frame_at(201.0, count=3, own=0).cars).tolist() == [0, 0, 0]


def test_the_games_own_grid_counts_whenever_one_joins(frame_at):
    frame = frame_at(200.0, count=3, own=0)
    cars = dataclasses.replace(frame.cars, grid_position=ints(3, 1, 2))
    assert StartingGrid().places(cars).tolist() == [3, 1, 2]


def test_practice_has_no_grid(frame_at):
    grid = StartingGrid()
    grid.take(frame_at(0.0, count=3, own=0, kind=SessionKind.PRACTICE))
    assert not grid.places(frame_at(0.0, count=3, own=0).cars).any()


def test_slots_beyond_the_cap_are_not_remembered(frame_at):
    frame = frame_at(0.0, count=3, own=0)
    frame = dataclasses.replace(frame, cars=dataclasses.replace(frame.cars, slot=ints(-1, 2, 100_000)))
    grid = StartingGrid()
    grid.take(frame)
    assert grid.places(frame.cars).tolist() == [0, 2, 0]


def test_places_are_won_within_the_class_only():
    of_row = ints(0, 0, 1, 1)
    grid = ints(1, 3, 2, 4)  # a slow car started among the fast ones
    assert gained(ints(1, 2, 1, 2), grid, of_row).tolist() == [0, 0, 0, 0]
    assert gained(ints(2, 1, 1, 2), grid, of_row).tolist() == [-1, 1, 0, 0]


def test_a_car_without_a_grid_place_has_won_and_lost_nothing():
    assert gained(ints(1, 2, 3), ints(2, 0, 1), ints(0, 0, 0))[1] == 0


@settings(max_examples=60, deadline=None)
@given(st.permutations(range(1, 21)), st.permutations(range(1, 21)))
def test_what_some_won_others_lost(now, start):
    assert gained(ints(*now), ints(*start), np.zeros(20, dtype=np.int32)).sum() == 0
