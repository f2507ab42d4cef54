"""Where everybody is on the circuit."""

import dataclasses
import datetime
import uuid

import numpy as np
import pytest

from contracts.tracks import Frame as MapFrame
from contracts.tracks import Line, Quality, Station, TrackMap
from desktop_client.race.lifecycle import Race
from desktop_client.race.track_map import DotKind, track_map
from desktop_client.race.track_shape import TrackShape


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
    race.take(with_cars(apart, x=x + 30.0, lap_distance_m=same_place))
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
