"""Where a lap began, for games that do not say where on the lap the car is."""

import math

import pytest

from desktop_client.telemetry.games.lap_start import JUMP_M, LapClock, LapStart, Odometer

NAN = math.nan


def test_a_lap_that_is_seen_to_begin_begins_where_its_young_clock_says():
    start = LapStart()
    assert math.isnan(start.since_line(1, 4000.0, 50.0, 60.0, begins_at_line=True))
    assert start.since_line(2, 4100.0, 50.0, 0.2, begins_at_line=True) == pytest.approx(10.0)
    assert start.since_line(2, 4600.0, 50.0, 10.2, begins_at_line=True) == pytest.approx(510.0)


def test_without_a_clock_a_lap_begins_with_the_packet_that_names_it():
    start = LapStart()
    start.since_line(1, 4000.0, 50.0, NAN, begins_at_line=True)
    assert start.since_line(2, 4100.0, 50.0, NAN, begins_at_line=True) == 0.0


@pytest.mark.parametrize(
    ("lap", "lap_time_s", "begins_at_line"),
    [(2, 30.0, True), (4, NAN, True), (2, 0.2, False)],
    ids=["an old clock", "a lap too far", "a lap that begins on the grid"],
)
def test_where_nothing_says_how_far_the_line_is_nothing_is_said(lap: int, lap_time_s: float, begins_at_line: bool):
    start = LapStart()
    start.since_line(1, 4000.0, 50.0, 60.0, begins_at_line=True)
    assert math.isnan(start.since_line(lap, 4100.0, 50.0, lap_time_s, begins_at_line))


def test_what_is_forgotten_is_known_again_at_the_next_line():
    start = LapStart()
    start.since_line(1, 100.0, 50.0, 0.5, begins_at_line=True)
    start.forget()
    assert math.isnan(start.since_line(1, 200.0, 50.0, 2.5, begins_at_line=True))
    assert start.since_line(2, 900.0, 50.0, 0.0, begins_at_line=True) == 0.0


def test_a_clock_that_runs_on_across_the_line_is_set_back_by_the_lap_that_ended():
    clock = LapClock()
    assert clock.age(1, 89.9, NAN) == 89.9
    assert clock.age(2, 90.1, 90.0) == pytest.approx(0.1)
    assert clock.age(2, 90.2, 90.0) == pytest.approx(0.2)
    assert clock.age(2, 0.3, 90.0) == 0.3
    assert clock.age(2, 0.4, 90.0) == 0.4


def test_a_clock_that_runs_on_and_agrees_with_no_lap_says_nothing():
    clock = LapClock()
    clock.age(1, 89.9, NAN)
    assert math.isnan(clock.age(2, 95.0, 90.0))
    assert math.isnan(clock.age(2, 95.1, NAN))


def test_an_odometer_adds_up_what_was_driven_and_not_what_was_jumped():
    odometer = Odometer()
    assert odometer.move((0.0, 0.0, 0.0))
    assert odometer.move((3.0, 0.0, 4.0))
    assert not odometer.move((3.0 + JUMP_M + 1, 0.0, 4.0))
    assert not odometer.move((NAN, 0.0, 0.0))
    assert not odometer.move((0.0, 0.0, 0.0))
    assert odometer.move((0.0, 2.0, 0.0))
    assert odometer.driven_m == 7.0
