"""Where the driver is."""

import dataclasses

import numpy as np
import pytest

from desktop_client.race.situation import Situation, situation
from desktop_client.telemetry.frame import CarStatus, PitStatus


def with_own(frame, **columns):
    changed = {}
    for name, value in columns.items():
        column = np.array(getattr(frame.cars, name))
        column[frame.player_row] = value
        changed[name] = column
    return dataclasses.replace(frame, cars=dataclasses.replace(frame.cars, **changed))


def test_a_driver_on_the_track_drives(frame_at):
    assert situation(frame_at(10.0)) is Situation.DRIVING


@pytest.mark.parametrize("where", [PitStatus.PIT_LANE, PitStatus.IN_BOX])
def test_a_driver_in_the_pit_lane_is_in_the_pits(frame_at, where):
    assert situation(with_own(frame_at(10.0), pit=where)) is Situation.PIT


def test_the_games_own_word_for_the_garage_counts_and_so_does_the_cars(frame_at):
    assert situation(frame_at(10.0, in_garage=True)) is Situation.GARAGE
    assert situation(with_own(frame_at(10.0), status=CarStatus.GARAGE)) is Situation.GARAGE


def test_who_has_no_car_watches(frame_at):
    assert situation(frame_at(10.0, own=None)) is Situation.SPECTATING
    assert situation(frame_at(10.0, spectating=True)) is Situation.SPECTATING


def test_a_replay_is_one_whatever_the_car_in_it_does(frame_at):
    assert situation(with_own(frame_at(10.0, replay=True, in_garage=True), pit=PitStatus.IN_BOX)) is Situation.REPLAY
