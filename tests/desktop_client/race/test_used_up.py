"""What the car carries, looked at often enough and no oftener."""

import dataclasses
import math

import numpy as np
import pytest

from desktop_client.race.lifecycle import Race
from desktop_client.race.used_up import EVERY_S, UsedUp
from desktop_client.telemetry.frame import Energy, Fuel, FuelUnit, Wheel

LENGTH = 5000.0


def driven(frame_at, laps: float, level: float, unit=FuelUnit.LITRE):
    """The driver alone, `laps` of 90 seconds into the session."""
    frame = frame_at(laps * 90.0, count=1, own=0)
    cars = dataclasses.replace(
        frame.cars,
        lap=np.array([math.floor(laps) + 1], dtype=np.int32),
        lap_distance_m=np.array([laps % 1 * LENGTH]),
    )
    tyre = Wheel(inner_c=90.0, wear=laps / 50)
    player = dataclasses.replace(
        frame.player,
        fuel=Fuel(level, unit),
        energy=Energy(store=0.9 - laps / 10, virtual=0.8 - laps / 20),
        wheels=(tyre, tyre, tyre, tyre),
    )
    return dataclasses.replace(frame, cars=cars, player=player)


def test_everything_that_is_used_up_is_remembered_lap_by_lap(frame_at):
    used = UsedUp()
    for step in range(151):
        laps = step / 50
        used.take(driven(frame_at, laps, 50 - 2 * laps), 0)
    assert used.fuel.use(5).mean == pytest.approx(2.0)
    assert used.virtual.use(5).mean == pytest.approx(5.0)  # percent
    assert used.battery.last_lap == pytest.approx(-0.1)
    assert used.tyres.wear_per_lap == pytest.approx((0.02,) * 4)


def test_a_share_of_the_tank_is_remembered_as_percent(frame_at):
    used = UsedUp()
    for laps in (0.0, 0.5, 1.0):
        used.take(driven(frame_at, laps, 0.9 - 0.04 * laps, FuelUnit.TANK), 0)
    assert used.fuel.use(1).last == pytest.approx(4.0)


def test_frames_in_between_are_passed_over_and_the_line_never_is(frame_at):
    soon = (EVERY_S / 2) / 90
    used = UsedUp()
    used.take(driven(frame_at, 0.0, 50.0), 0)
    used.take(driven(frame_at, 0.9, 48.2), 0)
    used.take(driven(frame_at, 0.9 + soon, 1.0), 0)  # had it been looked at, the next one would be a filling
    used.take(driven(frame_at, 1.0, 48.0), 0)
    assert used.fuel.use(1).last == pytest.approx(2.0)
    used = UsedUp()
    used.take(driven(frame_at, 0.0, 50.0), 0)
    used.take(driven(frame_at, 1 - soon / 2, 48.0), 0)
    used.take(driven(frame_at, 1 + soon / 2, 48.0), 0)
    assert used.fuel.use(1).last == pytest.approx(2.0)


def test_without_an_own_car_there_are_no_laps(frame_at):
    race = Race()
    for laps in (0.0, 0.5, 1.0):
        race.take(dataclasses.replace(driven(frame_at, laps, 50 - laps), player_row=None))
    assert race.used.fuel.use(1) is None
