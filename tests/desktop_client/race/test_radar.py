"""Who is near, seen from the driver's own car."""

import dataclasses
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop_client.race.lifecycle import Race
from desktop_client.race.radar import CAR_LENGTH_M, Blip, Danger, Flank, danger, radar
from desktop_client.telemetry.frame import Beside, CarStatus, PitStatus

FAR = 5000.0


@pytest.fixture(scope="session")
def around(frame_at):
    """A frame of three cars: the own one at the origin with a heading, and two where they are put."""

    def make(*places, heading=0.0, speeds=(50.0, 50.0, 50.0), beside=None, **columns):
        frame = frame_at(50.0, count=3, own=0)
        spots = np.array([(0.0, 0.0), *places, *[(FAR, FAR)] * (2 - len(places))])
        cars = dataclasses.replace(
            frame.cars,
            x=spots[:, 0],
            y=spots[:, 1],
            heading_rad=np.full(3, heading),
            speed_mps=np.array(speeds),
            **columns,
        )
        return dataclasses.replace(frame, cars=cars, player=dataclasses.replace(frame.player, beside=beside))

    return make


def seen(frame, range_m=25.0):
    race = Race()
    race.take(frame)
    return radar(frame, race, range_m)


def test_nobody_near_is_no_view(around):
    assert seen(around()) is None
    assert seen(around((26.0, 0.0))) is None
    assert seen(around((24.0, 0.0))) is not None


@pytest.mark.parametrize("heading", [0.0, 1.0, math.pi / 2, -2.5])
def test_a_car_ahead_and_to_the_left_is_there_whichever_way_the_own_car_points(around, heading):
    ahead, left = 12.0, 3.0
    x = ahead * math.cos(heading) - left * math.sin(heading)
    y = ahead * math.sin(heading) + left * math.cos(heading)
    assert seen(around((x, y), heading=heading)).blips == (Blip(12.0, 3.0, 0, Danger.NONE),)


def test_the_nearest_car_is_drawn_last(around):
    blips = seen(around((6.0, 0.0), (-15.0, 0.0))).blips
    assert [blip.ahead_m for blip in blips] == [-15.0, 6.0]


@pytest.mark.parametrize(
    ("ahead", "left", "expected"),
    [
        (15.0, 0.0, Danger.NONE),
        (8.0, 0.5, Danger.NEAR),
        (5.2, 0.0, Danger.TOUCHING),
        (0.0, 2.3, Danger.TOUCHING),
        (0.0, 3.5, Danger.NEAR),
        (0.0, 8.0, Danger.NONE),
    ],
)
def test_danger_is_the_gap_between_the_bodies(ahead, left, expected):
    for sign in (1, -1):
        assert danger(sign * ahead, left) is expected
        assert danger(ahead, sign * left) is expected


@pytest.mark.parametrize("side", [1, -1])
def test_a_bar_closes_from_behind_as_a_car_comes_alongside_and_opens_as_it_leaves(around, side):
    covered = []
    for ahead in (-8.0, -5.0, -3.0, -1.0, 0.0, 2.0, 5.0, 8.0):
        view = seen(around((ahead, 3.0 * side)))
        flank, other = (view.left, view.right) if side > 0 else (view.right, view.left)
        assert other is None
        covered.append((flank.start, flank.end) if flank else None)
    assert covered[0] is None
    assert covered[-1] is None
    ends = [end for _, end in covered[1:5]]
    assert ends == sorted(ends)
    assert ends[0] < 0.2
    assert covered[1][0] == 0.0
    assert covered[6][1] == 1.0
    assert covered[6][0] > 0.8


def test_a_car_straight_behind_is_in_no_blind_spot(around):
    view = seen(around((-5.0, 0.5)))
    assert (view.left, view.right) == (None, None)


def test_two_cars_on_one_side_are_two(around):
    assert seen(around((0.0, 2.5), (-3.0, 4.5))).left.cars == 2


def test_a_spotter_is_enough_where_a_game_gives_no_coordinates(around):
    nothing = np.full(3, np.nan)
    distances = np.array([1000.0, 1012.0, 1001.0])
    frame = around(beside=Beside.RIGHT)
    cars = dataclasses.replace(frame.cars, x=nothing, y=nothing, heading_rad=nothing, lap_distance_m=distances)
    view = seen(dataclasses.replace(frame, cars=cars))
    assert view.left is None
    assert view.right is not None
    assert {(blip.ahead_m, blip.left_m) for blip in view.blips} == {(12.0, 0.0), (1.0, -3.0)}


def test_a_spotter_alone_fills_the_side(around):
    nothing = np.full(3, np.nan)
    frame = around(beside=Beside.LEFT | Beside.TWO_LEFT)
    cars = dataclasses.replace(frame.cars, x=nothing, y=nothing, lap_distance_m=nothing)
    view = seen(dataclasses.replace(frame, cars=cars))
    assert view.left == Flank(0.0, 1.0, Danger.NEAR, 2)
    assert view.blips == ()
    nobody = dataclasses.replace(frame.player, beside=Beside.NOBODY)
    assert seen(dataclasses.replace(frame, cars=cars, player=nobody)) is None


def test_across_the_line_cars_are_as_near_as_they_are(around):
    nothing = np.full(3, np.nan)
    frame = around(beside=Beside.NOBODY)
    distances = np.array([4995.0, 10.0, 2000.0])
    cars = dataclasses.replace(frame.cars, x=nothing, y=nothing, lap_distance_m=distances)
    assert [blip.ahead_m for blip in seen(dataclasses.replace(frame, cars=cars)).blips] == [15.0]


def test_who_comes_faster_from_behind_is_told_and_who_follows_is_not(around):
    assert seen(around((-12.0, 0.0), speeds=(50.0, 61.0, 0.0))).approach_mps == 11
    assert seen(around((-12.0, 0.0), speeds=(50.0, 51.0, 0.0))).approach_mps is None
    assert seen(around((12.0, 0.0), speeds=(50.0, 61.0, 0.0))).approach_mps is None
    assert seen(around((-12.0, 0.0), speeds=(50.0, math.nan, 0.0))).approach_mps is None


def test_cars_behind_the_pit_wall_on_a_bridge_or_out_of_the_race_are_not_there(around):
    pit = np.array([0, PitStatus.PIT_LANE, 0], dtype=np.int32)
    assert seen(around((0.0, 8.0), pit=pit)) is None
    assert seen(around((0.0, 8.0), pit=np.full(3, PitStatus.PIT_LANE, dtype=np.int32))) is not None
    assert seen(around((0.0, 8.0), z=np.array([0.0, 7.0, 0.0]))) is None
    assert seen(around((0.0, 8.0), status=np.array([0, CarStatus.RETIRED, 0], dtype=np.int32))) is None


def test_in_the_own_box_and_without_an_own_car_there_is_no_radar(around):
    assert seen(around((0.0, 3.0), pit=np.full(3, PitStatus.IN_BOX, dtype=np.int32))) is None
    assert seen(dataclasses.replace(around((0.0, 3.0)), player_row=None)) is None


def test_without_a_heading_of_the_game_the_own_motion_tells_it(around):
    race = Race()
    for step in range(5):
        frame = around((10.0, 2.0 * step), heading=math.nan)
        frame.cars.y[:2] = 2.0 * step  # both drive along y, side by side
        race.take(frame)
    view = radar(frame, race)
    assert view.blips[0].ahead_m == pytest.approx(0.0, abs=0.2)
    assert view.blips[0].left_m == pytest.approx(-10.0, abs=0.2)


wild = st.floats(allow_nan=True, allow_infinity=True)


@settings(max_examples=150, deadline=None)
@given(st.tuples(wild, wild), st.tuples(wild, wild), wild, st.tuples(wild, wild, wild))
def test_no_nonsense_reaches_a_view(around, one, other, heading, speeds):
    view = seen(around(one, other, heading=heading, speeds=speeds))
    if view is not None:
        for blip in view.blips:
            assert abs(blip.ahead_m) <= 25.1
            assert abs(blip.left_m) <= 25.1
        for flank in (view.left, view.right):
            assert flank is None or 0.0 <= flank.start <= flank.end <= 1.0


def test_equal_moments_are_equal_views(around):
    assert seen(around((6.0, 1.0))) == seen(around((6.02, 1.01)))
    assert CAR_LENGTH_M > 4
