"""Where everybody is on the circuit."""

import dataclasses
import datetime
import uuid

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.tracks import Corner, Line, Quality, Station, TrackMap
from contracts.tracks import Frame as MapFrame
from desktop_client.race.dash import LapMark
from desktop_client.race.lifecycle import Race
from desktop_client.race.track_map import Caution, DotKind, Focus, sector_marks, track_map
from desktop_client.race.track_shape import TrackShape
from desktop_client.race.track_shape import ring as ring_of
from desktop_client.telemetry.frame import CarStatus, Flag, PitStatus, SafetyCar, Zone


def ring(handedness="right", start=0.0, track_id="0") -> TrackMap:
    """A circle 1000 m around, anticlockwise from (r, 0)."""
    angle = np.arange(100) * 2 * np.pi / 100
    radius = 1000 / (2 * np.pi)
    return TrackMap(
        layout_id=uuid.UUID(int=1),
        version=1,
        game="f1",
        track_id=track_id,
        status="confirmed",
        length_m=1000.0,
        direction="ccw",
        line=Line(step_m=10.0, x=tuple(radius * np.cos(angle)), y=tuple(radius * np.sin(angle))),
        created_at=datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC),
        quality=Quality(laps=1, users=1, closure_m=0.1),
        frame=MapFrame(handedness=handedness),
        start_finish=Station(start),
        sectors=(Station(0.0), Station(300.0), Station(700.0)),
    )


def with_cars(frame, **columns):
    return dataclasses.replace(frame, cars=dataclasses.replace(frame.cars, **columns))


def test_a_map_is_used_for_its_own_track_only(frame_at):
    race = Race()
    race.show_map(ring())
    race.take(frame_at(1.0))
    assert race.shape is not None
    race.take(frame_at(1.0, track_id="elsewhere"))
    assert race.shape is None
    race.show_map(None)
    race.take(frame_at(1.0))
    assert race.shape is None


def test_a_left_handed_map_is_mirrored():
    assert TrackShape.from_map(ring("left")).y[25] == pytest.approx(-TrackShape.from_map(ring()).y[25])


def test_point_0_is_the_line_and_sectors_count_from_it():
    shape = TrackShape.from_map(ring(start=250.0))
    assert (shape.x[0], shape.y[0]) == pytest.approx((0.0, 1000 / (2 * np.pi)), abs=1e-6)
    assert shape.sectors == pytest.approx((750.0, 50.0, 450.0))


def test_cars_without_coordinates_are_placed_by_their_share_of_the_lap(frame_at):
    race = Race()
    race.show_map(ring())
    nothing = np.full(22, np.nan)
    frame = with_cars(frame_at(200.0), x=nothing, y=nothing, lap_distance_m=np.full(22, 1250.0))
    race.take(frame)
    dots = track_map(frame, race).dots
    assert len(dots) == 22
    assert {(dot.x, dot.y) for dot in dots} == {(0, 159)}  # a quarter of 5000 m is a quarter of the ring


def test_coordinates_of_another_world_give_way_to_the_share_of_the_lap(frame_at):
    race = Race()
    race.show_map(ring())
    frame = with_cars(frame_at(200.0), x=np.full(22, 9e4), y=np.full(22, 9e4), lap_distance_m=np.full(22, 1250.0))
    race.take(frame)
    assert {(dot.x, dot.y) for dot in track_map(frame, race).dots} == {(0, 159)}


def test_the_driver_is_drawn_last_and_numbers_are_only_for_those_who_matter(frame_at):
    race = Race()
    frame = frame_at(50.0, own=6)
    race.take(frame)
    dots = track_map(frame, race).dots
    assert dots[-1].kind is DotKind.PLAYER
    assert sorted(dot.label for dot in dots if dot.label) == ["1", "6", "7", "8"]


def test_an_unknown_circuit_is_learned_until_it_is_whole(frame_at):
    race = Race()
    seen = []
    for at in np.arange(0.0, 100.0, 0.05):
        frame = frame_at(float(at))
        race.take(frame)
        seen.append(track_map(frame, race))
    assert seen[0].shape is None
    progress = [view.progress for view in seen if view.shape is None]
    assert progress == sorted(progress)
    assert progress[-1] >= 98
    assert seen[-1].shape is not None
    assert np.hypot(seen[-1].shape.x - seen[-1].shape.x[0], 0).max() > 500


def test_the_drivers_own_line_wins_over_the_others(frame_at):
    race = Race()
    apart = frame_at(50.0)
    x = apart.cars.x.copy()
    same_place = np.full(22, 500.0) + np.arange(22) % 2 * 20.0
    race.take(with_cars(apart, lap_distance_m=same_place, pit=(np.arange(22) == 6).astype(np.int32)))
    race.take(dataclasses.replace(with_cars(apart, x=x + 30.0, lap_distance_m=same_place), at=50.1))
    (piece,) = race.driven.pieces()
    assert piece[0, 0] == pytest.approx(x[6] + 30.0)


def test_without_a_lap_length_the_trail_of_the_driver_is_kept_and_never_grows_past_its_limit(frame_at):
    race = Race()
    for at in np.arange(0.0, 2000.0, 0.5):
        race.take(frame_at(float(at), track_length_m=None))
    view = track_map(frame_at(2000.0, track_length_m=None), race)
    assert view.progress is None
    assert 100 < sum(piece.shape[1] for piece in view.driven) <= 2048


def test_a_teleport_breaks_the_line(frame_at):
    race = Race()
    for at in (10.0, 10.5, 11.0, 50.0, 50.5, 51.0):
        race.take(frame_at(at, track_length_m=None))
    assert len(race.driven.pieces()) == 2


def on_the_ring(frame_at, at=200.0, distances=None, **said):
    """A race whose map is the ring, with a frame of cars placed on it by their share of the lap."""
    race = Race()
    race.show_map(ring())
    nothing = np.full(22, np.nan)
    frame = frame_at(at, **said)
    distances = np.linspace(0, 4500, 22) if distances is None else distances
    frame = with_cars(frame, x=nothing, y=nothing, lap_distance_m=distances)
    race.take(frame)
    return race, frame


def test_a_map_names_its_corners_and_a_map_that_does_not_has_them_proposed():
    named = (Corner(n=2, apex_s=900.0, dir="L", name="Last"), Corner(n=1, apex_s=300.0, dir="R", start_s=280.0))
    corners = TrackShape.from_map(msgspec.structs.replace(ring(start=250.0), corners=named)).corners
    assert [(corner.number, corner.title, corner.apex_m) for corner in corners] == [(1, "T1", 50.0), (2, "Last", 650.0)]
    assert corners[0].start_m == 30.0
    assert TrackShape.from_map(ring()).corners == ()  # a circle has none


def test_a_car_moves_on_the_map_only_when_that_can_be_seen(frame_at):
    race, frame = on_the_ring(frame_at)
    x, y = race.shape.place(frame.cars.lap_distance_m, 5000.0)
    x, y = np.rint(x / 5) * 5, np.rint(y / 5) * 5

    def moved(metres):
        return track_map(with_cars(frame, x=x + metres, y=y - metres), race, 5.0)

    assert moved(2.0) == moved(0.0)
    assert moved(4.0) != moved(0.0)
    assert {dot.x % 5 for dot in moved(2.0).dots} == {0}


def test_cars_out_of_the_race_are_gone_and_those_in_the_pits_are_marked(frame_at):
    race, frame = on_the_ring(frame_at)
    status, pit = np.zeros(22, dtype=np.int32), np.zeros(22, dtype=np.int32)
    status[:4] = (CarStatus.GARAGE, CarStatus.RETIRED, CarStatus.DISQUALIFIED, CarStatus.FINISHED)
    pit[5] = PitStatus.PIT_LANE
    dots = track_map(with_cars(frame, status=status, pit=pit), race).dots
    assert len(dots) == 19
    assert [dot.in_pit for dot in dots].count(True) == 1


def test_several_classes_are_told_apart_and_one_class_is_none(frame_at):
    race, frame = on_the_ring(frame_at)
    assert {dot.class_number for dot in track_map(frame, race).dots} == {None}
    mixed = with_cars(frame, class_name=("Fast", "Slow") * 11)
    race.take(dataclasses.replace(mixed, session=dataclasses.replace(mixed.session, uid="mixed")))
    assert {dot.class_number for dot in track_map(mixed, race).dots} == {0, 1}


def test_a_game_that_tells_nothing_but_distances_is_shown_as_a_ring(frame_at):
    nothing = np.full(22, np.nan)
    race = Race()
    frame = with_cars(frame_at(200.0, sector_starts_m=(1500.0, 3200.0)), x=nothing, y=nothing)
    race.take(frame)
    view = track_map(frame, race)
    assert view.shape is ring_of(5000.0)
    assert view.sectors == (1500, 3200)
    assert len(view.dots) == 22
    radius = 5000.0 / (2 * np.pi)
    assert all(abs(np.hypot(dot.x, dot.y) - radius) < 3 for dot in view.dots)
    assert track_map(with_cars(frame, lap_distance_m=nothing), race).shape is None


def test_sectors_come_from_the_map_else_from_the_game(frame_at):
    race, frame = on_the_ring(frame_at, sector_starts_m=(1000.0, 2000.0))
    assert track_map(frame, race).sectors == (300, 700)
    race.show_map(msgspec.structs.replace(ring(), sectors=()))
    assert track_map(frame, race).sectors == (200, 400)  # shares of a lap that the game says is 5000 m long


def test_finished_sectors_of_the_own_lap_are_marked_by_what_they_were_worth(frame_at):
    cars = frame_at(50.0).cars
    best = np.full((22, 3), 31.0)
    best[6] = (32.0, 30.0, 33.0)
    own = np.full((22, 3), np.nan)
    own[6, :2] = (32.0, 30.0)
    assert sector_marks(dataclasses.replace(cars, sector_s=own, best_sector_s=best), 6) == (
        LapMark.OWN_BEST,
        LapMark.SESSION_BEST,
    )
    own[6, 0] = 33.5
    assert sector_marks(dataclasses.replace(cars, sector_s=own, best_sector_s=best), 6)[0] is LapMark.PLAIN
    assert sector_marks(cars, 6) == ()


def test_only_flags_that_are_waved_lie_on_the_map(frame_at):
    zones = (Zone(0.1, 0.2, Flag.YELLOW), Zone(0.3, 0.4, Flag.GREEN), Zone(float("nan"), 0.4, Flag.RED))
    race, frame = on_the_ring(frame_at, zones=zones)
    assert track_map(frame, race).zones == (Zone(0.1, 0.2, Flag.YELLOW),)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({}, Caution.NONE),
        ({"safety_car": SafetyCar.FORMATION}, Caution.NONE),
        ({"safety_car": SafetyCar.VIRTUAL}, Caution.VIRTUAL),
        ({"safety_car": SafetyCar.FULL}, Caution.SAFETY_CAR),
        ({"safety_car": SafetyCar.FULL, "flags": frozenset({Flag.RED})}, Caution.RED),
    ],
)
def test_the_worst_of_what_holds_everywhere_is_told(frame_at, said, expected):
    race, frame = on_the_ring(frame_at, **said)
    assert track_map(frame, race).caution is expected


def test_a_map_that_follows_looks_where_the_own_car_points(frame_at):
    race, frame = on_the_ring(frame_at, distances=np.full(22, 1250.0))
    assert track_map(frame, race).focus is None
    # A quarter of the way around anticlockwise from (r, 0): at the top, driving to the left.
    assert track_map(frame, race, follow=True).focus == Focus(0, 159, 180.0)
    told = with_cars(frame, heading_rad=np.full(22, np.pi / 4))
    assert track_map(told, race, follow=True).focus.heading_deg == 45.0


def test_a_map_that_follows_nobody_is_whole(frame_at):
    race, frame = on_the_ring(frame_at, own=None)
    assert track_map(frame, race, follow=True).focus is None


wild = st.floats(allow_nan=True, allow_infinity=True)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(wild, wild, wild), min_size=22, max_size=22))
def test_no_nonsense_reaches_the_map(frame_at, rows):
    x, y, distance = np.array(rows).T
    for track in (ring(), None):
        race = Race()
        race.show_map(track)
        frame = with_cars(frame_at(200.0), x=x, y=y, lap_distance_m=distance)
        race.take(frame)
        view = track_map(frame, race, 3.0, follow=True)
        for dot in view.dots:
            assert abs(dot.x) <= 1e6 + 3
            assert abs(dot.y) <= 1e6 + 3
