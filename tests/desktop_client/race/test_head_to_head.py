"""The fight for a place."""

import dataclasses

import numpy as np
import pytest
from field_of_cars import field_of_cars, frames_until, raced
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop_client.race.gaps import Gap
from desktop_client.race.head_to_head import Trend, closing_s, head_to_head
from desktop_client.race.lap_times import LapTimes
from desktop_client.race.lifecycle import Race
from desktop_client.telemetry.frame import CarStatus, SessionKind

THREE = {"lap_s": (20.6, 20.0, 20.4), "start_m": (1000.0, 900.0, 800.0), "own": 1}


def drifting(frames):
    """Lap times that are never twice the same, but always as far apart."""
    for frame in frames:
        last = frame.cars.last_lap_s + frame.cars.lap * 0.001
        yield dataclasses.replace(frame, cars=dataclasses.replace(frame.cars, last_lap_s=last))


def after(seconds: float, **field):
    race = raced(drifting(frames_until(seconds, **(THREE | field))))
    return head_to_head(race.frame, race)


def test_before_anybody_has_a_lap_only_the_gap_is_known():
    view = after(8.0)
    assert (view.ahead.name, view.behind.name) == ("Driver0", "Driver2")
    assert view.ahead.gap.seconds == pytest.approx(1.8, abs=0.11)
    assert view.ahead.trend is Trend.UNKNOWN
    assert (view.ahead.laps_to_meet, view.ahead.lap_diffs) == (None, ())


def test_a_faster_driver_catches_the_car_ahead_and_knows_when():
    ahead = after(47.0).ahead
    assert (ahead.trend, ahead.change_s) == (Trend.SHRINKS, 0.6)
    gap = 100.0 / 50 - 47.0 * (1 / 20.0 - 1 / 20.6) * 20
    assert ahead.gap.seconds == pytest.approx(gap, abs=0.11)
    assert ahead.laps_to_meet == 2
    assert ahead.in_time
    assert ahead.lap_diffs[0] == -0.6


def test_the_car_behind_falls_back():
    behind = after(47.0).behind
    assert (behind.trend, behind.change_s, behind.laps_to_meet) == (Trend.GROWS, 0.4, None)
    assert behind.sector_diffs == (-0.12, -0.16, -0.12)


def test_a_faster_car_behind_is_seen_coming():
    behind = after(47.0, lap_s=(20.0, 20.0, 19.8)).behind
    assert (behind.trend, behind.change_s) == (Trend.SHRINKS, 0.2)
    assert behind.laps_to_meet == 8


def test_the_same_pace_is_neither():
    assert after(47.0, lap_s=(20.0, 20.0, 20.4)).ahead.trend is Trend.STAYS


def test_a_chase_that_outlasts_the_race_says_so():
    view = after(47.0, lap_s=(20.06, 20.0, 20.4), total_laps=10)
    assert not view.ahead.in_time
    assert view.ahead.laps_to_meet > 8


def test_the_leader_has_nobody_ahead_and_the_last_nobody_behind():
    assert after(8.0, own=0).ahead is None
    assert after(8.0, own=2).behind is None
    alone = after(8.0, lap_s=(20.0,), start_m=(0.0,), own=0)
    assert (alone.ahead, alone.behind) == (None, None)


def test_a_car_of_another_class_is_no_rival_unless_wished():
    columns = {"class_name": ("GT3", "GT3", "LMP2")}
    race = raced(frames_until(8.0, columns=columns, **THREE))
    assert head_to_head(race.frame, race).behind is None
    assert head_to_head(race.frame, race, same_class=False).behind.name == "Driver2"


def test_a_car_that_is_out_is_no_rival():
    columns = {"status": np.array([int(CarStatus.RETIRED), 0, 0], dtype=np.int32)}
    race = raced(frames_until(8.0, columns=columns, **THREE))
    assert head_to_head(race.frame, race).ahead is None


def test_a_car_a_lap_ahead_is_laps_away_and_not_seconds():
    ahead = after(8.0, start_m=(2100.0, 900.0, 800.0)).ahead
    assert ahead.gap == Gap(laps=1)


def test_against_the_clock_the_best_laps_are_compared():
    view = after(47.0, kind=SessionKind.QUALIFYING)
    assert not view.is_race
    assert view.ahead is None
    assert (view.behind.name, view.behind.gap.seconds, view.behind.trend) == ("Driver2", 0.4, Trend.UNKNOWN)


def test_there_is_no_duel_without_an_own_car():
    race = raced(frames_until(3.0))
    assert head_to_head(field_of_cars(3.0, own=None), race) is None


def test_laps_through_the_pits_say_nothing_about_pace():
    times = LapTimes()
    times.reseat(np.array([-1, -1]))
    times.lap_s[:, :3] = [[20.0, 50.0, 20.0], [20.3, 20.3, 20.5]]
    times.number[:, :3] = [3, 2, 1]
    times.clean[:, :3] = [[True, False, True], [True, True, True]]
    assert closing_s(times, 0, 1) == pytest.approx(0.4)
    times.clean[:] = False
    assert closing_s(times, 0, 1) is None


@given(st.lists(st.tuples(st.floats(15, 30), st.floats(15, 30), st.booleans()), max_size=8))
def test_what_one_wins_the_other_loses(laps):
    times = LapTimes()
    times.reseat(np.array([-1, -1]))
    for index, (one, other, clean) in enumerate(laps):
        times.lap_s[:, index] = one, other
        times.number[:, index] = 9 - index
        times.clean[:, index] = clean
    there, back = closing_s(times, 0, 1), closing_s(times, 1, 0)
    assert there is back is None or there == pytest.approx(-back)


anything = st.floats(allow_nan=True, allow_infinity=True)


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_no_columns_make_a_gap_that_is_none_of_the_three_kinds(data):
    def column():
        return np.array(data.draw(st.lists(anything, min_size=3, max_size=3)))

    names = (
        "lap_distance_m",
        "total_distance_m",
        "speed_mps",
        "last_lap_s",
        "best_lap_s",
        "gap_leader_s",
        "gap_ahead_s",
    )
    kind = data.draw(st.sampled_from(list(SessionKind)))
    race = Race()
    for now in (0.0, 0.1, 0.2):
        frame = field_of_cars(now, columns={name: column() for name in names}, kind=kind, **THREE)
        race.take(frame)
    view = head_to_head(frame, race)
    for duel in (view.ahead, view.behind):
        if duel is not None:
            assert duel.gap.seconds is None or 0 <= duel.gap.seconds < 36_000
            assert duel.laps_to_meet is None or 1 <= duel.laps_to_meet <= 99
