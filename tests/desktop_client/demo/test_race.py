"""One race of three laps, driven once for all of these tests, and what a spectator with a notebook would check."""

import itertools
from dataclasses import dataclass, field

import numpy as np
import pytest

from desktop_client.demo.entries import ENTRIES, PLAYER
from desktop_client.demo.events import Event, Kind
from desktop_client.demo.race import Phase, Race

LAPS = 3
STEP_S = 1 / 15


@dataclass
class Notebook:
    race: Race
    events: list[Event] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    rows: dict[str, list[np.ndarray]] = field(default_factory=dict)

    def note(self, **columns: np.ndarray) -> None:
        for name, column in columns.items():
            self.rows.setdefault(name, []).append(column.copy())

    def __getitem__(self, name: str) -> np.ndarray:
        return np.array(self.rows[name])

    def of(self, kind: Kind) -> list[Event]:
        return [event for event in self.events if event.kind is kind]


def drive(race: Race, seconds: float) -> Notebook:
    notebook = Notebook(race)
    while not race.over and race.now < seconds:
        notebook.events += race.advance(STEP_S, longest_step=STEP_S)
        to_leader, to_front = race.gaps()
        notebook.times.append(race.now)
        notebook.note(
            distance=race.driving.distance,
            speed=race.driving.speed,
            offset=race.driving.offset,
            position=race.timing.position,
            finished=race.timing.finished,
            status=race.stints.status,
            to_leader=to_leader,
            to_front=to_front,
            throttle=race.cockpit.throttle,
            brake=race.cockpit.brake,
            steer=race.cockpit.steer,
            gear=race.cockpit.gear,
            rpm=race.cockpit.rpm,
        )
    return notebook


@pytest.fixture(scope="module")
def notebook() -> Notebook:
    return drive(Race(seed=3, laps=LAPS), seconds=600)


def test_nobody_ever_drives_backwards(notebook: Notebook) -> None:
    assert np.diff(notebook["distance"], axis=0).min() >= 0


def test_nobody_moves_before_the_lights_go_out(notebook: Notebook) -> None:
    still = np.array(notebook.times) < notebook.race.started_at
    assert still.any()
    assert not notebook["speed"][still].any()


def test_positions_are_always_a_permutation(notebook: Notebook) -> None:
    assert np.all(np.sort(notebook["position"], axis=1) == np.arange(1, len(ENTRIES) + 1))


def test_there_is_overtaking_and_it_shows_in_the_positions(notebook: Notebook) -> None:
    overtakes = notebook.of(Kind.OVERTAKE)
    assert len(overtakes) > 10
    assert all(overtake.row != overtake.other for overtake in overtakes)


def test_every_pit_stop_goes_through_the_lane_at_the_limit_and_stands_in_the_box(notebook: Notebook) -> None:
    race = notebook.race
    stopped = np.flatnonzero(race.stints.stops)
    assert len(stopped) > 0
    in_lane = notebook["status"] > 0
    assert notebook["speed"][in_lane].max() < race.circuit.pit.limit_mps + 0.5
    for row in stopped:
        standing = np.count_nonzero(notebook["status"][:, row] == 2) * STEP_S
        assert 1.9 <= standing / race.stints.stops[row] <= 3.3
        assert len(race.stints.driven[row]) == race.stints.stops[row] + 1


def test_every_lap_is_the_sum_of_its_sectors(notebook: Notebook) -> None:
    driven = notebook.race.timing.history[:, :LAPS]
    assert driven[:, :, 1:].min() > 10
    assert driven[:, :, 0] == pytest.approx(driven[:, :, 1:].sum(axis=2), abs=1e-9)


def test_lap_times_add_up_to_the_time_of_the_finish(notebook: Notebook) -> None:
    race = notebook.race
    assert race.timing.laps_at_finish.min() == LAPS
    driven = race.timing.history[:, :LAPS, 0].sum(axis=1)
    assert driven == pytest.approx(race.timing.finished_at - race.started_at, abs=1e-6)


def test_a_flying_lap_takes_about_a_minute(notebook: Notebook) -> None:
    laps = notebook.race.timing.history[:, 1:LAPS, 0]
    assert 62 < laps.min() < 66
    assert laps.max() < 110


def test_gaps_grow_from_the_leader_backwards(notebook: Notebook) -> None:
    racing = ~notebook["finished"].any(axis=1) & (np.array(notebook.times) > 60)
    order = np.argsort(notebook["position"][racing], axis=1)
    to_leader = np.take_along_axis(notebook["to_leader"][racing], order, axis=1)
    assert np.all(to_leader[:, 0] == 0)
    assert np.diff(to_leader, axis=1).min() > -0.15


def test_the_gap_to_the_car_in_front_is_when_it_was_here(notebook: Notebook) -> None:
    at = int(100 / STEP_S)
    order = np.argsort(notebook["position"][at])
    for front, row in itertools.pairwise(order):
        here = notebook["distance"][at, row]
        when = np.interp(here, notebook["distance"][:, front], notebook.times)
        assert notebook["to_front"][at, row] == pytest.approx(notebook.times[at] - when, abs=0.06)


def test_the_players_first_full_lap_counts(notebook: Notebook) -> None:
    assert notebook.race.timing.history_valid[PLAYER, :2].all()


def test_the_best_lap_is_the_quickest_valid_one(notebook: Notebook) -> None:
    timing = notebook.race.timing
    times = np.where(timing.history_valid[:, :LAPS], timing.history[:, :LAPS, 0], np.inf)
    best = times.min(axis=1)
    assert timing.best_lap == pytest.approx(np.where(np.isinf(best), 0.0, best))


def test_the_race_runs_from_five_lights_to_the_end_of_the_session(notebook: Notebook) -> None:
    once = [Kind.SESSION_STARTED, Kind.LIGHTS_OUT, Kind.CHEQUERED_FLAG, Kind.RACE_WON, Kind.SESSION_ENDED]
    told = [event.kind for event in notebook.events if event.kind in once]
    assert told == once
    assert [light.value for light in notebook.of(Kind.LIGHT)] == [1, 2, 3, 4, 5]
    assert notebook.race.phase is Phase.OVER
    winner = notebook.of(Kind.RACE_WON)[0].row
    assert notebook.race.timing.position[winner] == 1


def test_pedals_gears_and_revs_are_those_of_a_driver(notebook: Notebook) -> None:
    racing = np.array(notebook.times) > 30
    throttle, brake = notebook["throttle"][racing, PLAYER], notebook["brake"][racing, PLAYER]
    assert throttle.max() == 1.0
    assert 0.6 < brake.max() <= 1.0
    assert np.mean((throttle > 0.2) & (brake > 0.2)) < 0.01
    assert set(np.unique(notebook["gear"][racing, PLAYER])) == set(range(1, 9))
    assert np.abs(np.diff(notebook["gear"][racing, PLAYER])).max() == 1
    rpm = notebook["rpm"]
    assert rpm.min() >= 4000
    assert rpm.max() <= 12500


def test_the_wheel_is_turned_into_the_bend(notebook: Notebook) -> None:
    race = notebook.race
    fast = notebook["speed"] > 25
    bend = race.circuit.at(race.road.line.curvature, notebook["distance"])
    right = fast & (bend < -0.01)
    left = fast & (bend > 0.01)
    assert np.mean(notebook["steer"][right] > 0) > 0.98
    assert np.mean(notebook["steer"][left] < 0) > 0.98


def test_the_same_seed_is_the_same_race_and_another_seed_another() -> None:
    races = [drive(Race(seed, laps=LAPS), seconds=20) for seed in (5, 5, 6)]
    first, again, other = (races[i]["distance"][-1] for i in range(3))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)
    assert races[0].race.uid == races[1].race.uid != races[2].race.uid


def test_a_race_joined_in_full_swing_shows_the_player_twelve_seconds_before_the_line() -> None:
    race = Race.joined(seed=1, laps=2)
    lap = race.timing.lap[PLAYER]
    waited = 0.0
    while race.timing.lap[PLAYER] == lap:
        race.advance(STEP_S, longest_step=STEP_S)
        waited += STEP_S
    assert 11 < waited < 14
    to_leader, _ = race.gaps()
    assert np.unique(np.round(to_leader, 2)).size > len(ENTRIES) - 3, "the field is spread out"


def test_who_runs_wide_loses_the_lap() -> None:
    race = Race(seed=1, laps=LAPS)
    race.advance(30, longest_step=STEP_S)
    race.driving.offset[4] = race.driving.under.half_width[4] + 2.0
    race.driving.deviation[4] = race.driving.offset[4] - race.driving.under.line_offset[4]
    events = race.advance(1 / 60)
    assert [event.row for event in events if event.kind is Kind.LAP_INVALIDATED] == [4]
    assert not race.timing.valid[4]
