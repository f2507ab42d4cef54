"""What a way through the pit lane costs."""

import dataclasses

import numpy as np
import pytest

from desktop_client.race.pace import Pace
from desktop_client.race.pit_loss import KEPT, USUAL_STOP_S, PitLoss, usual_lane_s
from desktop_client.telemetry.frame import CarStatus, PitStatus, SafetyCar, SessionKind

LENGTH, LAP_S = 5000.0, 100.0  # 50 m/s everywhere
LANE = (4800.0, 200.0)  # entry and exit: 400 m across the line, driven at 20 m/s


@pytest.fixture
def pace():
    made = Pace(LENGTH)
    made.see(np.arange(0.0, LENGTH, 5.0), np.full(1000, 50.0), np.ones(1000, dtype=np.bool_))
    return made


def with_cars(frame, **columns):
    return dataclasses.replace(frame, cars=dataclasses.replace(frame.cars, **columns))


def stop(frame_at, loss, pace, row=0, own=None, begin=0.0, stand_s=3.0, box_m=0.0, entry=PitStatus.PIT_LANE, **values):
    """Drive one car from 4700 m through the lane, standing at its box; returns the time at the end."""
    at, driven, stood = begin, 4700.0, 0.0
    cars = {name: values.pop(name) for name in ("status", "slot") if name in values}
    while driven < LENGTH + 300:
        inside = LANE[0] <= driven < LENGTH + LANE[1]
        standing = inside and driven >= LENGTH + box_m and stood < stand_s
        speed = 0.0 if standing else 20.0 if inside else 50.0
        frame = frame_at(at, count=3, own=own, **values)
        pit = np.zeros(3, dtype=np.int32)
        pit[row] = entry if inside else PitStatus.NONE
        distance, speeds = np.full(3, 2000.0), np.full(3, 50.0)
        distance[row], speeds[row] = driven % LENGTH, speed
        loss.take(with_cars(frame, pit=pit, lap_distance_m=distance, speed_mps=speeds, **cars), pace, own)
        at += 0.05
        driven += speed * 0.05
        stood += 0.05 if standing else 0.0
    return at


def test_the_loss_is_the_lane_less_the_track_beside_it_and_the_standing_is_apart(frame_at, pace):
    loss = PitLoss()
    stop(frame_at, loss, pace, stand_s=3.0)
    found = loss.loss(None, pace)
    assert found.lane_s == pytest.approx(400 / 20 - 400 / 50, abs=0.2)
    assert found.stand_s == pytest.approx(3.0, abs=0.2)
    assert found.lane_measured
    assert found.stand_measured
    assert found.whole_s == pytest.approx(15.0, abs=0.3)


def test_a_drive_through_says_what_the_lane_costs_and_nothing_of_stops(frame_at, pace):
    loss = PitLoss()
    stop(frame_at, loss, pace, stand_s=0.0)
    found = loss.loss(None, pace)
    assert found.lane_s == pytest.approx(12.0, abs=0.2)
    assert not found.stand_measured
    assert found.stand_s == USUAL_STOP_S


@pytest.mark.parametrize(
    "values",
    [
        {"safety_car": SafetyCar.FULL},
        {"status": np.full(3, CarStatus.RETIRED, dtype=np.int32)},
        {"entry": PitStatus.IN_BOX},
        {"slot": np.array([0, 1, 4000], dtype=np.int32)},
    ],
)
def test_what_is_no_stop_at_pace_is_not_measured(frame_at, pace, values):
    loss = PitLoss()
    stop(frame_at, loss, pace, **values)
    assert not loss.loss(None, pace).lane_measured


def test_in_practice_nobody_stands_as_long_as_in_a_race(frame_at, pace):
    loss = PitLoss()
    stop(frame_at, loss, pace, kind=SessionKind.PRACTICE, stand_s=40.0)
    assert loss.loss(None, pace).lane_measured
    assert not loss.loss(None, pace).stand_measured


def test_a_car_that_was_in_the_lane_from_the_first_frame_on_is_not_timed(frame_at, pace):
    loss = PitLoss()
    pit = np.array([PitStatus.PIT_LANE, 0, 0], dtype=np.int32)
    for at in (0.0, 5.0):
        frame = with_cars(frame_at(at, count=3), pit=pit, lap_distance_m=np.full(3, 100.0), speed_mps=np.full(3, 20.0))
        loss.take(frame, pace, None)
    assert loss.visit_s(0) == (None, 0.0)
    loss.take(with_cars(frame_at(9.0, count=3), lap_distance_m=np.full(3, 200.0)), pace, None)
    assert not loss.loss(None, pace).lane_measured


def test_the_median_of_the_newest_counts(frame_at, pace):
    loss = PitLoss()
    at = 0.0
    for stand in (2.0, 30.0, 2.5):
        at = stop(frame_at, loss, pace, begin=at, stand_s=stand)
    assert loss.loss(None, pace).stand_s == pytest.approx(2.5, abs=0.2)
    for _ in range(2 * KEPT):
        loss._lanes.append(9.0)
    assert len(loss._lanes) == KEPT


def test_the_driver_sees_time_in_the_lane_and_at_the_box_and_learns_where_the_box_is(frame_at, pace):
    loss = PitLoss()
    stop(frame_at, loss, pace, row=1, own=1, stand_s=4.0, box_m=60.0)
    assert loss.box_m == pytest.approx(60.0, abs=2.0)
    assert loss.visit_s(1) == (None, 4.0) or loss.visit_s(1)[0] is None
    pit = np.array([0, PitStatus.PIT_LANE, 0], dtype=np.int32)
    for at in (200.0, 200.5, 201.5):
        frame = with_cars(frame_at(at, count=3, own=1), pit=pit, speed_mps=np.full(3, 20.0))
        loss.take(frame, pace, 1)
    assert loss.visit_s(1) == (pytest.approx(1.5), 0.0)


@pytest.mark.parametrize("limit", [None, float("nan"), 0.0, -3.0, 1e-9])
def test_before_any_stop_a_usual_lane_is_assumed(pace, limit):
    found = PitLoss().loss(limit, pace)
    assert not found.lane_measured
    assert 8 < found.lane_s < 25
    assert found.lane_s == usual_lane_s(80 / 3.6, pace)


def test_a_slower_limit_costs_more(pace):
    assert usual_lane_s(60 / 3.6, pace) > usual_lane_s(80 / 3.6, pace) > usual_lane_s(80 / 3.6, pace) - 1
    assert usual_lane_s(80 / 3.6, None) > 0
