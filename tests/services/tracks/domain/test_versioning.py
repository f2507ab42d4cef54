"""When a map deserves a new version: what counts is how it foretells laps that it has not seen."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from taught_roads import HALF_ROAD_M, Pupil, Road, drivers, places_of, ring

from contracts.tracks import Frame, Quality, TrackMap
from services.tracks.domain.centreline import drawn
from services.tracks.domain.document import columns_of, redrawn
from services.tracks.domain.envelope import CAR_M, FREE_M, TAIL, Envelope, envelope
from services.tracks.domain.evidence import Evidence
from services.tracks.domain.versioning import (
    ENOUGH_TRIALS,
    USUAL_HALF_M,
    Trial,
    proposal,
    published_envelope,
    score,
    settled,
)

ANNA, BERT, CARL, DORA = drivers(4)


def road_of(centre: float, half: float | None, *, stations: int = 200, coverage: float = 0.0) -> Envelope:
    width = np.full(stations, np.nan if half is None else half)
    return Envelope(np.full(stations, centre), width, width, coverage)


def taught_pupil(road: Road, laps: int, *, off_line_every: int = 5, of: int = 6) -> Pupil:
    who = drivers(of)
    pupil = Pupil.of(road, who[0])
    for number in range(1, laps):
        pupil.learn(road.lap(is_off_line=number % off_line_every == 0), who[int(road.chance.integers(of))])
    return pupil


@settings(max_examples=30, deadline=None)
@given(low=st.floats(-4, 1.5), high=st.floats(2, 8))
def test_on_average_nothing_scores_better_than_the_road_as_it_is_driven(low: float, high: float):
    passages = np.linspace(-3.0, 5.0, 4001)  # as often in one place as in another
    quantiles = np.quantile(passages, (TAIL, 1 - TAIL))

    def scored(right: float, left: float) -> float:
        half = (left - right) / 2 + CAR_M / 2
        return score(road_of((left + right) / 2, half, stations=len(passages)), passages)

    assert scored(*quantiles) <= scored(low, high) + 1e-6


def test_a_map_without_widths_foretells_the_usual_width():
    lap = np.full(200, USUAL_HALF_M + 0.1)
    assert score(road_of(0.0, None), lap) == pytest.approx(2 * USUAL_HALF_M + 0.1 / TAIL)


def test_stations_that_were_not_passed_do_not_count():
    lap = np.full(200, 1.0)
    lap[50:] = np.nan
    assert score(road_of(0.0, None), lap) == pytest.approx(2 * USUAL_HALF_M)
    assert np.isnan(score(road_of(0.0, None), np.full(200, np.nan)))


def trials(*told: tuple[UUID, float, float]) -> list[Trial]:
    return [Trial(3, driver, published, candidate) for driver, published, candidate in told]


SEEN = Evidence.begin(ring())
for _driver in (ANNA, BERT):
    SEEN = SEEN.with_offsets(np.zeros(len(SEEN.counts)), driver=_driver, is_lap=True)
PUBLISHED = road_of(0.0, None, stations=len(SEEN.counts))


@pytest.mark.parametrize(
    ("told", "is_published"),
    [
        ([(ANNA, 10, 9.6), (BERT, 10, 9.6)] * 3, True),
        ([(ANNA, 10, 9.8), (BERT, 10, 9.8)] * 3, False),  # two in a hundred
        ([(ANNA, 10, 9.0), (BERT, 10, 9.0)] * 2, False),  # four laps
        ([(ANNA, 10, 8.0)] * 9, False),  # one driver
        ([(ANNA, 10, 9.0), (BERT, 10, 9.4), (CARL, 10, 10.1)] * 2, True),
        ([(ANNA, 10, 5.0), (BERT, 10, 10.1), (CARL, 10, 10.1)] * 3, False),  # better for one, worse for most
        ([(ANNA, 10, 9.3), (BERT, 10, 9.3), (CARL, 10, 9.3)] * 2 + [(DORA, 200, 200.0)] * 20, True),  # a bad console
        ([(ANNA, 10, np.nan), (BERT, 0, 0)] * 5, False),
        ([], False),
    ],
)
def test_three_in_a_hundred_on_laps_of_several_drivers_make_a_version(
    told: list[tuple[UUID, float, float]], is_published: bool
):
    made = proposal(
        published=PUBLISHED, evidence=SEEN, trials=trials(*told), drivers=len({who for who, *_ in told}),
        becomes_confirmed=False,
    )  # fmt: skip
    assert (made is not None) == is_published
    assert made is None or made.why == "better"


def test_a_road_seen_wider_is_published_although_laps_keep_to_one_side_of_it():
    evidence = SEEN
    for across in (-4.0, 4.0, -4.0, 4.0):
        for driver in (ANNA, BERT):
            evidence = evidence.with_others([np.full(len(SEEN.counts), across)], driver=driver)
    made = proposal(
        published=PUBLISHED, evidence=evidence, trials=trials(*[(ANNA, 10, 11), (BERT, 10, 11)] * 3), drivers=2,
        becomes_confirmed=False,
    )  # fmt: skip
    assert made is not None
    assert made.why == "wider"
    assert made.envelope.has_widths


def test_old_laps_do_not_speak_against_a_candidate_that_has_learned_since():
    early = trials(*[(ANNA, 10, 11), (BERT, 10, 11)] * 8)
    late = trials(*[(ANNA, 10, 9), (BERT, 10, 9)] * ENOUGH_TRIALS)
    assert proposal(published=PUBLISHED, evidence=SEEN, trials=early + late, drivers=2, becomes_confirmed=False)


def test_a_map_that_becomes_confirmed_is_published_as_it_was_if_nothing_better_is_known():
    worse = trials((BERT, 10, 10.5))
    for told in ([], worse):
        made = proposal(published=PUBLISHED, evidence=SEEN, trials=told, drivers=2, becomes_confirmed=True)
        assert made is not None
        assert made.why == "confirmed"
        assert made.envelope is PUBLISHED


def test_two_drivers_move_no_place_by_more_than_three_metres_and_three_do():
    evidence = SEEN
    far = np.full(len(SEEN.counts), 9.0)
    candidate = road_of(9.0, 6.0, stations=len(far))
    kept = settled(candidate, PUBLISHED, evidence.with_offsets(far, driver=BERT, is_lap=True))
    assert kept.centre.max() == FREE_M
    assert kept.centre + kept.left == pytest.approx(candidate.centre + candidate.left)
    moved = settled(candidate, PUBLISHED, evidence.with_offsets(far, driver=CARL, is_lap=True))
    assert moved.centre.min() == 9.0


@pytest.mark.parametrize("seed", range(2))
def test_a_road_is_learned_in_few_versions_each_better_than_the_one_before(seed: int):
    road = Road(seed)
    pupil = taught_pupil(road, 2)
    who = drivers(6)
    errors = [road.error(pupil.published)]
    for number in range(100):
        made = pupil.learn(road.lap(is_off_line=number % 5 == 0), who[int(road.chance.integers(6))])
        if made:
            errors.append(road.error(made.envelope))
    assert 2 <= len(errors) <= 12
    assert errors[-1] < 0.65
    assert errors[-1] < 0.5 * errors[0]
    assert max(np.diff(errors)) < 0.25
    assert pupil.published.coverage > 0.8
    assert np.mean(np.abs(pupil.published.left - HALF_ROAD_M)) < 1.2


def test_noise_alone_publishes_next_to_nothing():
    published = 0
    for seed in range(2):
        road, who = Road(seed), drivers(6)
        evidence = Evidence.begin(road.reference)
        for number in range(100):
            lap = road.lap(is_off_line=number % 5 == 0)
            evidence = evidence.with_offsets(lap, driver=who[int(road.chance.integers(6))], is_lap=True)
        pupil = Pupil(evidence, envelope(evidence), set(who), [], [])
        for number in range(100):
            pupil.learn(road.lap(is_off_line=number % 5 == 0), who[int(road.chance.integers(6))])
        published += len(pupil.published_why)
    assert published <= 1


def test_a_driver_whose_telemetry_is_off_neither_drags_the_map_nor_stops_it_from_learning():
    honest, hostile = drivers(4)[:3], drivers(4)[3]
    road = Road(3)
    pupil = Pupil.of(road, honest[0])
    for number in range(60):
        pupil.learn(road.lap(is_off_line=number % 4 == 0), honest[number % 3])
        if number < 20:
            pupil.learn(road.lap(aside_m=8.0), hostile)
    assert len(pupil.published_why) >= 2
    assert road.error(pupil.published) < 1.0


@pytest.mark.parametrize("handedness", ["right", "left"])
def test_what_was_published_is_read_from_its_document_as_it_was(handedness: str):
    road, reference = Road(2), ring()
    known = taught_pupil(road, 60).published
    loop, left, right = drawn(reference, known)
    empty = TrackMap(
        layout_id=UUID(int=1), version=1, game="ac", track_id="ring", status="provisional", length_m=1.0,
        direction="ccw", line=columns_of(reference, 400), created_at=datetime(2026, 1, 1, tzinfo=UTC),
        quality=Quality(laps=1, users=1, closure_m=0.1, width_coverage=known.coverage),
        frame=Frame(handedness="left" if handedness == "left" else "right"),
    )  # fmt: skip
    read = published_envelope(reference, redrawn(empty, loop, left, right))
    assert np.abs(read.centre - known.centre).mean() < 0.05
    assert np.abs(read.centre - known.centre).max() < 0.3
    assert np.abs(read.left - known.left).mean() < 0.1
    assert read.coverage == known.coverage
    assert len(places_of(loop)) == len(left if left is not None else ())
