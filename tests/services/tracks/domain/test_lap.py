"""A lap as columns, and what is beside it: only what can be believed."""

from __future__ import annotations

import numpy as np
import pytest
from laps import circuit, upload_of

from contracts.tracks import PitPassage
from services.tracks.domain.lap import Lap

Way = tuple[tuple[float, ...], ...]
WAY: Way = ((0.0, 1.0), (10.0, 2.0), (20.0, 4.0))


def with_others(*passages: Way, **said: object) -> Lap:
    return Lap.read(upload_of(circuit(), other_cars=passages, **said))


def test_passages_and_the_pit_lane_lie_in_the_plane_of_the_lap():
    lap = with_others(WAY, pit=PitPassage(100.0, 300.0, points=WAY), handedness="left")
    mirrored = np.array(WAY) * [1, -1]
    assert lap.xy == pytest.approx(circuit() * [1, -1])
    assert lap.others[0] == pytest.approx(mirrored)
    assert lap.pit_way is not None
    assert lap.pit_way == pytest.approx(mirrored)


def test_a_passage_with_heights_is_one_without():
    (passage,) = with_others(tuple((*place, 55.0) for place in WAY)).others
    assert passage == pytest.approx(np.array(WAY))


@pytest.mark.parametrize(
    "way",
    [
        ((0.0, 0.0), (float("nan"), 0.0), (10.0, 0.0)),
        ((0.0, 0.0), (float("inf"), 0.0)),
        ((0.0, 0.0), (10.0, 2e5)),
        ((0.0, 0.0), (10.0, 0.0), (250.0, 0.0), (260.0, 0.0)),
        ((1e300, 0.0), (-1e300, 0.0)),
    ],
    ids=["no number", "nowhere", "in another country", "put back into its garage", "beyond everything"],
)
def test_a_way_that_no_car_drove_is_left_out_and_speaks_against_nobody(way: Way):
    lap = with_others(WAY, way, WAY, pit=PitPassage(100.0, 300.0, points=way))
    assert len(lap.others) == 2
    assert lap.pit_way is None


def test_a_pit_lane_of_one_place_has_no_way():
    assert with_others(pit=PitPassage(100.0, 300.0, points=WAY[:1])).pit_way is None
    assert with_others(pit=PitPassage(100.0, 300.0)).pit_way is None


def test_a_lap_says_how_it_came_by_its_places():
    assert with_others(coordinates="integrated").coordinates == "integrated"
    assert not with_others(handedness="unknown").handedness_is_known
    assert with_others(handedness="right").handedness_is_known


def test_only_who_tells_a_rate_has_taken_points_by_the_clock():
    timed, clocked = with_others(lap_time_s=60.0), with_others(rate_hz=20.0, lap_time_s=60.0)
    assert (timed.rate_hz, timed.is_clocked) == (pytest.approx(599 / 60), False)
    assert (clocked.rate_hz, clocked.is_clocked) == (20.0, True)
