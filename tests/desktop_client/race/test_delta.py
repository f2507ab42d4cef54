"""Time gained and lost against a lap that was driven before."""

import dataclasses
import itertools

import numpy as np
import pytest
from field_of_cars import field_of_cars, frames_until, raced
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop_client.race.delta import HELD_S, delta, live_delta
from desktop_client.race.lifecycle import Race
from desktop_client.race.reference import LapTrace
from desktop_client.telemetry.frame import PitStatus

LENGTH = 1000.0


def at_place(driven_m: float, now: float, **columns):
    """The own car alone, so many metres into its race."""
    lap = int(driven_m // LENGTH)
    own = {"lap": np.array([lap + 1], dtype=np.int32), "lap_distance_m": np.array([driven_m - lap * LENGTH])}
    return field_of_cars(now, (20.0,), (0.0,), columns=own | columns)


def driven(places, rate_hz: float = 20.0, **columns):
    """A race in which the own car was at each place in turn, and its last frame."""
    race = Race()
    frame = None
    for tick, place in enumerate(places):
        frame = at_place(float(place), tick / rate_hz, **columns)
        race.take(frame)
    return race, frame


def test_nothing_is_known_before_there_is_a_lap_to_compare_with():
    race = raced(frames_until(15.0))
    view = delta(field_of_cars(15.0), race)
    assert (view.delta_s, view.reference_s, view.predicted_s) == (None, None, None)
    assert delta(field_of_cars(15.0, own=None), race) is None


@pytest.mark.parametrize("rate_hz", [60.0, 20.0, 7.3])
def test_the_same_lap_again_is_zero_all_the_way_and_across_the_line(rate_hz):
    race = raced(frames_until(24.0, rate_hz))
    for frame in frames_until(70.0, rate_hz, start=24.0):
        race.take(frame)
        own_best = live_delta(frame, race, 0, race.timing.references.own_best)
        assert own_best == pytest.approx(0.0, abs=2e-3)
        assert delta(frame, race).delta_s == 0.0


def test_a_slower_lap_loses_steadily_and_says_so():
    race, _ = driven(np.arange(900, 2100, 2.5))  # 20 s
    lost = []
    for tick in range(100):
        frame = at_place(2100 + tick * 2.4, 24.0 + tick / 20)
        race.take(frame)
        lost.append(live_delta(frame, race, 0, race.timing.references.own_best))
    assert (np.diff(lost) > 0).all()
    view = delta(frame, race)
    assert (view.delta_s, view.trend) == (pytest.approx(0.2, abs=0.01), 1)
    assert view.reference_s == pytest.approx(20.0, abs=2e-3)
    assert view.predicted_s == 20.2


def test_a_gain_is_negative_and_a_steady_difference_has_no_trend():
    race, _ = driven([*np.arange(900, 2000, 2.5), *np.arange(2000, 2300, 2.6), *np.arange(2300, 2400, 2.5)])
    view = delta(race.frame, race)
    assert view.delta_s == pytest.approx(-0.21, abs=0.02)
    assert view.trend == 0


def test_the_result_of_a_lap_stays_for_a_moment_and_joins_up_with_the_last_delta():
    race, _ = driven(np.arange(900, 2000, 2.5))
    best = race.timing.references
    before = None
    for tick in range(1, 600):
        frame = at_place(2000 + tick * 2.4, 22.0 - 1 / 20 + tick / 20)
        race.take(frame)
        view = delta(frame, race)
        if view.is_result:
            break
        before = view
    assert best.own_best.lap == 2
    assert view.delta_s == pytest.approx(before.delta_s, abs=0.05)
    assert view.delta_s == pytest.approx(20 / 24 * 25 - 20, abs=0.02)
    later = dataclasses.replace(frame, session_time_s=frame.session_time_s + HELD_S + 0.1)
    assert not delta(later, race).is_result


def test_the_live_delta_begins_at_nothing_after_the_line():
    race, _ = driven([*np.arange(900, 2000, 2.5), *np.arange(2000, 3010, 2.4)])
    assert live_delta(race.frame, race, 0, race.timing.references.own_best) == pytest.approx(0.0, abs=0.05)


def test_a_better_lap_is_measured_against_the_one_it_beats_until_the_next_begins():
    race, _ = driven([*np.arange(900, 2000, 2.5), *np.arange(2000, 3010, 2.6)])
    view = delta(race.frame, race)
    assert view.is_result
    assert view.delta_s == pytest.approx(-0.77, abs=0.01)
    assert view.reference_s == pytest.approx(20.0, abs=2e-3)
    assert race.timing.references.own_best.lap == 3


def test_there_is_no_delta_in_the_pits_nor_on_the_lap_out_of_them():
    race = raced(frames_until(30.0))
    in_lane = {"pit": np.array([int(PitStatus.PIT_LANE), 0], dtype=np.int32)}
    assert delta(field_of_cars(30.0, columns=in_lane), race).delta_s is None
    for frame in frames_until(65.0, start=30.0):
        out = 40.9 < frame.session_time_s < 45.0
        frame = dataclasses.replace(frame, cars=dataclasses.replace(frame.cars, **in_lane)) if out else frame
        race.take(frame)
        if 45.0 < frame.session_time_s < 60.9:
            assert delta(frame, race).delta_s is None
    assert delta(field_of_cars(65.0), race).delta_s is not None


def test_a_lap_whose_start_was_not_seen_has_no_delta():
    race = raced(frames_until(30.0))
    jumped = field_of_cars(30.0, start_m=(1250.0, 900.0))
    race.take(jumped)
    assert delta(jumped, race).delta_s is None


def test_a_distance_that_sticks_between_slow_updates_does_not_make_the_delta_jump():
    race, _ = driven(np.arange(900, 2100, 2.5))
    seen = []
    for tick in range(300):
        held = tick - tick % 12  # 5 Hz of 60
        frame = at_place(2100 + held * 50 / 60, 24.0 + tick / 60)
        race.take(frame)
        seen.append(live_delta(frame, race, 0, race.timing.references.own_best))
    assert np.abs(np.diff(seen)).max() < 0.03
    assert np.abs(seen).max() < 0.06


def test_the_session_best_is_of_whoever_drove_it():
    race = raced(frames_until(50.0, lap_s=(20.0, 19.0)))
    view = delta(field_of_cars(50.0, lap_s=(20.0, 19.0)), race, "session_best")
    assert view.reference_s == pytest.approx(19.0, abs=2e-3)
    assert view.delta_s == pytest.approx(9.0 * 1.0 / 20, abs=0.01)


def test_a_lap_of_ones_own_can_be_chosen():
    race = raced(frames_until(50.0))
    frame = field_of_cars(50.0)
    assert delta(frame, race, "chosen").delta_s is None
    assert delta(frame, race, "chosen", 99).delta_s is None
    assert delta(frame, race, "chosen", 2).delta_s == 0.0


def test_a_reference_of_another_length_is_not_compared_with():
    race = raced(frames_until(30.0))
    foreign = LapTrace(0, 1, "", 5000.0, np.linspace(0, 90, 626))
    assert live_delta(field_of_cars(30.0), race, 0, foreign) is None


@settings(max_examples=15, deadline=None)
@given(st.lists(st.floats(1.5, 4.0), min_size=5, max_size=5), st.floats(0.5, 1.5))
def test_time_lost_grows_with_every_second_that_is_lost(speeds, factor):
    """A lap over five stretches of any speeds, and then the same lap at another pace."""
    steps = np.repeat(speeds, (200 / np.array(speeds)).astype(int)).tolist()
    first = list(itertools.accumulate(steps, initial=1000.0))
    race, _ = driven([*np.arange(900, 1000, 2.5), *first, *np.arange(first[-1] + 2.5, 2010, 2.5)])
    reference = race.timing.references.own_best
    start, began = race.frame.cars.lap_distance_m[0] + 2000, race.frame.session_time_s
    seen = []
    for tick in range(60):
        frame = at_place(start + tick * 2.5 * factor, began + tick / 20)
        race.take(frame)
        elapsed, driven_m = race.timing.passages.lap_so_far(0, frame.cars, frame.session_time_s)
        seen.append(live_delta(frame, race, 0, reference))
        assert seen[-1] == pytest.approx(elapsed - reference.elapsed_at(driven_m), abs=1e-9)
        assert seen[-1] <= elapsed + 1e-9
    gained = np.diff(seen)
    needed = np.diff([reference.elapsed_at(start - 2000 + tick * 2.5 * factor) for tick in range(60)])
    assert gained == pytest.approx(1 / 20 - needed, abs=2e-2)
