"""Numbers that a game may say, and those that it may not."""

import math

import numpy as np

from desktop_client.telemetry.games.sanity import column, number, optional, times
from desktop_client.telemetry.source import Health


def test_what_lies_outside_its_bounds_is_not_a_number_and_counted():
    health = Health()
    values = column(np.array([1.0, np.nan, np.inf, -1.0, 10.0], "<f4"), 0.0, 10.0, health)
    np.testing.assert_array_equal(values, [1, np.nan, np.nan, np.nan, 10])
    assert health.absurd == 3


def test_a_time_of_zero_or_less_is_none_and_no_absurdity():
    health = Health()
    np.testing.assert_array_equal(times(np.array([0.0, -1.0, 80.5]), health), [np.nan, np.nan, 80.5])
    assert health.absurd == 0
    np.testing.assert_array_equal(times(np.array([np.nan, np.inf, 1e9]), health), [np.nan] * 3)
    assert health.absurd == 3


def test_single_numbers_are_judged_alike():
    health = Health()
    assert number(0.5, 0, 1, health) == optional(0.5, 0, 1, health) == 0.5
    assert math.isnan(number(math.nan, 0, 1, health))
    assert optional(2.0, 0, 1, health) is None
    assert health.absurd == 2
