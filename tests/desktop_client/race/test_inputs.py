"""The trace of the pedals."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop_client.race.inputs import CHANNELS, COLUMNS_PER_S, KEPT_COLUMNS, LONGEST_SPAN_S, InputTrace

COLUMN_S = 1 / COLUMNS_PER_S


@pytest.fixture(scope="session")
def player(frame_at):
    return frame_at(0.0).player


def pressed(player, throttle):
    return dataclasses.replace(player, throttle=throttle)


def test_the_newest_whole_column_stands_at_the_right_edge(player):
    trace = InputTrace()
    for step in range(100):
        trace.take(step / 60 + 0.001, pressed(player, step / 100))
    view = trace.view(pressed(player, 0.99))
    assert view.trace.shape == (len(CHANNELS), 8 * COLUMNS_PER_S)
    assert view.trace[0, -1] == 0.97  # the column that is still being filled is shown when it is whole
    assert view.throttle == 0.99
    assert np.isnan(view.trace[0, 0])


@pytest.mark.parametrize(("span", "columns"), [(2.0, 60), (8.0, 240), (20.0, 600), (500.0, LONGEST_SPAN_S * 30)])
def test_the_span_is_what_the_driver_chose_and_never_more_than_is_kept(player, span, columns):
    trace = InputTrace()
    for step in range(3000):
        trace.take(step * COLUMN_S + 0.001, pressed(player, step % 97 / 100))
    shown = trace.view(player, span).trace[0]
    assert len(shown) == columns
    expected = [(2998 - back) % 97 / 100 for back in range(len(shown))]
    assert shown[::-1].tolist() == pytest.approx(expected)


def test_two_samples_of_one_column_look_the_same_and_the_next_column_does_not(player):
    trace = InputTrace()
    trace.take(10 * COLUMN_S + 0.001, player)
    first = trace.view(player)
    trace.take(10 * COLUMN_S + 0.002, player)
    assert trace.view(player) == first
    trace.take(11 * COLUMN_S + 0.001, player)
    assert trace.view(player) != first


def test_a_column_once_shown_never_changes(player):
    trace = InputTrace()
    random = np.random.default_rng(1)
    shown = {}
    for step in range(400):
        trace.take(step * 0.0137, pressed(player, float(random.random())))
        view = trace.view(player, 2.0)
        numbers = range(view.newest - view.trace.shape[1] + 1, view.newest + 1)
        for number, value in zip(numbers, view.trace[0].tolist(), strict=True):
            if np.isfinite(value):
                assert shown.setdefault(number, value) == value
    assert len(shown) > 150


def test_a_few_lost_frames_are_held_and_a_long_silence_is_a_hole(player):
    trace = InputTrace()
    trace.take(1.0, pressed(player, 0.5))
    trace.take(1.3, pressed(player, 0.6))
    assert np.isfinite(trace.view(player).trace[0, -9:]).all()
    trace.take(4.0, pressed(player, 0.7))
    assert np.isnan(trace.view(player).trace[0, -10])


def test_time_that_runs_backwards_begins_a_new_trace(player):
    trace = InputTrace()
    for step in range(300):
        trace.take(step / 60, player)
    before = trace.view(player)
    trace.take(0.5, player)
    trace.take(0.5 + COLUMN_S, player)
    after = trace.view(player)
    assert np.isfinite(after.trace[0]).sum() == 1
    assert after.begun == before.begun + 1


def test_aids_are_marked_where_they_worked_and_unknown_where_the_game_does_not_say(player):
    trace = InputTrace()
    for step, works in enumerate((True, False, None, True)):
        trace.take(step * COLUMN_S + 0.001, dataclasses.replace(player, abs_active=works))
    view = trace.view(dataclasses.replace(player, abs_active=True))
    assert view.trace[4, -3:].tolist() == pytest.approx([1.0, 0.0, np.nan], nan_ok=True)
    assert (view.abs_active, view.tc_active) == (True, False)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(allow_nan=True, allow_infinity=True), max_size=60))
def test_no_order_of_times_raises_and_the_trace_never_grows(player, times):
    trace = InputTrace()
    for time in times:
        trace.take(time, player)
    assert trace.view(player, LONGEST_SPAN_S).trace.shape == (len(CHANNELS), KEPT_COLUMNS - 1)


def test_values_out_of_range_are_shown_at_its_end_and_unknown_ones_as_none(player):
    view = InputTrace().view(dataclasses.replace(player, throttle=7.0, brake=float("nan"), steer=-3.0))
    assert (view.throttle, view.brake, view.steer) == (1.0, 0.0, -1.0)
