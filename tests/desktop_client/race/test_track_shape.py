"""The circuit as a line that cars can be placed on."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_client.race.track_shape import TrackShape, ring

RING = ring(1000.0)
RADIUS = 1000.0 / (2 * np.pi)


def test_a_ring_is_as_long_as_the_lap_and_runs_clockwise_from_its_top():
    x, y = RING.place(np.array([0.0, 250.0, 500.0, 750.0]))
    assert x == pytest.approx([0.0, RADIUS, 0.0, -RADIUS], abs=0.2)
    assert y == pytest.approx([RADIUS, 0.0, -RADIUS, 0.0], abs=0.2)
    assert RING.is_ring
    assert ring(1000.0) is RING


@given(st.floats(-1e5, 1e5), st.integers(-3, 3))
def test_a_lap_later_a_car_is_at_the_same_place(distance, laps):
    there = np.stack(RING.place(np.array([distance, distance + laps * 1000.0])))
    assert there[:, 0] == pytest.approx(there[:, 1], abs=0.01)


def test_a_lap_that_the_game_measures_longer_is_spread_over_the_whole_line():
    assert np.stack(RING.place(np.array([500.0]), 2000.0)) == pytest.approx(np.stack(RING.place(np.array([250.0]))))


def test_a_distance_that_is_not_known_has_no_place():
    assert np.isnan(np.stack(RING.place(np.array([np.nan, np.inf])))).all()


@given(st.floats(0, 1000), st.floats(-60, 60))
def test_beside_the_line_is_as_far_from_it_as_asked_and_left_is_above_zero(distance, left):
    (x,), (y,) = RING.beside(np.array([distance]), left)
    assert float(np.hypot(x, y)) == pytest.approx(RADIUS + left, abs=0.2)  # clockwise: the left is outside


def test_two_shapes_are_equal_only_if_they_are_the_same_one():
    assert TrackShape(RING.x, RING.y, 1000.0) != RING
    assert ring(1000.0) == RING
