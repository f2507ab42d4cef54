"""Where cars point."""

import dataclasses
import math

import numpy as np
import pytest

from desktop_client.race.motion import Motion
from desktop_client.telemetry.frame import Cars


def cars_at(places, heading=None, slots=None):
    places = np.array(places, dtype=float)
    slot = np.arange(len(places), dtype=np.int32) if slots is None else np.array(slots, dtype=np.int32)
    told = {} if heading is None else {"heading_rad": np.array(heading, dtype=float)}
    return Cars.of(slot, x=places[:, 0], y=places[:, 1], **told)


def headings(motion, cars):
    return [motion.heading_of(cars, row) for row in range(len(cars))]


def test_a_car_points_where_it_was_seen_to_move():
    motion = Motion()
    for step in range(4):
        cars = cars_at([(step, 0.0), (0.0, -step), (5.0, 5.0)])
        motion.take(cars)
    assert headings(motion, cars) == pytest.approx([0.0, -math.pi / 2, math.nan], nan_ok=True)


def test_what_the_game_says_wins():
    motion = Motion()
    for step in range(3):
        cars = cars_at([(step, 0.0), (step, 0.0)], heading=[2.0, math.nan])
        motion.take(cars)
    assert headings(motion, cars) == pytest.approx([2.0, 0.0])


def test_a_car_that_stands_keeps_its_direction_and_one_that_jumps_has_none():
    motion = Motion()
    for places in ([(0, 0), (0, 0)], [(1, 1), (1, 0)], [(1.1, 1), (500, 0)]):
        cars = cars_at(places)
        motion.take(cars)
    assert headings(motion, cars) == pytest.approx([math.pi / 4, math.nan], nan_ok=True)


def test_directions_move_along_when_rows_do():
    motion = Motion()
    for step in range(3):
        motion.take(cars_at([(step, 0.0), (0.0, step)], slots=[4, 9]))
    cars = cars_at([(0.0, 2.0), (7.0, 7.0), (2.0, 0.0)], slots=[9, 1, 4])
    motion.take(cars)
    assert headings(motion, cars) == pytest.approx([math.pi / 2, math.nan, 0.0], nan_ok=True)


def test_before_the_first_frame_nothing_is_known():
    cars = cars_at([(0, 0)])
    assert np.isnan(headings(Motion(), cars)).all()


def test_nonsense_is_no_direction():
    motion = Motion()
    for places in ([(0, 0), (0, 0)], [(math.inf, 0), (math.nan, 1)], [(1, 0), (1, 0)]):
        cars = cars_at(places)
        motion.take(dataclasses.replace(cars))
    assert np.isnan(headings(motion, cars)).all()
