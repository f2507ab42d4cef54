from __future__ import annotations

import math

import numpy as np
import pytest

from desktop_client.race.lap_closing import across_the_line, gap_m


def oval(straight_m: float = 800.0, radius_m: float = 200.0) -> np.ndarray:
    """(n, 3): anticlockwise from the middle of the lower straight, two metres a step, back to where it began."""
    along = np.arange(0, 2 * straight_m + math.tau * radius_m, 2.0)
    half = straight_m + math.pi * radius_m
    begun = (along + straight_m / 2) % (2 * half)
    on_straight = (begun % half) < straight_m
    angle = np.where(on_straight, 0.0, (begun % half - straight_m) / radius_m)
    x = np.where(on_straight, begun % half - straight_m / 2, straight_m / 2 + radius_m * np.sin(angle))
    y = np.where(on_straight, -radius_m, -radius_m * np.cos(angle))
    side = np.where(begun < half, 1.0, -1.0)
    return np.column_stack((side * x, side * y, 0.01 * along))


def without_the_last(metres: float, **oval_of: float) -> np.ndarray:
    points = oval(**oval_of)
    return points[: len(points) - round(metres / 2)]


def test_a_lap_between_two_lines_of_one_straight_goes_down_the_straight_first() -> None:
    lap = without_the_last(60.0)
    whole = across_the_line(lap)
    assert whole is not None
    assert np.array_equal(whole[0], whole[-1])
    assert np.array_equal(whole[-len(lap) :], lap)
    steps = np.hypot(*np.diff(whole[:, :2], axis=0).T)
    assert steps.max() < 2.2
    assert steps.sum() == pytest.approx(2856.6, abs=2.0)
    assert np.abs(whole[: len(whole) - len(lap), 1] + 200).max() < 1e-6


@pytest.mark.parametrize("metres", [100.0, 400.0])
def test_more_than_three_hundredths_or_two_hundred_metres_are_something_else(metres: float) -> None:
    assert across_the_line(without_the_last(metres)) is None


def test_where_no_straight_leads_on_nothing_is_filled_in() -> None:
    lap = without_the_last(60.0)
    beside = lap.copy()
    beside[-20:, 1] += 8.0  # ends a road further to the side
    assert across_the_line(beside) is None
    bend_first = np.roll(oval(straight_m=100.0)[:-1], 200, axis=0)
    assert across_the_line(bend_first[:-30]) is None


def test_a_lap_that_has_passed_its_beginning_is_not_led_back() -> None:
    lap = oval()
    assert across_the_line(np.vstack((lap, lap[1:30]))) is None


def test_the_gap_is_seen_from_above() -> None:
    assert gap_m(np.array([[0.0, 0.0, 5.0], [9.0, 9.0, 0.0], [3.0, 4.0, 90.0]])) == 5.0
