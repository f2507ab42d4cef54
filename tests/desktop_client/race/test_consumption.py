"""What a lap costs."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_client.race.consumption import LAPS_KEPT, LONGEST_YELLOW_S, Consumption
from desktop_client.race.moment import Moment

LAP_S = 90.0


def moment(driven: float, **values) -> Moment:
    """`driven` laps since the start."""
    lap = math.floor(driven)
    made = {"at_s": driven * LAP_S, "lap": lap + 1, "share": driven - lap, "in_pit": False} | values
    return Moment(**made)


def drive(consumption: Consumption, start: float, uses: list[float], level: float, steps: int = 200, **values) -> float:
    """Drive whole laps from `start` on, each with its own use; returns the level at the end."""
    for number, use in enumerate(uses):
        for step in range(steps):
            consumption.take(moment(start + number + step / steps, **values), level - use * step / steps)
        level -= use
    consumption.take(moment(start + len(uses)), level)
    return level


def test_before_a_lap_is_over_nothing_is_known():
    consumption = Consumption()
    for step in range(150):
        consumption.take(moment(step / 151), 50 - step / 100)
    assert consumption.use(5) is None
    assert consumption.this_lap(0.9) is None


def test_last_mean_most_and_least_are_told_apart():
    consumption = Consumption()
    drive(consumption, 0, [2.0, 3.0, 4.0, 2.4], 60.0)
    use = consumption.use(2)
    assert (use.last, use.mean, use.most, use.least, use.laps) == pytest.approx((2.4, 3.2, 4.0, 2.0, 4))


def test_a_lap_that_was_joined_halfway_does_not_count():
    consumption = Consumption()
    consumption.take(moment(0.5), 50.0)
    consumption.take(moment(0.9), 49.0)
    drive(consumption, 1, [2.5], 48.7)
    assert consumption.use(5).laps == 1
    assert consumption.use(5).last == pytest.approx(2.5)


def test_a_lap_after_lost_telemetry_does_not_count():
    consumption = Consumption()
    level = drive(consumption, 0, [2.0], 50.0)
    consumption.take(moment(2.4), level - 2.8)  # the line was crossed unseen
    drive(consumption, 3, [2.0], level - 4.0)
    assert consumption.use(5).laps == 2
    assert consumption.use(5).most == pytest.approx(2.0)


@pytest.mark.parametrize("values", [{"in_pit": True}, {"slowed": True}])
def test_laps_in_and_out_and_behind_a_safety_car_do_not_count(values):
    consumption = Consumption()
    level = drive(consumption, 0, [2.0], 50.0)
    consumption.take(moment(1.0, **values), level)
    drive(consumption, 1, [0.7], level)
    assert consumption.use(5).laps == 1
    assert consumption.this_lap(0.5) is not None


def test_a_moment_of_yellow_does_not_spoil_a_lap_and_a_long_one_does():
    for seconds, counted in ((LONGEST_YELLOW_S - 1, 1), (LONGEST_YELLOW_S + 1, 0)):
        consumption = Consumption()
        consumption.take(moment(0.0), 50.0)
        consumption.take(moment(0.3), 49.4)
        consumption.take(moment(0.3 + seconds / LAP_S, yellow=True), 49.3)
        consumption.take(moment(1.0), 48.0)
        use = consumption.use(5)
        assert (0 if use is None else use.laps) == counted


def test_a_slow_filling_is_seen_even_though_no_single_frame_raises_much():
    consumption = Consumption()
    drive(consumption, 0, [2.0], 50.0)
    for step in range(1200):
        consumption.take(moment(1.0 + step / 2400), 48.0 + step / 60)
    consumption.take(moment(2.0), 66.0)
    assert consumption.use(5).laps == 1


def test_slosh_in_the_tank_is_no_filling():
    consumption = Consumption()
    for step in range(200):
        slosh = 0.04 * math.sin(step)
        consumption.take(moment(step / 200), 60 - 2 * step / 200 + slosh)
    consumption.take(moment(1.0), 58.0)
    assert consumption.use(5).last == pytest.approx(2.0, abs=0.1)


def test_time_that_runs_backwards_begins_the_lap_again():
    consumption = Consumption()
    consumption.take(moment(0.0), 50.0)
    consumption.take(moment(0.8), 48.4)
    consumption.take(moment(0.6), 48.8)
    consumption.take(moment(1.0), 48.0)
    assert consumption.use(5) is None


def test_the_lap_being_driven_is_foretold_from_the_lap_before():
    consumption = Consumption()
    level = drive(consumption, 0, [2.0], 50.0)
    for step in range(100):
        consumption.take(moment(1 + step / 200), level - 3.0 * step / 200)  # half a lap at half as much again
    assert consumption.this_lap(99 / 200) == pytest.approx(1.5 + 1.0, abs=0.05)


@pytest.mark.parametrize("level", [float("nan"), float("inf"), -1.0])
def test_a_level_that_cannot_be_changes_nothing(level):
    consumption = Consumption()
    consumption.take(moment(0.0), 50.0)
    consumption.take(moment(0.5), level)
    consumption.take(moment(1.0), 48.0)
    assert consumption.use(5).last == pytest.approx(2.0)


def test_a_season_of_laps_is_not_remembered():
    consumption = Consumption()
    drive(consumption, 0, [1.0] * (LAPS_KEPT + 40), 500.0, steps=5)
    assert consumption.use(1000).laps == LAPS_KEPT


uses = st.lists(st.floats(0.1, 8.0), min_size=1, max_size=12)


@given(uses, st.integers(60, 300), st.integers(1, 20))
def test_laps_are_measured_whatever_the_rate_of_the_frames(laps, steps, recent):
    consumption = Consumption()
    drive(consumption, 0, laps, 100.0, steps=steps)
    use = consumption.use(recent)
    newest = laps[-recent:]
    assert use.last == pytest.approx(laps[-1])
    assert use.mean == pytest.approx(sum(newest) / len(newest))
    assert use.least <= use.mean + 1e-9
    assert use.mean <= use.most + 1e-9


@given(st.floats(0.2, 8.0), st.floats(0.0, 1.0, exclude_max=True))
def test_a_lap_like_the_last_one_is_foretold_to_cost_the_same_from_everywhere(use, share):
    consumption = Consumption()
    level = drive(consumption, 0, [use], 100.0)
    steps = 200
    for step in range(math.floor(share * steps) + 1):
        consumption.take(moment(1 + step / steps), level - use * step / steps)
    at = math.floor(share * steps) / steps
    assert consumption.this_lap(at) == pytest.approx(use, rel=0.02)


anything = st.floats(allow_nan=True, allow_infinity=True)


@given(st.lists(st.tuples(anything, st.integers(-5, 9), anything, st.booleans(), anything), max_size=60))
def test_no_numbers_make_it_fail_or_a_lap_cost_less_than_nothing(moments):
    consumption = Consumption()
    for at_s, lap, share, in_pit, level in moments:
        consumption.take(Moment(at_s, lap, share, in_pit), level)
        foretold = consumption.this_lap(share)
        assert foretold is None or foretold >= 0
    use = consumption.use(5)
    assert use is None or use.least > 0
