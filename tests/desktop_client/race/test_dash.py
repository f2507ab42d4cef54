"""What the dash shows."""

import dataclasses
import itertools

import numpy as np
import pytest

from desktop_client.race.adjustments import Knob
from desktop_client.race.dash import LIGHTS, Aid, Chip, LapMark, chips, dash, lights
from desktop_client.race.lifecycle import Race


def seen(frame):
    race = Race()
    race.take(frame)
    return dash(frame, race)


def with_player(frame, **values):
    return dataclasses.replace(frame, player=dataclasses.replace(frame.player, **values))


def with_cars(frame, **columns):
    return dataclasses.replace(frame, cars=dataclasses.replace(frame.cars, **columns))


@pytest.mark.parametrize(("gear", "text"), [(-1, "R"), (0, "N"), (1, "1"), (8, "8")])
def test_gears_are_named(frame_at, gear, text):
    assert seen(with_player(frame_at(5.0), gear=gear)).gear == text


def test_speed_is_in_the_unit_the_driver_chose(frame_at):
    frame = with_player(frame_at(5.0), speed_mps=50.0)
    race = Race()
    assert dash(frame, race, "km/h").speed == 180
    assert dash(frame, race, "mph").speed == 112


@pytest.mark.parametrize("speed", [float("nan"), float("inf")])
def test_a_speed_that_is_not_known_is_not_zero(frame_at, speed):
    assert seen(with_player(frame_at(5.0), speed_mps=speed)).speed is None


def test_the_games_own_lights_win_over_the_rpm(frame_at):
    player = dataclasses.replace(frame_at(0.0).player, rpm=12_500.0, max_rpm=12_500.0)
    assert lights(player) == LIGHTS
    assert lights(dataclasses.replace(player, shift_lights=0.5)) == LIGHTS // 2
    assert lights(dataclasses.replace(player, shift_lights=0.0)) == 0
    assert lights(dataclasses.replace(player, shift_lights=float("nan"))) == 0
    assert lights(dataclasses.replace(player, max_rpm=None)) == 0
    assert lights(dataclasses.replace(player, max_rpm=0.0)) == 0


def test_drs_takes_no_room_until_it_can_help(frame_at):
    assert seen(with_player(frame_at(5.0), drs_open=False, drs_available=False)).chips == ()
    assert seen(with_player(frame_at(5.0), drs_open=False, drs_available=True)).chips == (Chip(Aid.DRS),)
    assert seen(with_player(frame_at(5.0), drs_open=True, drs_available=True)).chips == (Chip(Aid.DRS, active=True),)


def test_what_works_now_is_said_and_the_most_urgent_comes_first(frame_at):
    player = dataclasses.replace(
        frame_at(0.0).player,
        pit_limiter=True,
        abs_active=True,
        tc_active=True,
        overtake_available=True,
        overtakes_left=7,
    )
    said = chips(player, ())
    assert said == (
        Chip(Aid.LIMITER, active=True),
        Chip(Aid.OVERTAKE, value=7),
        Chip(Aid.ABS, active=True),
        Chip(Aid.TC, active=True),
    )
    order = list(Aid)
    assert all(order.index(one.aid) < order.index(next_.aid) for one, next_ in itertools.pairwise(said))


def test_a_knob_is_news_for_a_few_seconds_after_it_was_turned(frame_at):
    race = Race()
    for at, bias in ((1.0, 0.58), (2.0, 0.58), (3.0, 0.57), (4.0, 0.57)):
        frame = with_player(frame_at(at), brake_bias=bias, tc_level=3)
        race.take(frame)
        assert dash(frame, race).chips == ((Chip(Aid.BRAKE_BIAS, value=0.57),) if bias == 0.57 else ())
    assert dash(with_player(frame_at(9.0), brake_bias=0.57), race).chips == ()


def test_an_aid_that_works_while_it_is_adjusted_is_one_chip(frame_at):
    player = dataclasses.replace(frame_at(0.0).player, tc_active=True)
    assert chips(player, ((Knob.TC, 4),)) == (Chip(Aid.TC, active=True, value=4),)


@pytest.mark.parametrize(("rpm", "shown"), [(11_462.0, 11_450), (0.0, 0), (-3.0, 0), (float("nan"), None)])
def test_the_rpm_is_told_as_fine_as_it_can_be_read(frame_at, rpm, shown):
    assert seen(with_player(frame_at(5.0), rpm=rpm)).rpm == shown


def test_the_running_lap_is_cut_to_tenths_so_that_it_never_runs_ahead(frame_at):
    lap_time = np.full(22, 12.399)
    assert seen(with_cars(frame_at(5.0), lap_time_s=lap_time)).lap_time_s == 12.3


def test_a_last_lap_is_marked_by_what_it_was_worth(frame_at):
    frame = frame_at(5.0)
    best = np.full(22, 93.0)
    assert seen(with_cars(frame, last_lap_s=best + 1, best_lap_s=best)).last_mark is LapMark.PLAIN
    assert seen(with_cars(frame, last_lap_s=best, best_lap_s=best)).last_mark is LapMark.SESSION_BEST
    best[0] = 92.0
    assert seen(with_cars(frame, last_lap_s=np.full(22, 93.0), best_lap_s=best)).last_mark is LapMark.OWN_BEST


@pytest.mark.parametrize("nothing", [0.0, -1.0, float("nan"), float("inf"), 1e9])
def test_a_lap_time_that_is_not_there_is_none(frame_at, nothing):
    view = seen(with_cars(frame_at(5.0), last_lap_s=np.full(22, nothing), best_lap_s=np.full(22, nothing)))
    assert (view.last_lap_s, view.best_lap_s, view.last_mark) == (None, None, LapMark.PLAIN)


def test_there_is_no_dash_without_an_own_car(frame_at):
    assert seen(frame_at(5.0, own=None)) is None


def test_equal_moments_are_equal_views(frame_at):
    race = Race()
    race.take(frame_at(5.0))
    assert dash(frame_at(5.0), race) == dash(frame_at(5.0), race)
