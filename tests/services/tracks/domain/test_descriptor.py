"""The index cannot miss: however a lap is laid onto a line, it is never nearer than the two descriptors say."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from laps import REAL_TRACKS, WITHOUT_REAL_TRACKS, circuit, f1_circuits

from services.tracks.domain.alignment import SCALES
from services.tracks.domain.canonical import Loop
from services.tracks.domain.descriptor import describe, least_rms, reach, search_rms, sizes_within
from services.tracks.domain.lap import Places

PLACES = 1024
CENTIMETRES = 0.05  # an RMS over places is not the one along the whole line


def loop_through(places: Places) -> Loop:
    return Loop.through(np.column_stack((places.real, places.imag)), None)


def road(chance: np.random.Generator, points: int = 400) -> Places:
    """A closed line of some kilometres with bends of all sizes; it may cross itself."""
    orders = np.arange(-9, 10)
    spread = (chance.normal(size=19) + 1j * chance.normal(size=19)) * 400 / (1 + np.abs(orders)) ** 1.5
    spread[9 + chance.choice([-1, 1])] += 500
    return np.exp(2j * np.pi * np.linspace(0, 1, points, endpoint=False)[:, None] * orders) @ spread


def driven(known: Places, chance: np.random.Generator, aside_m: float) -> Places:
    """Another line along the same road, up to so many metres aside."""
    share = np.linspace(0, 2 * np.pi, len(known), endpoint=False)
    along = np.roll(known, -1) - np.roll(known, 1)
    swing = sum(chance.uniform(-1, 1) * np.cos(k * share + chance.uniform(0, 6)) for k in (0, 1, 2, 5, 11, 30))
    return known + 1j * along / np.abs(along) * aside_m * swing / 3


def nearest_rms(lap: Loop, known: Loop) -> float:
    """Metres between them at the best start, turn, move, scale, direction and hand, found by trying."""
    to = known.walked(PLACES)
    to = to - to.mean()
    found = list[float]()
    for places in (lap.walked(PLACES), lap.walked(PLACES)[::-1]):
        for hand in (places, places.conj()):
            a = hand - hand.mean()
            match = np.abs(np.fft.ifft(np.conj(np.fft.fft(a)) * np.fft.fft(to))).max()
            scale = np.clip(match / np.sum(np.abs(a) ** 2), *SCALES)
            error = scale**2 * np.sum(np.abs(a) ** 2) - 2 * scale * match + np.sum(np.abs(to) ** 2)
            found.append(float(np.sqrt(max(0.0, error) / PLACES)))
    return min(found)


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    aside_m=st.floats(0, 90),
    begin=st.integers(0, 399),
    turn=st.floats(-3.1, 3.1),
    scale=st.floats(1 / SCALES[1], 1 / SCALES[0]),
    is_reversed=st.booleans(),
    is_mirrored=st.booleans(),
)
def test_no_layout_that_a_lap_lies_on_is_missed(
    seed: int, aside_m: float, begin: int, turn: float, scale: float, is_reversed: bool, is_mirrored: bool
):
    chance = np.random.default_rng(seed)
    known = road(chance)
    lap = np.roll(driven(known, chance, aside_m), -begin)[:: -1 if is_reversed else 1]
    lap = (lap.conj() if is_mirrored else lap) * scale * np.exp(1j * turn) + 5000
    rms = nearest_rms(loop_through(lap), loop_through(known))
    asked, there = describe(loop_through(lap)), describe(loop_through(known))
    least = min(least_rms(d, there.unit[None], np.array([there.size_m]))[0] for d in (asked, asked.swapped))
    assert least <= rms + CENTIMETRES
    if rms <= search_rms(asked) - CENTIMETRES:
        smallest, largest = sizes_within(asked)
        assert smallest <= there.size_m <= largest
        near = [d for d in (asked, asked.swapped) if np.linalg.norm(d.unit - there.unit) <= reach(d)]
        assert near
        assert all(abs(a - b) <= reach(d) for d in near for a, b in zip(d.key[1:], there.key[1:], strict=True))


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), begin=st.integers(1, 399), turn=st.floats(-3.1, 3.1), extra=st.integers(1, 900))
def test_start_turn_place_and_more_points_on_the_same_line_change_nothing(
    seed: int, begin: int, turn: float, extra: int
):
    known = road(np.random.default_rng(seed))
    one = describe(loop_through(known))
    between = np.interp(np.linspace(0, 400, extra, endpoint=False), np.arange(401), np.append(known, known[0]))
    order = np.argsort(np.concatenate((np.arange(400), np.linspace(0, 400, extra, endpoint=False))), kind="stable")
    denser = np.roll(np.concatenate((known, between))[order], -begin)
    other = describe(loop_through(denser * np.exp(1j * turn) - 777j))
    assert other.size_m == pytest.approx(one.size_m)
    assert other.unit == pytest.approx(one.unit, abs=1e-6)


def test_a_circle_has_one_coefficient_and_its_size_is_its_radius():
    circle = describe(loop_through(300 * np.exp(2j * np.pi * np.arange(2000) / 2000)))
    assert circle.size_m == pytest.approx(300, rel=1e-5)
    assert circle.unit[0] == pytest.approx(1, abs=1e-5)
    assert circle.swapped.unit[16] == circle.unit[0]


def test_the_other_direction_and_the_other_hand_are_the_swapped_descriptor():
    known = circuit()[:, 0] + 1j * circuit()[:, 1] + 60 * np.exp(-2j * np.pi * np.arange(600) / 200)
    one = describe(loop_through(known))
    for other in (known[::-1], known.conj()):
        assert describe(loop_through(other)).unit == pytest.approx(one.swapped.unit, abs=1e-9)
    assert one.swapped.key == pytest.approx((one.key[0], -one.key[1], one.key[2], -one.key[3]))


def test_what_is_smaller_than_the_search_excludes_nothing():
    tiny = describe(loop_through(20 * np.exp(2j * np.pi * np.arange(60) / 60)))
    assert reach(tiny) >= np.sqrt(2)  # as far apart as two lines of sizes can be
    assert sizes_within(tiny)[0] == 0.0


@pytest.mark.skipif(not REAL_TRACKS.is_dir(), reason=WITHOUT_REAL_TRACKS)
def test_real_circuits_lie_within_reach_of_other_years_and_hardly_ever_of_others():
    described = {
        (name, year): describe(Loop.through(xy * [1, -1], None))
        for year, name, xy in f1_circuits()
        if not name.endswith("_Reverse")
    }
    others = 0
    for (name, year), one in described.items():
        for (other_name, other_year), other in described.items():
            is_near = np.linalg.norm(one.unit - other.unit) <= reach(one)
            is_near &= sizes_within(one)[0] <= other.size_m <= sizes_within(one)[1]
            if name == other_name:
                assert is_near, (name, year, other_year)
            others += bool(is_near and name != other_name)
    assert others < 0.003 * len(described) ** 2
