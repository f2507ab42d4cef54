"""How one closed line lies on another: found in closed form, whatever was done to it."""

from __future__ import annotations

import numpy as np
import pytest
from driven_laps import Pose as Seen
from driven_laps import driven_lap, invented_road
from hypothesis import given, settings
from hypothesis import strategies as st

from services.tracks.domain.alignment import SCALES, Pose, alignments
from services.tracks.domain.canonical import Loop

ROAD = invented_road(3)
KNOWN = Loop.through(ROAD.xy, None)


def loop_of(places: np.ndarray) -> Loop:
    return Loop.through(np.column_stack((places.real, places.imag)), None)


@settings(max_examples=40, deadline=None)
@given(
    start=st.floats(0, 0.99),
    turn=st.floats(-3.1, 3.1),
    scale=st.floats(0.94, 1.06),
    east=st.floats(-9000, 9000),
    is_mirrored=st.booleans(),
    is_reversed=st.booleans(),
)
def test_what_was_done_to_a_line_is_undone(
    start: float, turn: float, scale: float, east: float, is_mirrored: bool, is_reversed: bool
):
    places = np.roll(KNOWN.walked(512), -round(start * 512))
    places = np.roll(places[::-1], 1) if is_reversed else places
    lap = (np.conj(places) if is_mirrored else places) * scale * np.exp(1j * turn) + east
    best = alignments(lap, KNOWN.walked(512), mirrors=True)[0]
    assert best.rms_m < 0.01
    assert (best.pose.is_mirrored, best.pose.is_reversed) == (is_mirrored, is_reversed)
    assert best.pose.scale == pytest.approx(1 / scale)
    assert best.pose.start == pytest.approx(round(start * 512) % 512 / 512)
    assert np.abs(best.pose.places(lap) - places).max() < 0.01


def test_a_lap_comes_back_as_a_line_in_the_plane_and_the_direction_of_the_known_one():
    seen = Seen(turn=2.0, move=4000 - 900j, scale=1.03, is_mirrored=True)
    lap = driven_lap(ROAD.reversed(), 1, seen, noise_m=0.3, apexing=0.2)
    pose = alignments(loop_of(lap.places).walked(512), KNOWN.walked(512), mirrors=True)[0].pose
    back = pose.loop(Loop.through(lap.xy, np.arange(len(lap.xy), dtype=float)))
    assert back.direction == KNOWN.direction
    assert back.length_m == pytest.approx(KNOWN.length_m, rel=0.01)
    assert abs(complex(*back.xy[0]) - ROAD.centre[-1]) < 15  # it begins where the lap began
    assert back.z is not None
    assert back.z[:3].tolist() == [0, len(lap.xy) - 1, len(lap.xy) - 2]


def test_mirrored_readings_are_tried_only_where_the_handedness_is_unknown():
    lap = np.conj(KNOWN.walked(512))
    assert {found.pose.is_mirrored for found in alignments(lap, KNOWN.walked(512), mirrors=False)} == {False}
    assert alignments(lap, KNOWN.walked(512), mirrors=False)[0].rms_m > 50
    assert alignments(lap, KNOWN.walked(512), mirrors=True)[0].rms_m < 0.01


def test_no_line_is_scaled_by_more_than_games_differ():
    places = KNOWN.walked(512)
    for scale in (0.5, 2.0):
        best = alignments(places * scale, places, mirrors=False)[0]
        assert SCALES[0] <= best.pose.scale <= SCALES[1]
        assert best.rms_m > 100


def test_within_one_game_nothing_is_scaled_and_an_oval_is_not_turned_end_for_end():
    angle = np.linspace(0, 2 * np.pi, 512, endpoint=False)
    oval = 600 * np.cos(angle) + 250j * np.sin(angle) + 2.0 * np.cos(3 * angle)
    other_end = np.roll(oval, -256) + 0.8 * np.cos(3 * angle)  # lies a little closer turned by half a circle
    upright = alignments(other_end, oval, mirrors=False, one_game=True)[0].pose
    assert abs(upright.turn) < 0.1
    assert upright.scale == 1.0
    assert upright.start == pytest.approx(0.5, abs=0.01)


def test_a_pose_without_a_change_changes_nothing():
    same = Pose(is_reversed=False, is_mirrored=False, start=0.0, turn=0.0, scale=1.0, move=0j)
    assert np.array_equal(same.loop(KNOWN).xy, KNOWN.xy)
