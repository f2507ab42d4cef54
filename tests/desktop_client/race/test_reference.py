"""A lap as time over distance, and which laps are measured against."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_client.race.reference import MAX_CLASSES, MAX_OWN_LAPS, LapTrace, References

LENGTH = 5000.0
ME, RIVAL = 7, 8


def a_lap(lap_s: float = 90.0, slot: int = ME, lap: int = 1, class_name: str = "", clean: bool = True) -> LapTrace:
    times = np.linspace(0.0, lap_s, 626)
    return LapTrace(slot, lap, class_name, LENGTH, times, began_at_s=100.0 * lap, clean=clean)


uneven = st.lists(st.floats(0.01, 3.0), min_size=8, max_size=200).map(
    lambda steps: LapTrace(ME, 1, "", LENGTH, np.concatenate(([0.0], np.cumsum(steps))))
)


@given(uneven, st.lists(st.floats(0, 3 * LENGTH), min_size=2, max_size=40))
def test_more_metres_never_take_less_time(trace, places):
    times = [trace.elapsed_at(place) for place in sorted(places)]
    assert (np.diff(times) >= -1e-9).all()


@given(uneven, st.floats(0, LENGTH, exclude_max=True))
def test_the_two_ways_to_ask_agree_and_a_lap_later_is_a_lap_time_later(trace, place):
    one = trace.elapsed_at(place)
    assert float(trace.time_at(np.array([place]))[0]) == pytest.approx(one, abs=1e-6)
    assert trace.elapsed_at(place + LENGTH) == pytest.approx(one + trace.lap_s, abs=1e-6)


def test_a_lap_goes_on_into_the_next_without_a_step():
    trace = a_lap(90.0)
    assert trace.elapsed_at(LENGTH - 0.001) == pytest.approx(trace.elapsed_at(LENGTH + 0.001), abs=0.001)


def test_an_unknown_place_has_no_time():
    assert np.isnan(a_lap().time_at(np.array([np.nan, np.inf]))).all()


def test_the_best_stays_the_best_and_the_last_is_the_last():
    references = References()
    for lap, lap_s in enumerate((91.0, 90.0, 92.0), start=1):
        references.take([a_lap(lap_s, lap=lap)], ME)
    assert references.reference("own_best", "").lap_s == 90.0
    assert references.reference("last", "").lap_s == 92.0
    assert references.reference("session_best", "").lap_s == 90.0


def test_the_best_of_the_session_is_of_the_drivers_own_class():
    references = References()
    references.take([a_lap(70.0, slot=RIVAL, class_name="LMP2"), a_lap(88.0, slot=9, class_name="GT3")], ME)
    assert references.reference("session_best", "GT3").lap_s == 88.0
    assert references.reference("session_best", "LMP2").lap_s == 70.0
    assert references.reference("session_best", "GT4") is None
    assert references.reference("own_best", "GT3") is None


def test_a_lap_that_is_not_clean_is_judged_but_never_a_reference():
    references = References()
    references.take([a_lap(90.0, lap=1)], ME)
    references.take([a_lap(85.0, lap=2, clean=False)], ME)
    assert references.own_best.lap_s == 90.0
    assert references.verdict("own_best").delta_s == pytest.approx(-5.0)


def test_a_lap_is_judged_by_the_reference_it_was_driven_against():
    references = References()
    references.take([a_lap(90.0, lap=1)], ME)
    assert references.verdict("own_best") is None
    references.take([a_lap(89.5, lap=2)], ME)
    assert references.verdict("own_best").delta_s == pytest.approx(-0.5)
    assert references.verdict("own_best").ended_at_s == pytest.approx(289.5)


def test_the_driver_may_choose_any_own_lap_that_is_still_kept():
    references = References()
    for lap in range(1, MAX_OWN_LAPS + 20):
        references.take([a_lap(90.0 + lap, lap=lap)], ME)
    assert len(references.own_laps) == MAX_OWN_LAPS
    assert references.reference("chosen", "", 30).lap == 30
    assert references.reference("chosen", "", 3) is None
    assert references.verdict("chosen", 30).delta_s == pytest.approx(MAX_OWN_LAPS + 19 - 30)
    assert references.verdict("chosen", MAX_OWN_LAPS + 19) is None


def test_there_are_never_too_many_classes():
    references = References()
    references.take([a_lap(class_name=str(number)) for number in range(4 * MAX_CLASSES)], ME)
    assert len(references.best_of_class) == MAX_CLASSES
