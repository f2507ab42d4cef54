"""The last laps of every car."""

import dataclasses

import numpy as np
import pytest
from field_of_cars import field_of_cars, frames_until

from desktop_client.race.lap_times import KEPT_LAPS
from desktop_client.race.timing import Timing
from desktop_client.telemetry.frame import PitStatus, SafetyCar


def remembered(frames):
    timing = Timing()
    for frame in frames:
        timing.take(frame, 0)
    return timing.lap_times


def drifting(frames, **columns):
    """Lap times that are never twice the same, as in life."""
    for frame in frames:
        last = frame.cars.last_lap_s + frame.cars.lap * 0.001
        yield dataclasses.replace(frame, cars=dataclasses.replace(frame.cars, last_lap_s=last, **columns))


def test_the_newest_lap_of_every_car_stands_first_with_its_sectors():
    times = remembered(drifting(frames_until(65.0)))
    assert times.lap_s[0, :3] == pytest.approx([20.005, 20.004, 20.003])
    assert times.number[0, :3].tolist() == [4, 3, 2]
    assert times.sector_s[1, 0] == pytest.approx([6.12, 8.16, 6.12])


def test_there_are_never_too_many():
    times = remembered(drifting(frames_until(20.0 * (KEPT_LAPS + 4), 4.0)))
    assert times.lap_s.shape == (2, KEPT_LAPS)
    assert np.isfinite(times.lap_s).all()


def test_a_lap_through_the_pits_or_behind_a_safety_car_is_not_clean():
    def frames():
        for frame in drifting(frames_until(105.0)):
            now = frame.session_time_s
            pit = np.array([int(PitStatus.PIT_LANE) if 30.0 < now < 33.0 else 0, 0], dtype=np.int32)
            safety_car = SafetyCar.FULL if 65.0 < now < 66.0 else SafetyCar.NONE
            yield dataclasses.replace(
                frame,
                cars=dataclasses.replace(frame.cars, pit=pit),
                session=dataclasses.replace(frame.session, safety_car=safety_car),
            )

    times = remembered(frames())
    assert times.clean[0, :5].tolist() == [True, False, True, False, False]  # the first was not seen whole
    assert times.clean[1, :4].tolist() == [True, False, True, True]


def test_cars_that_the_game_does_not_time_are_timed_from_line_to_line():
    silent = {"last_lap_s": np.full(2, np.nan)}
    times = remembered(frames_until(65.0, columns=silent))
    assert times.lap_s[0, :3] == pytest.approx([20.0] * 3, abs=2e-3)
    assert times.lap_s[1, :2] == pytest.approx([20.4] * 2, abs=2e-3)
    assert times.number[0, :3].tolist() == [4, 3, 2]


def test_laps_stay_with_their_car_when_another_joins():
    timing = Timing()
    for frame in drifting(frames_until(45.0)):
        timing.take(frame, 0)
    joined = field_of_cars(45.0, (20.0, 20.0, 20.4), (0.0, 950.0, 900.0))
    joined = dataclasses.replace(
        joined, cars=dataclasses.replace(joined.cars, slot=np.array([9, 0, 1], dtype=np.int32))
    )
    timing.take(joined, 1)
    assert timing.lap_times.number[1, :2].tolist() == [3, 2]
    assert timing.lap_times.number[0].tolist() == [0] * KEPT_LAPS


def test_sectors_that_come_some_time_after_the_lap_are_waited_for_and_never_those_of_another():
    def frames():
        for frame in drifting(frames_until(24.0)):
            sectors = frame.cars.last_sector_s.copy()
            if frame.session_time_s < 22.5:
                sectors[:] = (6.5, 8.5, 6.5)  # still of the lap before
            yield dataclasses.replace(frame, cars=dataclasses.replace(frame.cars, last_sector_s=sectors))

    early = remembered(frame for frame in frames() if frame.session_time_s < 22.4)
    assert early.lap_s[0, 0] == pytest.approx(20.003)
    assert np.isnan(early.sector_s[0, 0]).all()
    assert remembered(frames()).sector_s[0, 0] == pytest.approx([6.0, 8.0, 6.0])
