from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop_client.race.trails import FEWEST_POINTS, SPACING_M, Trails


def at(*places: float) -> np.ndarray:
    """Cars on the x axis."""
    return np.column_stack((places, np.zeros(len(places))))


def every(count: int, value: bool = True) -> np.ndarray:
    return np.full(count, value)


def drawn(trails: Trails, places: np.ndarray, goes_on: np.ndarray | None = None) -> None:
    trails.take(places, every(len(places)) if goes_on is None else goes_on, every(len(places), False))


def two_cars(longest: int = 100, most: int = 4) -> Trails:
    trails = Trails(most, longest)
    trails.carry(np.array([-1, -1]))
    return trails


def test_places_are_kept_every_five_metres() -> None:
    trails = two_cars()
    for step in range(100):
        drawn(trails, at(1.0 * step, 6.0 * step))
    slow, fast = trails.given()
    assert np.array_equal(slow, at(*range(0, 100, 5)))
    assert np.array_equal(fast, at(*(6.0 * step for step in range(100))))


def test_a_way_ends_where_its_car_does_not_go_on_and_is_worth_nothing_if_short() -> None:
    trails = two_cars()
    for step in range(40):
        drawn(trails, at(6.0 * step, 6.0 * step), np.array([step != 20, step < FEWEST_POINTS - 1]))
    assert [len(way) for way in trails.given()] == [20, 19]


def test_a_full_way_goes_on_in_another() -> None:
    trails = two_cars(longest=15)
    for step in range(30):
        drawn(trails, at(6.0 * step, 0.0))
    assert [len(way) for way in trails.given()] == [15, 15]


def test_cars_that_change_rows_keep_their_ways() -> None:
    trails = two_cars()
    for step in range(20):
        if step == 10:
            trails.carry(np.array([1, 0]))
        places = (6.0 * step, 1000.0 - 6.0 * step)
        drawn(trails, at(*(places if step < 10 else places[::-1])))
    there, back = trails.given()
    assert (there[-1, 0], back[-1, 0]) == (114.0, 886.0)


def test_the_oldest_way_goes_when_there_is_no_room() -> None:
    trails = two_cars(longest=12)
    for step in range(12 * 6):
        drawn(trails, at(6.0 * step, 0.0))
    assert [way[0, 0] for way in trails.given()] == [6.0 * 12 * number for number in (3, 4, 5)]


def test_cars_that_begin_do_not_take_the_room_of_what_is_whole() -> None:
    trails = Trails(4, 100)
    trails.carry(np.full(8, -1))
    for step in range(30):
        trails.take(at(*(6.0 * step + 1000.0 * np.arange(8))), every(8), every(8, step == 15))
    assert [len(way) for way in trails.given()] == [15, 15, 15, 15]


def test_what_was_given_is_forgotten() -> None:
    trails = two_cars()
    for step in range(20):
        drawn(trails, at(6.0 * step, 0.0))
    assert len(trails.given()) == 1
    assert trails.given() == ()
    drawn(trails, at(6.0 * 20, 0.0))
    assert trails.given() == ()


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_no_way_ever_holds_a_jump_or_more_than_its_share(seed: int) -> None:
    """Cars that come, go, change rows, stop and are put elsewhere, at random."""
    chance = np.random.default_rng(seed)
    trails, rows = Trails(6, 40), 5
    trails.carry(np.full(rows, -1))
    places = chance.uniform(-500, 500, (rows, 2))
    for _ in range(200):
        if chance.random() < 0.05:
            moves = chance.permutation(rows + 1)[: chance.integers(1, rows + 2)] - 1
            trails.carry(moves)
            places = np.where((moves >= 0)[:, np.newaxis], places[np.maximum(moves, 0)], 0.0)
            rows = len(moves)
        jumps = chance.random(rows) < 0.03
        places = places + np.where(jumps[:, np.newaxis], 300.0, chance.uniform(0, 6, (rows, 2)))
        trails.take(places, ~jumps, chance.random(rows) < 0.02)
    ways = trails.given()
    assert len(ways) <= 6
    for way in ways:
        steps = np.hypot(*np.diff(way, axis=0).T)
        assert FEWEST_POINTS <= len(way) <= 40
        assert steps.min() >= SPACING_M
        assert steps.max() < SPACING_M + 9
