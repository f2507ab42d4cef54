"""How far to the left of the reference a car passes, and that it is never taken for one on the road beside."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from taught_roads import places_of, ring

from services.tracks.domain.canonical import Loop
from services.tracks.domain.lap import Places
from services.tracks.domain.offsets import REACH_M, offsets, passage, sampled, stations_for

REFERENCE = ring()


def beside(reference: Loop, metres: float, count: int = 700) -> Places:
    places, ahead = sampled(reference, count)
    return places + 1j * ahead * metres


def hairpin(apart_m: float) -> Loop:
    """Two straights of 600 m side by side, joined by half circles at both ends."""
    straight = np.linspace(-300, 300, 300, endpoint=False)
    half = np.linspace(-np.pi / 2, np.pi / 2, 40, endpoint=False)
    places = np.concatenate((
        straight - 0.5j * apart_m, 300 + 0.5 * apart_m * np.exp(1j * half),
        -straight + 0.5j * apart_m, -300 - 0.5 * apart_m * np.exp(1j * half),
    ))  # fmt: skip
    return Loop.through(np.column_stack((places.real, places.imag)), z=None)


@settings(max_examples=20, deadline=None)
@given(metres=st.floats(-15, 15), begin=st.integers(0, 699))
def test_a_lap_beside_the_reference_lies_so_far_beside_it_wherever_it_begins(metres: float, begin: int):
    found = offsets(REFERENCE, np.roll(beside(REFERENCE, metres), begin), is_closed=True)
    assert np.isfinite(found).all()
    assert np.abs(found - metres).max() < 0.3


@pytest.mark.parametrize("apart_m", [14.0, 20.0])
@pytest.mark.parametrize("metres", [-9.0, 0.0, 6.0])
def test_the_other_arm_of_a_hairpin_is_never_near(apart_m: float, metres: float):
    reference = hairpin(apart_m)
    found = offsets(reference, beside(reference, metres), is_closed=True)
    known = found[np.isfinite(found)]
    assert np.mean(np.isfinite(found)) > 0.97
    assert np.abs(known - metres).max() < 1.0


def test_a_piece_of_another_car_counts_where_it_was_and_nowhere_else():
    piece = beside(REFERENCE, 4.0)[200:420]
    found = offsets(REFERENCE, piece, is_closed=False)
    passed = np.flatnonzero(np.isfinite(found))
    stations = stations_for(REFERENCE.length_m)
    assert passed[0] == pytest.approx(200 / 700 * stations, abs=2)
    assert passed[-1] == pytest.approx(420 / 700 * stations, abs=2)
    assert len(passed) >= passed[-1] - passed[0]
    assert np.abs(found[passed] - 4.0).max() < 0.3


def test_a_piece_across_the_line_counts_on_both_sides_of_it():
    piece = np.roll(beside(REFERENCE, -3.0), 60)[:120]
    found = offsets(REFERENCE, piece, is_closed=False)
    assert np.isfinite(found[:10]).all()
    assert np.isfinite(found[-10:]).all()
    assert np.isnan(found[len(found) // 3 : len(found) // 2]).all()


def test_who_leaves_the_road_farther_than_it_can_be_wide_passes_no_station_there():
    lap = beside(REFERENCE, 1.0)
    lap[300:340] += 1j * sampled(REFERENCE, 700)[1][300:340] * (REACH_M + 20)
    found = offsets(REFERENCE, lap, is_closed=True)
    assert np.isnan(found).sum() >= 7
    assert np.nanmax(np.abs(found)) <= REACH_M


def test_a_car_that_drives_the_other_way_passes_nothing():
    assert np.isnan(offsets(REFERENCE, places_of(REFERENCE)[::-1], is_closed=True)).mean() > 0.95


@pytest.mark.parametrize("places", [0, 1, 2, 5])
def test_hardly_any_places_are_no_passage_and_no_error(places: int):
    found = offsets(REFERENCE, places_of(REFERENCE)[:places], is_closed=False)
    assert len(found) == stations_for(REFERENCE.length_m)


@pytest.mark.parametrize("nowhere", [complex(np.nan, np.inf), complex(1e308, -1e308), complex(0, 1e9)])
def test_places_that_are_no_numbers_or_far_from_any_road_are_left_out(nowhere: complex):
    lap = places_of(REFERENCE).copy()
    lap[::50] = nowhere
    assert np.nanmax(np.abs(offsets(REFERENCE, lap, is_closed=True))) < 0.5


def test_it_is_known_how_far_along_its_own_way_a_car_passed():
    found = passage(REFERENCE, np.roll(places_of(REFERENCE), -150), is_closed=True)
    first = REFERENCE.along[150]
    assert found.along[0] == pytest.approx(REFERENCE.length_m - first, abs=5.0)
