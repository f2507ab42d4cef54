"""The road from where cars pass: its middle where a mean finds the racing line, its width where enough was seen."""

from __future__ import annotations

import numpy as np
import pytest
from taught_roads import HALF_ROAD_M, Road, drivers

from services.tracks.domain.envelope import FREE_M, LEAST_COVERAGE, Envelope, envelope
from services.tracks.domain.evidence import Evidence


def taught(road: Road, laps: int, *, off_line: float, drivers_: int = 5) -> tuple[Evidence, np.ndarray]:
    """The evidence of so many laps, and the mean of their offsets."""
    who = drivers(drivers_)
    evidence = Evidence.begin(road.reference).with_offsets(np.zeros(road.stations), driver=who[0], is_lap=True)
    total = np.zeros(road.stations)
    for number in range(1, laps):
        lap = road.lap(is_off_line=number % 10 < 10 * off_line)
        total += lap
        evidence = evidence.with_offsets(lap, driver=who[int(road.chance.integers(drivers_))], is_lap=True)
    return evidence, total / laps


def at(centre: np.ndarray) -> Envelope:
    nothing = np.full(len(centre), np.nan)
    return Envelope(centre, nothing, nothing, 0.0)


def test_of_a_single_lap_the_road_is_that_lap_and_no_width_is_told():
    road = envelope(taught(Road(1), 1, off_line=0)[0])
    assert np.abs(road.centre).max() < 0.01
    assert road.coverage == 0
    assert not road.has_widths


def test_of_no_lap_at_all_it_is_the_reference():
    road = envelope(Evidence.begin(Road(1).reference))
    assert not road.centre.any()
    assert not road.has_widths


def test_few_laps_are_on_average_no_worse_than_the_first():
    first = fourth = 0.0
    for seed in range(12):
        road = Road(seed)
        first += road.error(at(np.zeros(road.stations)))
        fourth += road.error(envelope(taught(road, 4, off_line=0)[0]))
    assert fourth < 1.05 * first


@pytest.mark.parametrize("seed", range(3))
def test_the_middle_of_the_road_is_found_where_a_mean_keeps_to_the_racing_line(seed: int):
    road = Road(seed)
    evidence, mean = taught(road, 50, off_line=0.2)
    found = envelope(evidence)
    assert road.error(found) < 0.6
    assert road.error(at(mean)) > 1.0


@pytest.mark.parametrize("seed", range(3))
def test_the_width_is_found_once_enough_cars_were_off_the_line(seed: int):
    road = Road(seed)
    found = envelope(taught(road, 80, off_line=0.3)[0])
    assert found.coverage > 0.9
    assert np.mean(np.abs(found.left + found.right - 2 * HALF_ROAD_M)) < 0.1 * 2 * HALF_ROAD_M


def test_without_laps_off_the_line_no_width_is_told_however_many_there_are():
    found = envelope(taught(Road(4), 60, off_line=0)[0])
    assert found.coverage < LEAST_COVERAGE
    assert not found.has_widths


@pytest.mark.parametrize("seed", range(3))
def test_a_driver_of_twenty_laps_eight_metres_off_the_road_hardly_moves_what_three_others_say(seed: int):
    road = Road(seed)
    evidence, _ = taught(road, 60, off_line=0.2, drivers_=3)
    before = envelope(evidence)
    hostile = drivers(4)[3]
    for _ in range(20):
        evidence = evidence.with_offsets(road.lap(aside_m=8.0), driver=hostile, is_lap=True)
    after = envelope(evidence)
    assert np.abs(after.centre - before.centre).mean() < 0.75
    assert np.abs(after.centre - before.centre).max() < 2.5
    assert road.error(after) < road.error(before) + 0.6


def test_no_place_moves_by_more_than_three_metres_until_three_drivers_were_there():
    road = Road(6)
    one, two, three = drivers(3)
    evidence = Evidence.begin(road.reference).with_offsets(np.zeros(road.stations), driver=one, is_lap=True)
    far = np.full(road.stations, 9.0)
    for driver in (two, two, two):
        evidence = evidence.with_offsets(far, driver=driver, is_lap=True)
    assert np.abs(envelope(evidence).centre).max() <= FREE_M + 0.01
    for driver in (three, three, one, one):
        evidence = evidence.with_offsets(far, driver=driver, is_lap=True)
    assert envelope(evidence).centre.min() > FREE_M


def test_the_edges_have_no_kinks_where_one_station_saw_more_than_its_neighbours():
    evidence, _ = taught(Road(7), 50, off_line=0.2)
    alone = np.full(len(evidence.counts), np.nan)
    alone[40] = 9.0
    for driver in drivers(5):
        evidence = evidence.with_offsets(alone, driver=driver, is_lap=False)
    found = envelope(evidence)
    assert np.abs(np.diff(found.centre + found.left)).max() < 1.5


def test_the_same_evidence_gives_the_same_road():
    evidence, _ = taught(Road(8), 12, off_line=0.2)
    again = Evidence.unpacked(evidence.packed())
    assert envelope(again).centre.tobytes() == envelope(evidence).centre.tobytes()
