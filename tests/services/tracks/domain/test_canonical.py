"""One form for every lap: closed, in equal steps, wherever it lies and whatever the recording's habits."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from laps import circuit, upload_of

from services.tracks.domain.canonical import Loop, close, steps_for
from services.tracks.domain.lap import Lap


def loop_of(xy: np.ndarray, **said: object) -> Loop:
    return close(Lap.read(upload_of(xy, **said)))


@settings(max_examples=30, deadline=None)
@given(
    east=st.floats(-50_000, 50_000), north=st.floats(-50_000, 50_000), begin=st.integers(0, 599), turn=st.floats(0, 6.3)
)
def test_the_length_depends_neither_on_place_nor_on_heading_nor_on_where_the_lap_begins(
    east: float, north: float, begin: int, turn: float
):
    cos, sin = np.cos(turn), np.sin(turn)
    moved = np.roll(circuit(), -begin, axis=0) @ np.array([[cos, sin], [-sin, cos]]) + [east, north]
    expected, found = loop_of(circuit()), loop_of(moved)
    assert found.length_m == pytest.approx(expected.length_m, rel=1e-6)
    assert found.direction == expected.direction


@settings(max_examples=20, deadline=None)
@given(points=st.integers(100, 4000))
def test_steps_are_equal_and_begin_at_the_first_point(points: int):
    loop = loop_of(circuit(points))
    places = loop.walked(steps_for(loop.length_m))
    steps = np.abs(np.roll(places, -1) - places)
    assert places[0] == pytest.approx(complex(*circuit(points)[0]))
    assert 2.0 < steps.mean() < 5.0
    assert np.ptp(steps) < 0.5  # a chord across a bend is a little shorter than the way along it


def test_repeated_points_change_nothing():
    standing = np.concatenate((np.repeat(circuit()[:1], 50, axis=0), np.repeat(circuit(), 2, axis=0)))
    assert loop_of(standing).length_m == pytest.approx(loop_of(circuit()).length_m)


@pytest.mark.parametrize("more", [1, 2, 5])
def test_a_recording_that_runs_past_the_line_is_cut_where_it_comes_round(more: int):
    longer = np.concatenate((circuit(), circuit()[:more]))
    assert loop_of(longer).length_m == pytest.approx(loop_of(circuit()).length_m)


def test_direction_is_seen_from_above_and_a_left_handed_plane_is_mirrored():
    assert loop_of(circuit()).direction == "ccw"
    assert loop_of(circuit()[::-1]).direction == "cw"
    assert loop_of(circuit(), handedness="left").direction == "cw"
    assert loop_of(circuit(), handedness="unknown").direction == "ccw"


def test_heights_follow_the_line():
    xy = circuit()
    loop = loop_of(np.column_stack((xy, xy[:, 0] / 10)))
    heights = loop.heights(500)
    assert heights is not None
    assert heights == pytest.approx(loop.walked(500).real / 10, abs=0.05)
    assert loop_of(xy).heights(500) is None


def test_the_gap_is_the_segment_that_closes_the_lap():
    assert loop_of(circuit()[:-2]).gap_m == pytest.approx(3 * np.hypot(*(circuit()[-1] - circuit()[0])), rel=0.02)
