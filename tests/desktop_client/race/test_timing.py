"""The stopwatch of a race as a whole."""

import dataclasses

import numpy as np
from field_of_cars import field_of_cars, frames_until, raced

from desktop_client.race.timing import Timing


def test_a_new_session_starts_the_stopwatch_anew():
    race = raced(frames_until(30.0))
    timing = race.timing
    race.take(field_of_cars(0.0, uid="two"))
    assert race.timing is not timing
    assert not race.timing.laps.laps


def test_a_length_that_is_corrected_voids_what_was_measured_with_it_but_no_lap_times():
    timing = Timing()
    for frame in frames_until(50.0):
        timing.take(frame, 0)
    passages = timing.passages
    timing.take(field_of_cars(50.0, track_length_m=1400.0), 0)
    assert timing.passages is not passages
    assert timing.references.own_best is None
    assert len(timing.laps.laps) == 2
    assert np.isfinite(timing.lap_times.lap_s[0, 0])
    timing.take(field_of_cars(50.1, track_length_m=float("nan")), 0)
    assert timing.passages.length_m == 1400.0


def test_without_a_length_laps_are_timed_all_the_same():
    timing = Timing()
    for frame in frames_until(50.0, track_length_m=None):
        timing.take(frame, 0)
    assert timing.passages is None
    assert [lap.lap_s for lap in timing.laps.laps] == [20.0, 20.0]


def test_cars_may_come_and_go_at_any_time():
    timing = Timing()
    for tick in range(200):
        count = 1 + tick % 7
        frame = field_of_cars(tick / 10, (20.0,) * count, tuple(float(100 * index) for index in range(count)))
        slots = np.roll(np.arange(count, dtype=np.int32), tick)
        timing.take(dataclasses.replace(frame, cars=dataclasses.replace(frame.cars, slot=slots)), 0)
        assert timing.lap_times.lap_s.shape[0] == count
