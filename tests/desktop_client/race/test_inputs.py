"""The trace of the pedals."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop_client.race.inputs import COLUMNS, SPAN_S, InputTrace


@pytest.fixture(scope="session")
def player(frame_at):
    return frame_at(0.0).player


def pressed(player, throttle):
    return dataclasses.replace(player, throttle=throttle)


def test_the_newest_sample_stands_at_the_right_edge(player):
    trace = InputTrace()
    for step in range(100):
        trace.take(step / 60, pressed(player, step / 100))
    view = trace.view(pressed(player, 0.99))
    assert view.trace.shape == (4, COLUMNS)
    assert view.trace[0, -1] == 0.99
    assert np.isnan(view.trace[0, 0])


def test_two_samples_of_one_column_are_one_revision_and_the_next_column_is_another(player):
    trace = InputTrace()
    column = SPAN_S / COLUMNS
    trace.take(10 * column + 0.001, player)
    first = trace.view(player)
    trace.take(10 * column + 0.002, player)
    assert trace.view(player) == first
    trace.take(11 * column + 0.001, player)
    assert trace.view(player) != first


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
    trace.take(0.5, player)
    assert np.isfinite(trace.view(player).trace[0]).sum() == 1


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(allow_nan=True, allow_infinity=True), max_size=60))
def test_no_order_of_times_raises_and_the_trace_never_grows(player, times):
    trace = InputTrace()
    for time in times:
        trace.take(time, player)
    assert trace.view(player).trace.shape == (4, COLUMNS)


def test_values_out_of_range_are_shown_at_its_end_and_unknown_ones_as_none(player):
    view = InputTrace().view(dataclasses.replace(player, throttle=7.0, brake=float("nan"), steer=-3.0))
    assert (view.throttle, view.brake, view.steer) == (1.0, 0.0, -1.0)
