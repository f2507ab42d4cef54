"""What the driver is told of the pits."""

import dataclasses

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop_client.race.lifecycle import Race
from desktop_client.race.moment import Moment
from desktop_client.race.pit import InLane, OnTrack, PitWindow, Reason, pit, pit_window
from desktop_client.telemetry.frame import Fuel, FuelUnit, PitStatus, SessionKind, Wheel

LIMIT = 80 / 3.6


def with_cars(frame, **columns):
    return dataclasses.replace(frame, cars=dataclasses.replace(frame.cars, **columns))


def with_player(frame, **values):
    return dataclasses.replace(frame, player=dataclasses.replace(frame.player, **values))


def in_lane(frame_at, at, race, speed=22.0, distance=4900.0, **player):
    frame = frame_at(at, count=3, own=0, pit_limit_mps=LIMIT)
    frame = with_cars(
        frame,
        pit=np.array([PitStatus.PIT_LANE, 0, 0], dtype=np.int32),
        speed_mps=np.array([speed, 50.0, 50.0]),
        lap_distance_m=np.array([distance, 100.0, 200.0]),
    )
    frame = with_player(frame, speed_mps=speed, **player)
    race.take(frame)
    return frame


def fuelled(frame_at, amount: float, capacity: float | None, lap: int = 5, **session):
    """The driver at the line of a lap, knowing that a lap costs 3 litres."""
    race = Race()
    for at, level in ((0.0, amount + 3), (0.5, amount + 1.5), (1.0, amount)):
        race.used.fuel.take(Moment(at, 1 + int(at), at % 1, False), level)
    frame = with_player(
        frame_at(450.0, own=0, **{"total_laps": 25} | session), fuel=Fuel(amount, FuelUnit.LITRE, capacity)
    )
    lap_column = np.full(22, lap, dtype=np.int32)
    return with_cars(frame, lap=lap_column, lap_distance_m=np.zeros(22)), race


def test_in_the_lane_the_speed_stands_beside_the_limit(frame_at):
    race = Race()
    view = pit(in_lane(frame_at, 10.0, race, speed=22.0, pit_limiter=True), race)
    assert isinstance(view, InLane)
    assert (view.speed, view.limit, view.over, view.limiter) == (79, 80, 0, True)
    view = pit(in_lane(frame_at, 10.1, race, speed=24.0), race)
    assert (view.speed, view.over) == (86, 6)
    assert pit(in_lane(frame_at, 10.2, race, speed=24.0), race, "mph").limit == 50


def test_a_game_that_names_no_limit_is_not_taken_to_have_none(frame_at):
    race = Race()
    frame = in_lane(frame_at, 10.0, race, speed=40.0)
    frame = dataclasses.replace(frame, session=dataclasses.replace(frame.session, pit_limit_mps=None))
    view = pit(frame, race)
    assert (view.limit, view.over) == (None, 0)


def test_time_in_the_lane_runs_from_the_entry(frame_at):
    race = Race()
    race.take(frame_at(9.0, count=3, own=0))
    in_lane(frame_at, 10.0, race)
    view = pit(in_lane(frame_at, 12.34, race), race)
    assert (view.lane_s, view.stood_s, view.standing) == (2.3, None, False)


def test_the_box_is_counted_down_once_it_is_known(frame_at):
    race = Race()
    assert pit(in_lane(frame_at, 10.0, race, distance=4900.0), race).box_m is None
    race.pit_loss.box_m = 52.0
    assert pit(in_lane(frame_at, 10.0, race, distance=4900.0), race).box_m == 150
    assert pit(in_lane(frame_at, 10.0, race, distance=60.0), race).box_m is None  # it lies behind


def test_on_the_track_a_stop_has_a_price_and_a_place(frame_at):
    race = Race()
    for at in np.arange(90.0, 200.0, 0.1):
        race.take(frame_at(float(at)))
    view = pit(frame_at(200.0), race, stop_s=10.0)
    assert isinstance(view, OnTrack)
    assert not view.measured
    assert 18 <= view.loss_s <= 30
    assert view.rejoin.position > 7
    assert [rival.position for rival in view.rivals] == [5, 6, 7, 8, 9]
    assert [rival.is_player for rival in view.rivals] == [False, False, True, False, False]


def test_who_has_not_stopped_is_counted_once_somebody_has(frame_at):
    frame = frame_at(200.0, own=6)
    stops = np.zeros(22, dtype=np.int32)
    assert pit(with_cars(frame, pit_stops=stops), Race()).unstopped is None
    stops[[0, 3, 12]] = 1
    view = pit(with_cars(frame, pit_stops=stops), Race())
    assert view.unstopped == (6, 4)
    assert [rival.stops for rival in view.rivals] == [0, 0, 0, 0, 0]


def test_in_practice_nobody_races_anybody(frame_at):
    view = pit(frame_at(200.0, kind=SessionKind.PRACTICE), Race())
    assert (view.rivals, view.unstopped, view.rejoin, view.window) == ((), None, None, None)


def test_the_games_own_window_wins(frame_at):
    frame, race = fuelled(frame_at, 12.0, 60.0, pit_window_laps=(3, 7))
    assert pit_window(frame, race, 0.75) == PitWindow(3, 7, Reason.RULES, open=True)
    frame, race = fuelled(frame_at, 12.0, 60.0, pit_window_laps=(8, 12))
    assert not pit_window(frame, race, 0.75).open


def test_the_games_window_is_over_with_the_stop_in_it_and_with_its_last_lap(frame_at):
    frame, race = fuelled(frame_at, 12.0, 60.0, lap=6, pit_window_laps=(3, 7))
    once, age = np.ones(22, dtype=np.int32), np.full(22, 2, dtype=np.int32)
    assert pit_window(with_cars(frame, pit_stops=once, tyre_age_laps=age), race, 0.75) is None
    early = with_cars(frame, pit_stops=once, tyre_age_laps=age + 2)  # the stop was on lap 2, before the window
    assert pit_window(early, race, 0.75) == PitWindow(3, 7, Reason.RULES, open=True)
    frame, race = fuelled(frame_at, 12.0, 60.0, lap=8, pit_window_laps=(3, 7))
    assert pit_window(frame, race, 0.75) is None


def test_the_tank_leaves_a_window_from_where_a_full_one_reaches_the_flag(frame_at):
    # 21 laps to go, 60 l are 20 laps, the tank lasts for 8: in on lap 12 at the latest, on lap 5 at the earliest
    frame, race = fuelled(frame_at, 24.0, 60.0, lap=5)
    assert pit_window(frame, race, 0.75) == PitWindow(None, 12, Reason.FUEL, open=True)
    frame, race = fuelled(frame_at, 24.0, 45.0, lap=5)  # a full tank is 15 laps: the end of lap 10 leaves 15
    assert pit_window(frame, race, 0.75) == PitWindow(10, 12, Reason.FUEL, open=False)


def test_a_tank_that_reaches_the_flag_asks_for_nothing(frame_at):
    frame, race = fuelled(frame_at, 80.0, 100.0)
    assert pit_window(frame, race, 0.75) is None


def test_tyres_may_ask_earlier_than_the_tank(frame_at):
    frame, race = fuelled(frame_at, 24.0, 60.0)
    worn = tuple(Wheel(wear=value) for value in (0.5, 0.5, 0.5, 0.6))
    for lap, wear in ((1, 0.45), (2, 0.5)):
        wheels = tuple(Wheel(wear=value) for value in (wear, wear, wear, wear + 0.05))
        player = dataclasses.replace(frame.player, wheels=wheels)
        race.used.tyres.take(Moment(lap * 90.0, lap, 0.0, False), player)
    window = pit_window(with_player(frame, wheels=worn), race, 0.75)
    assert (window.last, window.reason) == (7, Reason.TYRES)


def test_without_an_own_car_there_is_no_assistant(frame_at):
    assert pit(frame_at(200.0, own=None), Race()) is None


anything = st.floats(allow_nan=True, allow_infinity=True)


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_no_numbers_make_it_fail(frame_at, data):
    race = Race()
    for _ in range(data.draw(st.integers(1, 4))):
        frame = frame_at(
            data.draw(st.floats(0, 1000)),
            count=4,
            own=0,
            pit_limit_mps=data.draw(st.none() | anything),
            time_left_s=data.draw(st.none() | anything),
        )
        frame = with_player(frame, speed_mps=data.draw(anything))

        def floats():
            return np.array(data.draw(st.lists(anything, min_size=4, max_size=4)))

        def whole(low, high):
            return np.array(data.draw(st.lists(st.integers(low, high), min_size=4, max_size=4)), dtype=np.int32)

        frame = with_cars(
            frame,
            lap_distance_m=floats(),
            speed_mps=floats(),
            pit=whole(0, 2),
            position=whole(-1, 5),
            lap=whole(-(2**31), 2**31 - 1),
            pit_stops=whole(-1, 3),
        )
        race.take(frame)
        view = pit(frame, race)
        assert isinstance(view, OnTrack | InLane)
        assert view == pit(frame, race)
