"""A car that breaks down, those that touch, and what the telemetry says of both."""

import copy
from collections.abc import Iterator

import numpy as np
import pytest

from desktop_client.demo.broadcast import Broadcast
from desktop_client.demo.entries import PLAYER
from desktop_client.demo.events import Kind
from desktop_client.demo.race import Race
from desktop_client.telemetry.frame import CarStatus, Flag, Frame, Part, SafetyCar, Sky
from desktop_client.telemetry.games.f1 import F1

STEP_S = 1 / 15


@pytest.fixture(scope="module")
def slowed() -> Race:
    """A race two seconds after its car of bad luck has come to a halt."""
    race = Race(seed=3, laps=6)
    while not race.incidents.virtual_safety_car(race.now - 2.0):
        race.advance(STEP_S, longest_step=STEP_S)
        assert race.now < 300, "nobody breaks down"
    return race


@pytest.fixture
def race(slowed: Race) -> Race:
    return copy.deepcopy(slowed)


def frames(race: Race, ticks: int) -> Iterator[Frame]:
    source, broadcast = F1(), Broadcast(race, 2025)
    for tick in range(ticks):
        for datagram in broadcast.tick():
            frame = source.feed(datagram, tick / 60)
            if frame is not None:
                yield frame
    assert not source.health.refused


def test_a_stranded_car_brings_out_yellow_flags_and_the_virtual_safety_car(race: Race) -> None:
    *_, frame = frames(race, 62)
    share = race.incidents.hazard_m(race.now, race.driving) / race.circuit.length_m
    assert frame.session.safety_car is SafetyCar.VIRTUAL
    assert any(zone.flag is Flag.YELLOW and zone.start <= share < zone.end for zone in frame.session.zones)
    assert Flag.YELLOW in frame.session.flags


def test_everybody_slows_down_and_goes_on_once_the_road_is_clear(race: Race) -> None:
    def mean_speed() -> float:
        driven = race.driving.distance.copy()
        race.advance(15, longest_step=STEP_S)
        return float(np.median(race.driving.distance - driven)) / 15

    slow = mean_speed()
    while race.incidents.virtual_safety_car(race.now):
        race.advance(1, longest_step=STEP_S)
    race.advance(5, longest_step=STEP_S)
    assert mean_speed() > 1.3 * slow


def test_who_has_broken_down_stands_beside_the_road_and_gives_up(race: Race) -> None:
    [row] = np.flatnonzero(race.incidents.breaking_down)
    events = race.advance(5, longest_step=STEP_S)
    assert [event.row for event in events if event.kind is Kind.RETIRED] == [row]
    assert abs(race.driving.offset[row]) > race.driving.under.half_width[row]
    *_, frame = frames(race, 31)
    assert frame.cars.status[row] == CarStatus.RETIRED
    assert np.isnan(frame.cars.x[row])
    assert (frame.cars.status == CarStatus.RUNNING).sum() == len(frame.cars) - 1


def test_a_touch_breaks_a_wing_behind_and_a_floor_in_front(race: Race) -> None:
    gaps = np.full(len(race.skill), np.inf)
    gaps[PLAYER] = 3.0
    incidents = race.incidents
    spared = np.zeros(len(gaps), dtype=np.bool_)
    race.driving.under.straight[PLAYER] = False
    race.driving.speed[PLAYER] = 40.0
    incidents.step(1e6, race.now, race.driving, race.timing.lap, race.stints.stops, spared, gaps)
    assert incidents.front_left_wing[PLAYER] + incidents.front_right_wing[PLAYER] > 0
    assert incidents.floor.max() > 0
    *_, frame = frames(race, 31)
    wing = max(incidents.front_left_wing[PLAYER], incidents.front_right_wing[PLAYER])
    told = max(frame.player.damage[Part.FRONT_WING_LEFT], frame.player.damage[Part.FRONT_WING_RIGHT])
    assert told == pytest.approx(wing, abs=0.006)


def test_a_new_front_wing_comes_with_the_tyres(race: Race) -> None:
    incidents = race.incidents
    incidents.front_left_wing[PLAYER] = 0.3
    race.stints.stops[PLAYER] += 1
    race.advance(STEP_S, longest_step=STEP_S)
    assert incidents.front_left_wing[PLAYER] == 0


def test_every_third_warning_costs_five_seconds_and_the_telemetry_says_so(race: Race) -> None:
    before = race.incidents.penalty_s[PLAYER]
    row = np.array([PLAYER])
    race.incidents.warnings[PLAYER] = 0
    events = [event for _ in range(3) for event in race.incidents.warn(row)]
    assert [(event.kind, event.row, event.value) for event in events] == [(Kind.PENALTY, PLAYER, 5)]
    *_, frame = frames(race, 31)
    assert (frame.player.warnings, frame.cars.penalty_s[PLAYER]) == (3, before + 5)


def test_the_forecast_announces_the_shower(race: Race) -> None:
    race.skies.rain_from_s = race.now + 240
    *_, frame = frames(race, 3)
    soon = {sample.in_s: sample for sample in frame.session.weather.forecast}
    assert soon[0].sky < Sky.LIGHT_RAIN
    assert (soon[300].sky, soon[300].rain_chance) == (Sky.LIGHT_RAIN, 1.0)
    assert soon[300].track_c < soon[0].track_c
