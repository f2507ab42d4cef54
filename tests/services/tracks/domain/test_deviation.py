"""How far two lines lie apart everywhere along the lap, once one is laid onto the other."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from laps import circuit

from services.tracks.domain.alignment import SCALES
from services.tracks.domain.canonical import Loop
from services.tracks.domain.deviation import STEP_M, Apart, apart, places_for
from services.tracks.domain.settling import Similarity, bent, settled

FREE = SCALES


def places_of(xy: np.ndarray, count: int = 600) -> np.ndarray:
    return Loop.through(xy, None).walked(count)


def with_chicane(depth: float) -> np.ndarray:
    """The circuit with a bend of that depth between 40 and 44 % of the lap."""
    xy = circuit(1000)
    outwards = xy / np.hypot(*xy.T)[:, None]
    xy[400:440] += outwards[400:440] * (depth * np.sin(np.linspace(0, np.pi, 40)))[:, None]
    return xy


def compared(lap: np.ndarray, known: np.ndarray) -> Apart:
    move = settled(lap, known, Similarity(1 + 0j, 0j), FREE)
    return apart(move.of(lap), known)


@settings(max_examples=15, deadline=None)
@given(east=st.floats(-20, 20), north=st.floats(-20, 20), turn=st.floats(-0.02, 0.02), scale=st.floats(0.98, 1.02))
def test_a_lap_that_lies_roughly_right_is_laid_exactly(east: float, north: float, turn: float, scale: float):
    known = places_of(circuit())
    lap = known * scale * np.exp(1j * turn) + complex(east, north)
    found = compared(lap, known)
    assert found.deviation.max <= STEP_M  # places are matched to the nearest step
    assert found.within(STEP_M) == 1.0


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), width=st.floats(0.5, 6.0))
def test_another_line_on_the_same_road_lies_no_farther_than_the_road_is_wide(seed: int, width: float):
    chance = np.random.default_rng(seed)
    angle = np.linspace(0, 2 * np.pi, 600, endpoint=False)
    waves = chance.integers(3, 9)  # of two, the half of the lap that lies closest can be taken for another size
    aside = width * np.sin(waves * angle + chance.uniform(0, 6)) + chance.normal(0, 0.1, 600)
    xy = circuit()
    found = compared(places_of(xy + xy / np.hypot(*xy.T)[:, None] * aside[:, None]), places_of(xy))
    assert found.deviation.rms <= width + 0.5
    assert found.deviation.max <= 2 * width + 2


@pytest.mark.parametrize("depth", [15.0, 40.0, -40.0, 120.0])
def test_one_more_chicane_shows_in_its_full_size_and_its_place_is_named(depth: float):
    found = compared(places_of(with_chicane(depth)), places_of(circuit(1000)))
    assert found.deviation.max == pytest.approx(abs(depth), rel=0.2)
    assert found.at == pytest.approx(0.42, abs=0.03)
    assert found.percentiles(50)[0] < 2.5


def test_comparing_is_the_same_from_both_sides():
    one, other = places_of(with_chicane(40)), places_of(circuit(1000))
    assert compared(one, other).deviation.max == pytest.approx(compared(other, one).deviation.max, abs=0.5)


def test_the_two_arms_of_a_hairpin_are_not_taken_for_each_other():
    """A long narrow circuit whose arms lie 16 m apart, and the same with one end 200 m short of the other."""

    def narrow(length_m: float) -> np.ndarray:
        there = np.linspace(0, length_m, 200)
        return np.concatenate((np.column_stack((there, there * 0)), np.column_stack((there[::-1], there * 0 + 16))))

    found = apart(places_of(narrow(1500.0)), places_of(narrow(1300.0)))
    assert found.deviation.max > 100  # to the nearest place of either arm it would be no more than the end sticks out
    backwards = places_of(narrow(1500.0)[::-1])
    assert np.median(apart(backwards, places_of(narrow(1500.0))).there) > 15


def test_drift_is_bent_straight_and_a_chicane_is_not():
    angle = np.linspace(0, 2 * np.pi, 600, endpoint=False)
    drift = 15 * np.exp(2j * angle) - 9 * np.exp(-3j * angle)
    known = places_of(circuit(1000), 600)
    length_m = 3400.0
    lap = known + drift
    assert apart(lap, known).deviation.max > 20
    assert apart(lap + bent(lap, known, length_m).at(600), known).deviation.max < 6
    lap = places_of(with_chicane(40)) + drift
    left = apart(lap + bent(lap, known, length_m).at(600), known)
    assert left.deviation.max == pytest.approx(40, rel=0.2)
    assert left.percentiles(50)[0] < 4


def test_a_short_lap_is_not_bent_into_the_shape_of_another():
    angle = np.linspace(0, 2 * np.pi, 600, endpoint=False)
    known = places_of(circuit(1000, scale=0.2))
    lap = known + 8 * np.exp(2j * angle)
    assert apart(lap + bent(lap, known, 680.0).at(600), known).deviation.max > 5


def test_work_is_bounded_on_the_longest_lap():
    assert places_for(100.0) == 64
    assert places_for(45_000.0) == places_for(1e9) == 4000
