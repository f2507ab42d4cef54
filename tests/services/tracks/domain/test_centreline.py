"""The envelope drawn: a closed line in equal steps, its widths beside it, without kinks."""

from __future__ import annotations

import numpy as np
import pytest
from taught_roads import ring

from services.tracks.domain.canonical import Loop, steps_for
from services.tracks.domain.centreline import drawn
from services.tracks.domain.envelope import Envelope
from services.tracks.domain.offsets import offsets, stations_for

REFERENCE = ring(0.5)
STATIONS = stations_for(REFERENCE.length_m)
WAVE = np.sin(np.linspace(0, 12 * np.pi, STATIONS, endpoint=False))
NOTHING = np.full(STATIONS, np.nan)


def test_what_is_drawn_lies_where_the_envelope_says():
    loop, _, _ = drawn(REFERENCE, Envelope(3 * WAVE, NOTHING, NOTHING, 0.0))
    found = offsets(REFERENCE, loop.walked(len(loop.xy)), is_closed=True)
    assert np.abs(found - 3 * WAVE).max() < 0.25


def test_it_is_as_many_equal_steps_as_a_map_has():
    loop, _, _ = drawn(REFERENCE, Envelope(3 * WAVE, NOTHING, NOTHING, 0.0))
    assert len(loop.xy) == pytest.approx(steps_for(loop.length_m), abs=1)
    assert np.diff(loop.along) == pytest.approx(loop.length_m / len(loop.xy), abs=0.05)


def test_it_has_no_kinks():
    loop, _, _ = drawn(REFERENCE, Envelope(2 * WAVE, NOTHING, NOTHING, 0.0))
    places = loop.walked(len(loop.xy))
    ahead = np.roll(places, -1) - places
    assert np.degrees(np.abs(np.angle(ahead * np.conj(np.roll(ahead, 1))))).max() < 15


def test_widths_are_told_at_each_point_and_are_never_below_nothing():
    left, right = 5 + WAVE, np.full(STATIONS, -0.5)
    loop, w_left, w_right = drawn(REFERENCE, Envelope(0 * WAVE, left, right, 1.0))
    assert w_left is not None
    assert w_right is not None
    assert len(w_left) == len(w_right) == len(loop.xy)
    assert w_left.max() == pytest.approx(6, abs=0.1)
    assert not w_right.any()


def test_without_widths_none_are_told():
    _, w_left, w_right = drawn(REFERENCE, Envelope(0 * WAVE, NOTHING, NOTHING, 0.2))
    assert w_left is None
    assert w_right is None


def test_heights_are_those_of_the_reference():
    places = REFERENCE.xy
    hilly = Loop.through(places, z=10 * np.sin(np.linspace(0, 2 * np.pi, len(places), endpoint=False)))
    loop, _, _ = drawn(hilly, Envelope(2 + 0 * WAVE, NOTHING, NOTHING, 0.0))
    assert loop.z is not None
    assert np.ptp(loop.z) == pytest.approx(20, abs=0.2)
    assert drawn(REFERENCE, Envelope(0 * WAVE, NOTHING, NOTHING, 0.0))[0].z is None
