"""Where the pit lane is."""

import dataclasses
import datetime
import uuid

import numpy as np
import pytest

from contracts.tracks import Line, Quality, Station, TrackMap
from contracts.tracks import PitLane as MapPitLane
from desktop_client.race.lifecycle import Race
from desktop_client.race.pit_lane import BESIDE_M, MAX_BINS, PitTrail, inside
from desktop_client.race.track_shape import TrackShape
from desktop_client.telemetry.frame import Cars, PitStatus

LENGTH = 3000.0
ANGLE = np.arange(600) * 2 * np.pi / 600
RADIUS = LENGTH / (2 * np.pi)
LINE = RADIUS * np.cos(ANGLE), RADIUS * np.sin(ANGLE)  # anticlockwise: its inside is on the left


def in_the_lane(distances, left_m=15.0, speed=20.0, pit=PitStatus.PIT_LANE):
    """Cars at these lap distances, so many metres to the left of the line."""
    angle = np.mod(np.array(distances, dtype=float), LENGTH) / LENGTH * 2 * np.pi
    count = len(angle)
    return Cars.of(
        np.arange(count, dtype=np.int32),
        x=(RADIUS - left_m) * np.cos(angle),
        y=(RADIUS - left_m) * np.sin(angle),
        lap_distance_m=np.mod(np.array(distances, dtype=float), LENGTH),
        speed_mps=np.full(count, speed),
        pit=np.full(count, pit, dtype=np.int32),
    )


def learned(*visits, **how):
    trail = PitTrail(LENGTH)
    for distances in visits:
        for distance in distances:
            trail.take(in_the_lane([distance], **how))
    return trail


def test_a_lane_is_learned_from_one_car_that_drives_through_it():
    lane = learned(np.arange(400.0, 700.0, 5.0)).lane(*LINE)
    assert lane.entry_m == pytest.approx(400, abs=15)
    assert lane.exit_m == pytest.approx(700, abs=16)
    assert lane.offset_m == pytest.approx(15.0, abs=1.0)


def test_a_lane_lies_across_the_line_as_most_do():
    lane = learned(np.arange(-200.0, 150.0, 5.0), left_m=-12.0).lane(*LINE)
    assert lane.entry_m == pytest.approx(2800, abs=15)
    assert lane.exit_m == pytest.approx(150, abs=16)
    assert lane.offset_m == pytest.approx(-12.0, abs=1.0)
    places = lane.places_m(LENGTH)
    assert (np.diff(places) > 0).all()
    assert places[-1] - places[0] == pytest.approx(350, abs=31)


def test_too_little_of_a_lane_is_none():
    assert PitTrail(LENGTH).lane(*LINE) is None
    assert learned(np.arange(400.0, 460.0, 5.0)).lane(*LINE) is None


def test_cars_in_pit_status_all_around_the_lap_are_no_lane():
    assert learned(np.arange(0.0, LENGTH, 40.0)).lane(*LINE) is None


def test_cars_on_the_track_and_cars_that_stand_teach_nothing():
    assert learned(np.arange(400.0, 700.0, 5.0), pit=PitStatus.NONE).lane(*LINE) is None
    assert learned(np.arange(400.0, 700.0, 5.0), speed=0.0, pit=PitStatus.IN_BOX).lane(*LINE) is None


def test_without_coordinates_the_lane_is_drawn_inside_of_the_circuit():
    trail = PitTrail(LENGTH)
    for distance in np.arange(400.0, 700.0, 5.0):
        trail.take(
            Cars.of(
                np.zeros(1, dtype=np.int32),
                lap_distance_m=np.array([distance]),
                pit=np.full(1, PitStatus.PIT_LANE, dtype=np.int32),
            )
        )
    assert (trail.lane(*LINE).offset_m == BESIDE_M).all()


def test_nonsense_does_not_reach_the_lane():
    trail = learned(np.arange(400.0, 700.0, 5.0))
    before = trail.lane(*LINE)
    wild = np.array([np.nan, np.inf, -np.inf])
    pit = np.full(3, PitStatus.PIT_LANE, dtype=np.int32)
    trail.take(Cars.of(np.arange(3, dtype=np.int32), lap_distance_m=wild, x=wild, y=wild, pit=pit))
    assert trail.lane(*LINE) is before


def test_the_lane_is_worked_out_again_only_when_more_of_it_was_seen():
    trail = learned(np.arange(400.0, 700.0, 5.0))
    lane = trail.lane(*LINE)
    trail.take(in_the_lane([500.0]))
    assert trail.lane(*LINE) is lane
    trail.take(in_the_lane([720.0]))
    assert trail.lane(*LINE) is lane, "a lane that grows is not drawn anew for every few metres of it"
    trail.take(Cars.of(np.arange(1, dtype=np.int32)))
    assert trail.lane(*LINE) is not lane, "the visit is over"


def test_a_lane_that_grows_without_end_is_worked_out_in_steps():
    trail = learned(np.arange(400.0, 700.0, 5.0))
    lane = trail.lane(*LINE)
    for distance in np.arange(700.0, 830.0, 5.0):
        trail.take(in_the_lane([distance]))
    assert trail.lane(*LINE) is not lane


def test_the_longest_track_keeps_no_more_than_the_limit():
    trail = PitTrail(1e6)
    trail.take(in_the_lane(np.arange(0.0, 3000.0, 1.0)))
    assert trail._seen.size == MAX_BINS


def test_the_inside_of_a_circuit_is_on_the_left_when_it_runs_anticlockwise():
    assert inside(*LINE) == 1.0
    assert inside(*(column[::-1] for column in LINE)) == -1.0


def published(**more):
    x, y = LINE
    return TrackMap(
        layout_id=uuid.UUID(int=1),
        version=1,
        game="f1",
        track_id="0",
        status="confirmed",
        length_m=LENGTH,
        direction="ccw",
        line=Line(step_m=LENGTH / len(x), x=tuple(x), y=tuple(y)),
        created_at=datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC),
        quality=Quality(laps=1, users=1, closure_m=0.1),
        **more,
    )


def test_a_map_says_where_its_lane_is_and_counts_from_its_line():
    shape = TrackShape.from_map(published(pit=MapPitLane(entry_s=2900.0, exit_s=120.0), start_finish=Station(100.0)))
    assert (shape.pit.entry_m, shape.pit.exit_m) == pytest.approx((2800.0, 20.0))
    assert (shape.pit.offset_m > 0).all()
    assert TrackShape.from_map(published()).pit is None


def test_what_cars_have_driven_wins_over_what_the_map_says_and_a_new_session_forgets_it(frame_at):
    race = Race()
    race.show_map(published(pit=MapPitLane(entry_s=2900.0, exit_s=120.0)))
    frame = frame_at(1.0, count=1, own=0, track_length_m=LENGTH)
    race.take(frame)
    assert race.pit_lane is race.shape.pit
    for distance in np.arange(400.0, 700.0, 5.0):
        race.take(dataclasses.replace(frame, at=distance / 16, cars=in_the_lane([distance])))
    assert race.pit_lane.entry_m == pytest.approx(400, abs=15)
    race.take(frame_at(1.0, count=1, own=0, track_length_m=LENGTH, uid="two"))
    assert race.pit_lane is race.shape.pit
