"""What the driver is told of the tank."""

import dataclasses
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop_client.race.fuel import Verdict, fuel
from desktop_client.race.fuel_plan import Margin
from desktop_client.race.lifecycle import Race
from desktop_client.telemetry.frame import Energy, Fuel, FuelUnit, PitStatus, SessionKind

LENGTH = 5000.0


def driven(frame_at, laps: float, tank: Fuel | None, energy: Energy | None = None, **session):
    """The driver alone, `laps` into the race."""
    frame = frame_at(laps * 90.0, count=1, own=0, **{"total_laps": 20} | session)
    cars = dataclasses.replace(
        frame.cars,
        lap=np.array([math.floor(laps) + 1], dtype=np.int32),
        lap_distance_m=np.array([laps % 1 * LENGTH]),
    )
    return dataclasses.replace(frame, cars=cars, player=dataclasses.replace(frame.player, fuel=tank, energy=energy))


def raced(frame_at, race: Race, until: float, at_start: float, use: float, **tank):
    """Drive `until` so many laps on a tank with `at_start` in it; returns the last frame."""
    steps = 50
    for step in range(round(until * steps) + 1):
        laps = step / steps
        frame = driven(frame_at, laps, Fuel(at_start - use * laps, **{"unit": FuelUnit.LITRE} | tank))
        race.take(frame)
    return frame


def test_before_a_lap_is_known_nothing_is_made_up(frame_at):
    race = Race()
    view = fuel(raced(frame_at, race, 0.6, 50.0, 3.0), race)
    assert (view.verdict, view.laps_left, view.add, view.rows) == (Verdict.UNKNOWN, None, None, ())
    assert view.level == pytest.approx(48.2)


def test_until_then_the_games_own_estimate_stands_in_and_is_marked(frame_at):
    race = Race()
    view = fuel(raced(frame_at, race, 0.5, 51.0, 2.0, laps_left=10.0), race)
    assert (view.laps_left, view.from_game) == (10.0, True)
    assert view.rows == ()
    view = fuel(raced(frame_at, race, 2.0, 51.0, 2.0, laps_left=10.0), race)
    assert (view.laps_left, view.from_game) == (23.5, False)


def test_what_is_missing_is_rounded_up_and_the_last_lap_is_named(frame_at):
    race = Race()
    frame = raced(frame_at, race, 2.0, 30.0, 3.0, capacity=90.0)
    view = fuel(frame, race, margin=Margin(0.5))
    assert (view.laps_left, view.laps_to_go) == (8.0, 18.0)
    assert view.add == 32.0  # 18 laps and half a one at 3 l, less 24 l: 31.5 l
    assert view.over == -30.0
    assert (view.verdict, view.stops, view.last_lap) == (Verdict.STOP, 1, 10)
    assert view.filled == 27


def test_the_table_says_what_each_way_of_counting_means(frame_at):
    race = Race()
    frame = raced(frame_at, race, 2.5, 60.0, 2.0)
    view = fuel(frame, race)
    assert [row.name for row in view.rows] == ["This lap", "Last", "Average", "Most"]
    last = view.rows[1]
    assert (last.use, last.laps, last.over) == (2.0, 27.5, 20.0)
    assert view.verdict is Verdict.ENOUGH


def test_a_lap_through_the_pits_keeps_its_row_empty(frame_at):
    race = Race()
    raced(frame_at, race, 2.5, 60.0, 2.0)
    frame = driven(frame_at, 2.52, Fuel(55.0, FuelUnit.LITRE))
    pit = np.array([PitStatus.PIT_LANE], dtype=np.int32)
    frame = dataclasses.replace(frame, cars=dataclasses.replace(frame.cars, pit=pit))
    race.take(frame)
    rows = fuel(frame, race).rows
    assert (rows[0].name, rows[0].use, rows[0].laps) == ("This lap", None, None)
    assert rows[1].use == 2.0


def test_of_two_stops_one_may_be_saved(frame_at):
    race = Race()
    # 18 laps to go at 3 l are 54 l: 20 l are there, and 33 l would fit in with one stop
    view = fuel(raced(frame_at, race, 2.0, 26.0, 3.0, capacity=33.0), race, margin=Margin(0.0))
    assert (view.verdict, view.stops, view.target) == (Verdict.STOP, 2, 2.94)


def test_a_little_too_little_is_saved_and_not_filled_in(frame_at):
    race = Race()
    view = fuel(raced(frame_at, race, 2.0, 58.8, 3.0, capacity=90.0), race, margin=Margin(0.0))
    assert view.verdict is Verdict.SAVE
    assert view.target == 2.93


def test_where_nobody_may_refuel_only_saving_is_left(frame_at):
    race = Race()
    frame = raced(frame_at, race, 2.0, 20.0, 1.5, unit=FuelUnit.KG)
    assert fuel(frame, race).verdict is Verdict.SAVE
    assert fuel(frame, race, refuelling=True).verdict is Verdict.STOP
    assert fuel(frame, race).unit == "kg"


def test_in_practice_it_is_about_one_lap_more(frame_at):
    race = Race()
    frame = raced(frame_at, race, 2.0, 30.0, 3.0)
    frame = dataclasses.replace(frame, session=dataclasses.replace(frame.session, kind=SessionKind.PRACTICE))
    view = fuel(frame, race)
    assert (view.verdict, view.add, view.laps_to_go, view.last_lap) == (Verdict.LASTS, None, None, None)
    assert view.target == pytest.approx(2.66)  # 24 l for 9 laps, rounded down


def test_a_share_of_a_tank_is_percent(frame_at):
    race = Race()
    view = fuel(raced(frame_at, race, 3.0, 0.9, 0.04, unit=FuelUnit.TANK), race)
    assert (view.unit, view.level, view.filled) == ("%", 78.0, 78)
    assert view.rows[1].use == 4.0


def test_the_rules_energy_is_planned_with_the_same_code(frame_at):
    race = Race()
    for step in range(101):
        laps = step / 50
        energy = Energy(virtual=0.9 - 0.05 * laps)
        frame = driven(frame_at, laps, Fuel(80 - laps, FuelUnit.LITRE), energy)
        race.take(frame)
    view = fuel(frame, race, margin=Margin(0.0))
    assert (view.energy, view.unit, view.level, view.laps_left) == (True, "%", 80.0, 16.0)
    assert view.add == 10.0
    assert not fuel(frame, race, resource="fuel").energy
    assert fuel(driven(frame_at, 1.0, Fuel(80, FuelUnit.LITRE)), race, resource="energy") is None


def test_a_new_session_knows_nothing_of_the_last_one(frame_at):
    race = Race()
    raced(frame_at, race, 3.0, 60.0, 2.0)
    frame = driven(frame_at, 0.5, Fuel(30.0, FuelUnit.LITRE), uid="two")
    race.take(frame)
    assert fuel(frame, race).verdict is Verdict.UNKNOWN


def test_moments_that_would_look_equal_are_equal(frame_at):
    race = Race()
    frame = raced(frame_at, race, 3.0, 60.0, 2.0)
    one = fuel(frame, race)
    race.take(driven(frame_at, 3.0, Fuel(54.001, FuelUnit.LITRE)))
    assert fuel(driven(frame_at, 3.0, Fuel(54.001, FuelUnit.LITRE)), race) == one


@pytest.mark.parametrize("amount", [float("nan"), float("inf"), -3.0, 1e12])
def test_a_tank_that_cannot_be_is_not_shown(frame_at, amount):
    race = Race()
    frame = driven(frame_at, 1.0, Fuel(amount, FuelUnit.LITRE))
    race.take(frame)
    assert fuel(frame, race) is None
    assert fuel(driven(frame_at, 1.0, None), race) is None
    assert fuel(frame_at(1.0, own=None), race) is None


anything = st.floats(allow_nan=True, allow_infinity=True)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_no_numbers_reach_the_view_that_cannot_be_shown(frame_at, data):
    race = Race()
    for _ in range(data.draw(st.integers(1, 6))):
        tank = Fuel(
            data.draw(anything),
            data.draw(st.sampled_from(FuelUnit)),
            capacity=data.draw(st.none() | anything),
            laps_left=data.draw(st.none() | anything),
        )
        energy = Energy(virtual=data.draw(st.none() | anything), store=data.draw(st.none() | anything))
        frame = driven(frame_at, data.draw(st.floats(0, 30)), tank, energy)
        race.take(frame)
        view = fuel(frame, race, margin=Margin(data.draw(st.floats(0, 5))))
        if view is not None:
            shown = (view.level, view.laps_left, view.laps_to_go, view.add, view.over, view.target)
            assert all(value is None or abs(value) < 1e4 for value in shown)
            assert view.add is None or view.add > 0
