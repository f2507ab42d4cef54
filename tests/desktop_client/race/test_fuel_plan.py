"""What has to be filled in."""

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from desktop_client.race.fuel_plan import Margin, plan

NONE = Margin(0.0)


def test_what_is_missing_is_what_is_needed_with_the_margin_less_what_is_there():
    made = plan(30.0, 3.0, 0.5, to_go=20.5, capacity=100.0, margin=Margin(1.0, "laps"))
    assert made.add == pytest.approx(20.5 * 3 + 3 - 30)
    assert made.over == pytest.approx(30 - 61.5)
    assert made.stops == 1
    made = plan(30.0, 3.0, 0.5, to_go=20.0, capacity=100.0, margin=Margin(10.0, "percent"))
    assert made.add == pytest.approx(36.0)


def test_enough_is_enough():
    made = plan(70.0, 3.0, 0.0, to_go=20.0, capacity=100.0, margin=NONE)
    assert (made.add, made.stops, made.save_use) == (0.0, 0, None)
    assert made.over == pytest.approx(10.0)


def test_outside_a_race_there_is_nothing_to_add():
    made = plan(30.0, 3.0, 0.0, to_go=None, capacity=100.0, margin=NONE)
    assert (made.laps_left, made.over, made.add, made.stops) == (10.0, None, None, None)


def test_after_the_flag_no_margin_is_needed():
    assert plan(0.1, 3.0, 0.4, to_go=0.0, capacity=100.0, margin=Margin(1.0)).add == 0


def test_a_tank_that_is_too_small_takes_more_stops():
    assert plan(10.0, 3.0, 0.0, to_go=60.0, capacity=60.0, margin=NONE).stops == 3
    assert plan(10.0, 3.0, 0.0, to_go=60.0, capacity=None, margin=NONE).stops is None


def test_one_lap_more_is_counted_from_the_line():
    made = plan(10.0, 3.0, 0.5, to_go=None, capacity=None, margin=NONE)  # 3.33 laps: past the line at 0.5, 1.5, 2.5
    assert made.longer_use == pytest.approx(10 / 3.5)
    made = plan(1.0, 3.0, 0.5, to_go=None, capacity=None, margin=NONE)  # not even to the line
    assert made.longer_use == pytest.approx(2.0)


@pytest.mark.parametrize("use", [0.0, -1.0, float("nan"), float("inf")])
def test_without_a_use_there_is_no_plan(use):
    assert plan(30.0, use, 0.5, 20.0, 100.0, NONE) is None
    assert plan(use - 1 if use == 0 else use, 2.0, 0.5, 20.0, 100.0, NONE) is None


levels, uses = st.floats(0.0, 150.0), st.floats(0.05, 20.0)
to_goes = st.floats(0.0, 300.0)
margins = st.builds(Margin, st.floats(0, 5), st.sampled_from(["laps", "percent"]))


@given(levels, uses, to_goes, margins)
def test_with_what_is_added_the_car_reaches_the_flag_and_keeps_the_margin(level, use, to_go, margin):
    made = plan(level, use, 0.3, to_go, 100.0, margin)
    assert made.add >= 0
    assert level + made.add >= to_go * use - 1e-6
    if made.add > 0:
        after = plan(level + made.add + 1e-6, use, 0.3, to_go, 100.0, margin)
        assert after.add == 0


@given(levels, uses, to_goes, st.floats(1, 200))
def test_with_the_use_that_saves_a_stop_one_stop_less_is_needed(level, use, to_go, capacity):
    made = plan(level, use, 0.3, to_go, capacity, NONE)
    assume(made.save_use is not None and made.save_use > 1e-3 and made.stops < 99)
    saved = plan(level, made.save_use * (1 - 1e-9), 0.3, to_go, capacity, NONE)
    assert saved.stops <= made.stops - 1


@given(levels, uses, st.floats(0, 1))
def test_with_the_longer_use_the_tank_lasts_one_line_more(level, use, share):
    made = plan(level, use, share, None, None, NONE)
    assume(made.longer_use is not None and made.longer_use > 1e-5)
    assert made.longer_use <= use * (1 + 1e-6)
    to_line = 1 - share
    before = math.floor(level / use - to_line + 1e-9)
    after = math.floor(level / made.longer_use - to_line + 1e-6)
    assert after == max(0, before + 1)
