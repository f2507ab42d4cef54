"""Corners proposed from how a line bends, and those that somebody edited on a line that was drawn anew."""

from __future__ import annotations

import numpy as np
import pytest
from laps import REAL_TRACKS, WITHOUT_REAL_TRACKS, f1_circuits

from contracts.tracks import Corner
from services.tracks.domain.canonical import Loop
from services.tracks.domain.corners import carried, numbered, proposed


def driven(*parts: tuple[float, float]) -> Loop:
    """A line of parts, each metres and degrees turned to the left."""
    heading, places, place = 0.0, [0j], 0j
    for metres, degrees in parts:
        steps = max(2, round(metres / 2))
        for _ in range(steps):
            heading += np.radians(degrees) / steps
            place += metres / steps * np.exp(1j * heading)
            places.append(place)
    xy = np.array(places[:-1])
    return Loop.through(np.column_stack((xy.real, xy.imag)), z=None)


STADIUM = driven((400, 0), (150, 180), (800, 0), (150, 180), (400, 0))
CHICANE = driven((300, 0), (40, -45), (40, 45), (300, 0), (150, 180), (672, 0), (103.2, 180))


def test_a_stadium_has_two_corners_of_one_hand_with_their_apexes_in_the_middle():
    corners = proposed(STADIUM)
    assert [(corner.n, corner.dir) for corner in corners] == [(1, "L"), (2, "L")]
    assert [corner.apex_s for corner in corners] == pytest.approx([475, 1425], abs=15)
    assert all(corner.start_s < corner.apex_s < corner.end_s for corner in corners)  # type: ignore[operator]


def test_a_chicane_is_two_corners_of_different_hand():
    assert [corner.dir for corner in proposed(CHICANE)][:2] == ["R", "L"]


def test_a_bend_that_opens_between_two_apexes_is_two_corners():
    loop = driven((300, 0), (60, 75), (60, 30), (60, 75), (600, 0), (199.8, 180), (300, 0))
    assert len(proposed(loop)) == 3


def test_the_line_mirrored_has_the_same_corners_the_other_way():
    mirrored = Loop.through(CHICANE.xy * [1.0, -1.0], z=None)
    other = {"L": "R", "R": "L"}
    assert [(c.n, other[c.dir]) for c in proposed(mirrored)] == [(c.n, c.dir) for c in proposed(CHICANE)]


def test_a_circle_has_no_corner_more_than_another():
    angle = np.linspace(0, 2 * np.pi, 500, endpoint=False)
    assert proposed(Loop.through(np.column_stack((200 * np.cos(angle), 200 * np.sin(angle))), z=None)) == ()


def test_a_corner_that_the_line_lies_in_ends_before_it_begins():
    places = np.roll(STADIUM.xy, -(len(STADIUM.xy) * 475 // 1900), axis=0)
    across = [corner for corner in proposed(Loop.through(places, z=None)) if corner.end_s < corner.start_s]  # type: ignore[operator]
    assert len(across) == 1


def test_what_the_driver_adds_makes_no_corners():
    chance = np.random.default_rng(1)
    noise = np.fft.irfft(np.fft.rfft(chance.normal(size=len(CHICANE.xy))) * (np.arange(len(CHICANE.xy) // 2 + 1) < 25))
    across = np.column_stack((noise, -noise))[: len(CHICANE.xy)] * 0.5
    rounded = np.round(CHICANE.xy[: len(across)] + across, 1)
    assert len(proposed(Loop.through(rounded, z=None))) == len(proposed(CHICANE))


def test_edited_corners_keep_their_names_and_numbers_on_a_longer_line():
    edited = (Corner(1, 100.0, "L", name="Paddock", start_s=80.0, end_s=130.0), Corner(3, 1990.0, "R"))
    moved = carried(edited, 2000.0, 2010.0)
    assert [(c.n, c.name, c.dir) for c in moved] == [(1, "Paddock", "L"), (3, None, "R")]
    assert [c.apex_s for c in moved] == pytest.approx([100.5, 2000.0], abs=0.1)
    assert moved[0].end_s == pytest.approx(130.7, abs=0.1)
    assert moved[1].start_s is None
    assert all(0 <= c.apex_s < 2010 for c in moved)


def test_corners_are_counted_in_their_order():
    assert [c.n for c in numbered([Corner(9, 1.0, "L"), Corner(4, 2.0, "R")])] == [1, 2]


@pytest.mark.skipif(not REAL_TRACKS.is_dir(), reason=WITHOUT_REAL_TRACKS)
@pytest.mark.parametrize(("circuit", "official"), [("Monza", 11), ("Hungaroring", 14), ("Suzuka", 18), ("Spa", 19)])
def test_a_real_circuit_has_about_as_many_corners_as_its_officials_count(circuit: str, official: int):
    xy = next(xy for year, name, xy in f1_circuits() if (year, name) == ("2025", circuit))
    assert official - 4 <= len(proposed(Loop.through(xy * [1.0, -1.0], z=None))) <= official + 1
