"""How much is left, where one stands, and what was counted."""

import dataclasses
import math

import numpy as np
import pytest

from desktop_client.race.lifecycle import Race
from desktop_client.race.session import Counted, session
from desktop_client.telemetry.frame import SafetyCar, SessionKind

LENGTH = 5000.0


def view_of(frame):
    race = Race()
    race.take(frame)
    return session(frame, race)


def with_player(frame, **fields):
    return dataclasses.replace(frame, player=dataclasses.replace(frame.player, **fields))


def test_a_race_over_laps_counts_the_laps_to_go_with_this_one(frame_at):
    view = view_of(frame_at(200.0, own=0))  # on lap 3 of 57
    assert (view.lap, view.total_laps, view.laps_left) == (3, 57, 55)


def test_a_race_against_time_estimates_the_laps(frame_at):
    frame = frame_at(200.0, count=2, own=0, total_laps=None, time_left_s=900.7)
    lap = np.full(2, 90.0)
    frame = dataclasses.replace(frame, cars=dataclasses.replace(frame.cars, last_lap_s=lap, best_lap_s=lap))
    view = view_of(frame)  # 20 s into a lap of 90 s: 900 s end in the eleventh lap
    assert (view.time_left_s, view.total_laps, view.laps_left) == (900, None, 11)


def test_a_slower_class_is_not_promised_the_laps_of_the_leader(frame_at):
    frame = frame_at(200.0, count=4, own=3, total_laps=None, time_left_s=900.0, classes=("LMP2", "LMGT3"))
    lap = np.array([90.0, 90.0, 112.5, 112.5])
    frame = dataclasses.replace(frame, cars=dataclasses.replace(frame.cars, last_lap_s=lap, best_lap_s=lap))
    assert view_of(frame).laps_left == 9
    assert view_of(dataclasses.replace(frame, player_row=0)).laps_left == 11


def test_practice_has_time_and_no_laps_whatever_the_game_says_of_them(frame_at):
    view = view_of(frame_at(200.0, kind=SessionKind.PRACTICE, total_laps=1, time_left_s=1799.99))
    assert (view.total_laps, view.laps_left, view.time_left_s) == (None, None, 1799)


@pytest.mark.parametrize("nonsense", [math.nan, math.inf, -1.0, 1e12])
def test_a_time_that_cannot_be_is_not_shown(frame_at, nonsense):
    assert view_of(frame_at(200.0, total_laps=None, time_left_s=nonsense)).time_left_s is None


def test_the_place_is_the_one_in_the_own_class(frame_at):
    view = view_of(frame_at(200.0, count=30, own=14, classes=("A", "B", "C")))
    assert (view.place, view.cars) == (5, 10)


def test_a_spectator_is_told_what_is_left_and_no_place(frame_at):
    view = view_of(frame_at(200.0, own=None, total_laps=None, time_left_s=60.0))
    assert (view.place, view.lap, view.incidents, view.time_left_s) == (None, None, None, 60)


def test_incidents_warnings_and_penalties_are_told_where_the_game_counts_them(frame_at):
    frame = with_player(frame_at(200.0, own=0), incidents=4, incident_limit=17, warnings=2)
    penalty = np.where(np.arange(22) == 0, 5.0, 0.0)
    view = view_of(dataclasses.replace(frame, cars=dataclasses.replace(frame.cars, penalty_s=penalty)))
    assert (view.incidents, view.warnings, view.penalty_s) == (Counted(4, 17), Counted(2), 5)
    bare = view_of(with_player(frame_at(200.0, own=0), incidents=0, incident_limit=17))
    assert (bare.incidents, bare.warnings, bare.penalty_s) == (None, None, None)


def test_a_pit_window_is_told_until_it_has_closed(frame_at):
    assert view_of(frame_at(200.0, own=0, pit_window_laps=(2, 3))).pit_window == (2, 3)
    assert view_of(frame_at(200.0, own=0, pit_window_laps=(1, 2))).pit_window is None
    assert view_of(frame_at(200.0, own=0, pit_window_laps=(0, 0))).pit_window is None


def test_a_safety_car_makes_estimates_doubtful(frame_at):
    assert view_of(frame_at(200.0, safety_car=SafetyCar.FULL)).neutralised
    assert not view_of(frame_at(200.0, safety_car=SafetyCar.FORMATION)).neutralised
