"""How far two shapes lie apart, and what that says: the same layout, or another."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from laps import REAL_TRACKS, WITHOUT_REAL_TRACKS, circuit, f1_circuits, upload_of

from services.tracks.domain.canonical import Loop, close
from services.tracks.domain.compare import STEP_M, Comparison, compare, places_for
from services.tracks.domain.lap import Lap


def loop_of(xy: np.ndarray, **said: object) -> Loop:
    return close(Lap.read(upload_of(xy, **said)))


def compared(lap: Loop, known: Loop) -> Comparison:
    count = places_for(max(lap.length_m, known.length_m))
    return compare(lap.walked(count), known.walked(count))


def with_chicane(depth: float) -> np.ndarray:
    """The circuit with a bend of that depth between 40 and 44 % of the lap."""
    xy = circuit(1000)
    outwards = xy / np.hypot(*xy.T)[:, None]
    xy[400:440] += outwards[400:440] * (depth * np.sin(np.linspace(0, np.pi, 40)))[:, None]
    return xy


@settings(max_examples=25, deadline=None)
@given(
    east=st.floats(-9_000, 9_000), north=st.floats(-9_000, 9_000), begin=st.integers(0, 799), turn=st.floats(-3.1, 3.1)
)
def test_a_moved_turned_and_elsewhere_begun_lap_is_the_same(east: float, north: float, begin: int, turn: float):
    cos, sin = np.cos(turn), np.sin(turn)
    moved = np.roll(circuit(800), -begin, axis=0) @ np.array([[cos, sin], [-sin, cos]]) + [east, north]
    found = compared(loop_of(moved), loop_of(circuit()))
    assert found.is_same_layout
    assert found.deviation.max <= STEP_M / 2  # places are matched to the nearest step


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), width=st.floats(0.5, 6.0))
def test_another_line_on_the_same_road_is_the_same_layout(seed: int, width: float):
    chance = np.random.default_rng(seed)
    angle = np.linspace(0, 2 * np.pi, 600, endpoint=False)
    aside = width * np.sin(chance.integers(2, 9) * angle + chance.uniform(0, 6)) + chance.normal(0, 0.1, 600)
    xy = circuit()
    found = compared(loop_of(xy + xy / np.hypot(*xy.T)[:, None] * aside[:, None]), loop_of(xy))
    assert found.is_same_layout
    assert found.deviation.rms <= width


@pytest.mark.parametrize("depth", [40.0, -40.0, 120.0])
def test_one_more_chicane_is_another_layout_and_the_place_is_named(depth: float):
    found = compared(loop_of(with_chicane(depth)), loop_of(circuit(1000)))
    assert not found.is_same_layout
    assert found.deviation.max == pytest.approx(abs(depth), rel=0.2)
    assert found.at == pytest.approx(0.42, abs=0.03)


def test_the_same_road_driven_the_other_way_round_is_another_layout():
    assert not compared(loop_of(circuit()[::-1]), loop_of(circuit())).is_same_layout


def test_comparing_is_the_same_from_both_sides():
    one, other = loop_of(with_chicane(40)), loop_of(circuit(1000))
    assert compared(one, other).deviation.max == pytest.approx(compared(other, one).deviation.max, abs=0.5)


@pytest.fixture(scope="module")
def real_circuits() -> dict[tuple[str, str], Loop]:
    if not REAL_TRACKS.is_dir():
        pytest.skip(WITHOUT_REAL_TRACKS)
    return {(name, year): loop_of(xy, handedness="left") for year, name, xy in f1_circuits()}


def test_a_circuit_is_recognised_in_every_year_of_a_game_that_moved_its_origin(
    real_circuits: dict[tuple[str, str], Loop],
):
    years = [(one, other) for one, other in itertools.pairwise(sorted(real_circuits)) if one[0] == other[0]]
    assert len(years) > 40
    for one, other in years:
        assert compared(real_circuits[one], real_circuits[other]).deviation.max < 10.0, (one, other)


def test_no_circuit_is_taken_for_another_or_for_its_reverse(real_circuits: dict[tuple[str, str], Loop]):
    one_year = [key for key in real_circuits if key[1] == "2025"]
    assert len([name for name, _ in one_year if name.endswith("_Reverse")]) == 3
    for one, other in itertools.pairwise(one_year):  # in the order of names: a reverse follows its circuit
        assert not compared(real_circuits[one], real_circuits[other]).is_same_layout, (one, other)
