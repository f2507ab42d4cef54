"""Stops and stints, for games that count them and for games that do not."""

import dataclasses

import numpy as np

from desktop_client.race.pit_visits import PitVisits
from desktop_client.telemetry.frame import PitStatus, SessionKind

LANE, BOX, TRACK = PitStatus.PIT_LANE, PitStatus.IN_BOX, PitStatus.NONE


def visit(frame_at, *steps: tuple[int, int, float], kind: SessionKind = SessionKind.RACE, **columns):
    """Two cars; the second one goes through steps of (pit status, lap, speed)."""
    pits = PitVisits()
    for second, (pit, lap, speed) in enumerate(steps):
        frame = frame_at(100.0 + second, count=2, own=0, kind=kind)
        cars = dataclasses.replace(
            frame.cars,
            pit=np.array([0, pit], dtype=np.int32),
            lap=np.array([9, lap], dtype=np.int32),
            speed_mps=np.array([60.0, speed]),
            **columns,
        )
        pits.take(dataclasses.replace(frame, cars=cars))
    return pits, cars


def test_a_stop_is_counted_when_the_car_leaves_the_lane_again(frame_at):
    in_box = [(TRACK, 3, 60.0), (LANE, 3, 22.0), (BOX, 3, 0.0)]
    pits, cars = visit(frame_at, *in_box)
    assert pits.stops(cars).tolist() == [0, 0]
    pits, cars = visit(frame_at, *in_box, (LANE, 4, 22.0), (TRACK, 4, 40.0))
    assert pits.stops(cars).tolist() == [0, 1]


def test_a_game_that_knows_no_box_is_asked_whether_the_car_stood(frame_at):
    pits, cars = visit(frame_at, (TRACK, 3, 60.0), (LANE, 3, 22.0), (LANE, 3, 0.2), (LANE, 4, 9.0), (TRACK, 4, 40.0))
    assert pits.stops(cars).tolist() == [0, 1]


def test_a_drive_through_is_no_stop_but_begins_a_stint(frame_at):
    pits, cars = visit(frame_at, (TRACK, 3, 60.0), (LANE, 3, 22.0), (LANE, 4, 22.0), (TRACK, 4, 40.0), (TRACK, 6, 60.0))
    assert pits.stops(cars)[1] == 0
    assert pits.stint_laps(cars)[1] == 2


def test_leaving_the_pits_for_the_first_time_is_no_stop(frame_at):
    pits, cars = visit(frame_at, (BOX, 1, 0.0), (LANE, 1, 20.0), (TRACK, 1, 40.0))
    assert pits.stops(cars)[1] == 0


def test_practice_counts_no_stops_but_knows_the_out_lap(frame_at):
    steps = [(TRACK, 3, 60.0), (LANE, 3, 22.0), (BOX, 3, 0.0), (TRACK, 4, 40.0)]
    pits, cars = visit(frame_at, *steps, kind=SessionKind.PRACTICE)
    assert pits.stops(cars)[1] == 0
    assert pits.on_out_lap(cars).tolist() == [False, True]
    pits, cars = visit(frame_at, *steps, (TRACK, 5, 60.0), kind=SessionKind.PRACTICE)
    assert pits.on_out_lap(cars).tolist() == [False, False]


def test_the_games_own_counts_win(frame_at):
    said = {"pit_stops": np.array([2, 0], dtype=np.int32), "tyre_age_laps": np.array([5, -1], dtype=np.int32)}
    pits, cars = visit(frame_at, (TRACK, 3, 60.0), **said)
    assert pits.stops(cars).tolist() == [2, 0]
    assert pits.stint_laps(cars).tolist() == [5, 2]


def test_the_stint_of_a_car_that_was_not_seen_from_the_start_is_not_known(frame_at):
    pits, cars = visit(frame_at, (TRACK, 30, 60.0))
    assert pits.stint_laps(cars).tolist() == [-1, -1]


def test_slots_that_no_game_has_are_left_alone(frame_at):
    slot = np.array([0, 5000], dtype=np.int32)
    pits, cars = visit(frame_at, (TRACK, 3, 60.0), (BOX, 3, 0.0), (TRACK, 4, 40.0), slot=slot)
    assert pits.stops(cars).tolist() == [0, 0]
