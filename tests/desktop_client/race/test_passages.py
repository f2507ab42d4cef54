"""When every car passed every place, whatever the game's clock and distance do."""

import dataclasses
import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop_client.race.passages import Passages
from desktop_client.telemetry.frame import Cars, PitStatus

LENGTH = 1000.0  # twenty seconds at 50 m/s


def cars_at(*distances: float, speed: float = 50.0, lap: int = 1, **columns) -> Cars:
    count = len(distances)
    given = {
        "class_name": ("",) * count,
        "lap": np.full(count, lap, dtype=np.int32),
        "lap_distance_m": np.array(distances, dtype=np.float64),
        "speed_mps": np.full(count, speed),
    }
    return Cars.of(np.arange(count, dtype=np.int32), **(given | columns))


def watched(passages: Passages, times, driven_at, **columns):
    """Drive one car by `driven_at(time)` metres; the laps that came of it."""
    laps = []
    for now in times:
        driven = float(driven_at(now))
        passages.take(float(now), cars_at(driven % LENGTH, lap=int(driven // LENGTH) + 1, **columns))
        laps += passages.finished
    return laps


def passages_for(cars: int = 1) -> Passages:
    passages = Passages(LENGTH)
    passages.reseat(np.full(cars, -1))
    return passages


def test_a_lap_is_timed_between_the_frames_at_any_rate():
    for rate in (60, 30, 12.7, 7):
        laps = watched(passages_for(), np.arange(0, 45, 1 / rate), lambda now: 50.0 * now + 900)
        assert [lap.lap for lap in laps] == [2, 3]
        assert [lap.lap_s for lap in laps] == pytest.approx([20.0] * 2, abs=2e-3)
        assert laps[0].times[0] == 0.0
        assert (np.diff(laps[0].times) > 0).all()


def test_a_distance_that_stands_still_between_slow_updates_costs_no_precision():
    laps = watched(passages_for(), np.arange(0, 45, 1 / 60), lambda now: 50.0 * np.floor(now * 5) / 5 + 900)
    assert [lap.lap_s for lap in laps] == pytest.approx([20.0] * 2, abs=0.02)
    halves = laps[0].times[[0, len(laps[0].times) // 2]]
    assert halves[1] - halves[0] == pytest.approx(10.0, abs=0.1)


def test_a_lap_that_was_joined_half_way_is_no_lap():
    assert watched(passages_for(), np.arange(0, 19, 1 / 20), lambda now: 50.0 * now + 400) == []


def test_a_jump_forwards_or_backwards_voids_the_lap_and_only_that():
    for jump in (200.0, -200.0):
        laps = watched(
            passages_for(), np.arange(0, 68, 1 / 20), lambda now, jump=jump: 50.0 * now + 900 + jump * (now > 12)
        )
        assert len(laps) == 2
        assert all(lap.lap_s == pytest.approx(20.0, abs=1e-2) for lap in laps)


def test_a_hole_in_the_frames_voids_the_lap():
    times = [now for now in np.arange(0, 64, 1 / 20) if not 30 < now < 32]
    laps = watched(passages_for(), times, lambda now: 50.0 * now + 900)
    assert [lap.lap for lap in laps] == [2, 4]


def test_a_car_that_waits_is_timed_when_it_goes_on():
    def driven(now):
        return 900 + 50.0 * (now if now < 10 else max(10.0, now - 30.0))

    laps = watched(passages_for(), np.arange(0, 60, 1 / 20), driven)
    assert [lap.lap_s for lap in laps] == pytest.approx([50.0], abs=1e-2)
    place = int(400 / passages_for().node_m)
    assert laps[0].times[place] < 8.1
    assert laps[0].times[place + 1] > 37


def test_a_car_that_rolls_back_is_counted_from_its_farthest_place():
    def driven(now):
        return 900 + 50.0 * now - (20.0 if 12 < now < 12.5 else 0.0)

    laps = watched(passages_for(), np.arange(0, 24, 1 / 20), driven)
    assert [lap.lap_s for lap in laps] == pytest.approx([20.0], abs=1e-2)


def test_time_turned_back_within_the_lap_leaves_a_whole_lap():
    """The driver goes off after 15 s of the lap and is put back by 8 s."""
    before = [(now, 900 + 50.0 * now) for now in np.arange(0, 17, 1 / 20)]
    after = [(now, 900 + 50.0 * now) for now in np.arange(9, 24, 1 / 20)]
    passages, laps = passages_for(), []
    for now, driven in before + after:
        passages.take(float(now), cars_at(driven % LENGTH, lap=int(driven // LENGTH) + 1))
        laps += passages.finished
    assert [lap.lap_s for lap in laps] == pytest.approx([20.0], abs=1e-2)


def test_two_clocks_that_disagree_by_a_little_void_nothing():
    times = np.arange(0, 24, 1 / 20)
    times[1::2] -= 0.06
    laps = watched(passages_for(), times, lambda now: 50.0 * now + 900)
    assert [lap.lap_s for lap in laps] == pytest.approx([20.0], abs=1e-2)


@pytest.mark.parametrize(
    "spoil", [{"lap_valid": np.zeros(1, dtype=np.bool_)}, {"pit": np.array([int(PitStatus.PIT_LANE)])}]
)
def test_a_lap_with_a_fault_or_a_stop_in_it_is_whole_but_not_clean(spoil):
    passages, laps = passages_for(), []
    for now in np.arange(0, 64, 1 / 20):
        driven = 50.0 * now + 900
        columns = spoil if 30 < now < 33 else {}
        passages.take(float(now), cars_at(driven % LENGTH, lap=int(driven // LENGTH) + 1, **columns))
        laps += passages.finished
    assert [lap.clean for lap in laps] == [True, False, True]


def test_what_is_said_of_a_lap_right_at_the_line_is_of_the_lap_before():
    passages, laps = passages_for(), []
    for now in np.arange(0, 44, 1 / 20):
        driven = 50.0 * now + 900
        valid = np.array([not 20 < now < 22.4])
        passages.take(float(now), cars_at(driven % LENGTH, lap=int(driven // LENGTH) + 1, lap_valid=valid))
        laps += passages.finished
    assert [lap.clean for lap in laps] == [False, True]


def test_laps_behind_a_safety_car_are_not_clean():
    passages, laps = passages_for(), []
    for now in np.arange(0, 24, 1 / 20):
        driven = 50.0 * now + 900
        passages.take(float(now), cars_at(driven % LENGTH), green=not 10 < now < 14)
        laps += passages.finished
    assert [lap.clean for lap in laps] == [False]


def test_a_car_keeps_its_lap_when_another_joins():
    passages, laps = passages_for(), []
    for tick in range(480):
        now = tick / 20
        driven = (50.0 * now + 900) % LENGTH
        if now < 10:
            passages.take(float(now), cars_at(driven))
        else:
            if now == 10:
                passages.reseat(np.array([-1, 0]))
            cars = dataclasses.replace(cars_at(0.0, driven), slot=np.array([5, 0], dtype=np.int32))
            passages.take(float(now), cars)
        laps += passages.finished
    assert [(lap.slot, round(lap.lap_s, 2)) for lap in laps] == [(0, 20.0)]


def test_the_start_of_a_race_begins_a_lap_at_the_line():
    laps = []
    passages = passages_for()
    for now in np.arange(0, 26, 1 / 20):
        driven = -200.0 + 50.0 * now
        passages.take(float(now), cars_at(driven if driven < LENGTH else driven - LENGTH))
        laps += passages.finished
    assert [lap.lap_s for lap in laps] == pytest.approx([20.0], abs=1e-2)


@pytest.mark.parametrize("longest", [LENGTH - 9.0, LENGTH + 9.0])
def test_a_length_that_the_game_rounds_does_not_matter(longest):
    laps = []
    passages = passages_for()
    for now in np.arange(0, 64, 1 / 20):
        passages.take(float(now), cars_at((50.0 * now + 900) % longest))
        laps += passages.finished
    assert len(laps) >= 2
    assert [lap.lap_s for lap in laps] == pytest.approx([longest / 50.0] * len(laps), abs=0.25)


def test_how_long_ago_another_car_was_here_is_the_gap_between_them():
    passages = passages_for(2)
    for now in np.arange(0, 45, 1 / 20):
        passages.take(float(now), cars_at((50.0 * now + 300) % LENGTH, (50.0 * now) % LENGTH))
        here = (50.0 * now) % LENGTH
        if now > 7:
            assert passages.seconds_since(0, here, now) == pytest.approx(6.0, abs=0.11)
    assert passages.seconds_since(0, float("nan"), 45.0) is None


def test_a_place_where_nobody_was_seen_is_not_known():
    passages = passages_for()
    passages.take(0.0, cars_at(300.0))
    assert passages.seconds_since(0, 600.0, 0.0) is None
    assert passages.lap_so_far(0, cars_at(300.0), 0.0) is None


def test_a_car_drives_on_while_its_distance_stands_still_but_not_for_ever():
    passages, cars = passages_for(), cars_at(300.0)
    passages.take(0.0, cars)
    for now, expected in ((0.2, 310.0), (0.4, 320.0), (3.0, 325.0)):
        passages.take(now, cars)
        assert passages.lap_distance_now(cars, now)[0] == pytest.approx(expected)


anything = st.floats(allow_nan=True, allow_infinity=True)


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 5), st.lists(st.tuples(anything, st.lists(anything, min_size=5, max_size=5)), max_size=30))
def test_no_clock_and_no_distance_raise_or_make_a_lap_that_is_none(count, instants):
    passages = passages_for(count)
    for now, distances in instants:
        cars = cars_at(*distances[:count], speed=distances[0])
        passages.take(now, cars)
        for lap in passages.finished:
            assert (np.diff(lap.times) >= 0).all()
            assert np.isfinite(lap.times).all()
        for row in range(count):
            passages.lap_so_far(row, cars, now)
            passages.seconds_since(row, distances[row], now)
            assert len(passages.times_so_far(row)) <= passages.nodes


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 2**32 - 1), st.floats(20.0, 90.0))
def test_lap_after_lap_adds_up_to_the_time_driven(seed, speed):
    times = np.cumsum(np.random.default_rng(seed).uniform(0.02, 0.4, 300))
    laps = watched(passages_for(), times, lambda now: speed * now + 900)
    assert sum(lap.lap_s for lap in laps) == pytest.approx(len(laps) * LENGTH / speed, abs=0.01)
    for before, after in itertools.pairwise(laps):
        assert before.began_at_s + before.lap_s == pytest.approx(after.began_at_s, abs=1e-6)
