"""Who is still out there."""

import numpy as np
import pytest

from desktop_client.race.presence import is_out_there, out_there
from desktop_client.telemetry.frame import Cars, CarStatus


@pytest.mark.parametrize("status", list(CarStatus))
def test_cars_are_met_until_they_are_put_away(status):
    cars = Cars.of(np.zeros(1, dtype=np.int32), status=np.array([status], dtype=np.int32))
    expected = status in (CarStatus.RUNNING, CarStatus.FINISHED)
    assert out_there(cars).tolist() == [expected]
    assert is_out_there(cars, 0) is expected


def test_a_status_that_is_not_known_is_not_out_there():
    cars = Cars.of(np.zeros(1, dtype=np.int32), status=np.array([77], dtype=np.int32))
    assert not out_there(cars).any()
    assert not is_out_there(cars, 0)
