"""Where the corners of a circuit are, and which of them a place lies in."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop_client.race.corners import Corner, corner_at, proposed, sector_at
from tests.support.laps import WITHOUT_REAL_TRACKS, f1_circuits

REAL = {(year, name): xy * [1, -1] for year, name, xy in f1_circuits()}
needs_real_tracks = pytest.mark.skipif(not REAL, reason=WITHOUT_REAL_TRACKS)


def stadium(straight_m=600.0, radius_m=60.0, step_m=3.0):
    """Two straights and two half circles, anticlockwise, from the middle of the lower straight."""
    along = np.arange(0.0, straight_m / 2, step_m)
    half = np.linspace(-np.pi / 2, np.pi / 2, round(np.pi * radius_m / step_m), endpoint=False)
    bend_x, bend_y = straight_m / 2 + radius_m * np.cos(half), radius_m + radius_m * np.sin(half)
    x = np.concatenate((along, bend_x, straight_m / 2 - along))
    y = np.concatenate((0 * along, bend_y, 0 * along + 2 * radius_m))
    return np.concatenate((x, -x)), np.concatenate((y, 2 * radius_m - y))


def turned(corner):
    return corner.number, corner.hand


def test_a_stadium_has_two_corners_with_their_apexes_half_a_lap_apart():
    first, second = proposed(*stadium())
    assert (turned(first), turned(second)) == ((1, "L"), (2, "L"))
    assert second.apex_m - first.apex_m == pytest.approx((1200 + 2 * np.pi * 60) / 2, abs=5)
    assert first.start_m == pytest.approx(300, abs=25)
    assert first.end_m == pytest.approx(300 + np.pi * 60, abs=25)


def test_driven_the_other_way_the_same_corners_bend_to_the_other_side():
    x, y = stadium()
    assert [turned(corner) for corner in proposed(x[::-1], y[::-1])] == [(1, "R"), (2, "R")]


def test_the_line_may_lie_in_a_corner():
    x, y = (np.roll(column, -120) for column in stadium())
    corners = proposed(x, y)
    assert len(corners) == 2
    around = next(corner for corner in corners if corner.end_m < corner.start_m)
    assert corner_at(corners, 0.5) is around


@pytest.mark.parametrize("points", [0, 1, 3, 15])
def test_what_is_too_short_to_be_a_circuit_has_no_corners(points):
    assert proposed(np.zeros(points), np.zeros(points)) == ()


def test_a_ring_and_a_line_that_is_not_finite_have_no_corners():
    angle = np.linspace(0, 2 * np.pi, 300, endpoint=False)
    assert proposed(100 * np.cos(angle), 100 * np.sin(angle)) == ()
    assert proposed(np.full(300, np.nan), np.zeros(300)) == ()


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**31), st.floats(0.0, 6.3), st.floats(-4e3, 4e3))
def test_where_a_circuit_lies_and_how_it_is_turned_changes_no_corner(seed, angle, shift):
    waves = np.random.default_rng(seed).normal(0, 25, 8)
    around = np.linspace(0, 2 * np.pi, 700, endpoint=False)
    radius = 500 + sum(wave * np.sin((number + 2) * around + number) for number, wave in enumerate(waves))
    x, y = radius * np.cos(around), radius * np.sin(around)
    moved_x = x * np.cos(angle) - y * np.sin(angle) + shift
    moved_y = x * np.sin(angle) + y * np.cos(angle) - shift
    there, here = proposed(moved_x, moved_y), proposed(x, y)
    assert [turned(corner) for corner in there] == [turned(corner) for corner in here]
    assert [corner.number for corner in here] == list(range(1, len(here) + 1))
    assert [corner.apex_m for corner in here] == sorted(corner.apex_m for corner in here)


@needs_real_tracks
@pytest.mark.parametrize(
    ("name", "hands"),
    [
        ("Monza", "RLRLRRRLRLR"),
        ("Spa", "RRRLRRLLRLRRLLRL"),
        ("Zandvoort", "RLRLRLRRRRLRLRR"),
        ("Austria", "RRRLLRRR"),
    ],
)
def test_the_bends_of_real_circuits_are_found_in_their_order(name, hands):
    assert "".join(corner.hand for corner in proposed(*REAL["2025", name].T)) == hands


@needs_real_tracks
def test_monza_has_its_eleven_corners_where_drivers_brake_for_them():
    corners = proposed(*REAL["2025", "Monza"].T)
    expected = {1: 928, 4: 2129, 6: 2493, 7: 2841, 8: 3921, 11: 5157}
    assert len(corners) == 11
    for number, apex in expected.items():
        assert corners[number - 1].apex_m == pytest.approx(apex, abs=40)


@needs_real_tracks
def test_a_circuit_driven_backwards_has_nearly_the_same_corners_with_the_other_hand():
    for name in ("Zandvoort", "Silverstone", "Austria"):
        there = proposed(*REAL["2025", name].T)
        back = proposed(*REAL["2025", f"{name}_Reverse"].T)
        assert abs(len(there) - len(back)) <= 1
        assert sum(corner.hand == "L" for corner in there) == pytest.approx(
            sum(corner.hand == "R" for corner in back), abs=1
        )


@needs_real_tracks
def test_every_real_circuit_has_a_sensible_number_of_corners():
    for (year, name), xy in REAL.items():
        assert 7 <= len(proposed(*xy.T)) <= 30, (year, name)


CORNERS = (Corner(1, "R", 100.0, 80.0, 130.0), Corner(2, "L", 990.0, 950.0, 20.0, "Last"))


@pytest.mark.parametrize(
    ("distance", "title"),
    [(79.9, None), (80.0, "T1"), (129.9, "T1"), (130.0, None), (960.0, "Last"), (5.0, "Last"), (20.0, None)],
)
def test_a_place_lies_in_a_corner_from_its_start_to_its_end(distance, title):
    corner = corner_at(CORNERS, distance)
    assert (corner and corner.title) == title


@pytest.mark.parametrize("nowhere", [None, float("nan"), float("inf"), float("-inf")])
def test_a_place_that_is_not_known_lies_nowhere(nowhere):
    assert corner_at(CORNERS, nowhere) is None
    assert sector_at((300.0, 700.0), nowhere) is None


def test_sectors_are_counted_from_the_line():
    assert [sector_at((300.0, 700.0), place) for place in (-50.0, 0.0, 299.9, 300.0, 700.0)] == [0, 0, 0, 1, 2]
    assert sector_at((), 10.0) is None
