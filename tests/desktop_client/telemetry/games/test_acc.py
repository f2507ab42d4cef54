"""Assetto Corsa Competizione: by memory, by broadcasting and by both, from a frame to its bytes and back."""

import dataclasses
import math

import numpy as np
import pytest
import small_field

from desktop_client.demo.wire.acc import AccEncoder
from desktop_client.race.dash import dash
from desktop_client.race.lifecycle import Race
from desktop_client.race.relative import relative
from desktop_client.race.track_map import track_map
from desktop_client.telemetry.frame import (
    Capability,
    CarStatus,
    Flag,
    Frame,
    Part,
    PitStatus,
    SafetyCar,
    SessionKind,
    Sky,
    Zone,
)
from desktop_client.telemetry.games.acc import BROADCAST, Acc
from desktop_client.telemetry.shared_memory import MemoryListener

ROW = small_field.PLAYER
MODELS = ("Ferrari 296 GT3", "BMW M4 GT4")
TOLD = ("name", "number", "team", "position", "class_position", "lap", "lap_valid", "sector", "pit", "status")
MEASURED = (
    *("x", "y", "heading_rad", "speed_mps", "lap_distance_m", "total_distance_m", "lap_time_s", "last_lap_s"),
    *("best_lap_s", "sector_s", "last_sector_s", "best_sector_s"),
)


def grid(second: float = 60.0, **changes) -> Frame:
    """The small race in cars that the game has."""
    columns = {
        "car": tuple(MODELS[at % 2] for at in range(6)),
        "class_name": tuple(model[-3:] for at in range(6) for model in (MODELS[at % 2],)),
    }
    return small_field.frame(second, **(columns | changes))


def send(source: Acc, encoder: AccEncoder, *frames: Frame, at: float = 0.0) -> Frame:
    back = None
    for step, frame in enumerate(frames):
        for packet in encoder.encode(frame):
            back = source.feed(packet, at + step / 60) or back
    assert not source.health.refused
    assert back is not None
    return back


def compare(back: Frame, sent: Frame, names: tuple[str, ...], rows=slice(None)) -> None:
    for name in names:
        ours, theirs = getattr(back.cars, name), getattr(sent.cars, name)
        if isinstance(theirs, np.ndarray):
            np.testing.assert_allclose(ours[rows], theirs[rows], rtol=1e-5, atol=2e-3, err_msg=name)
        else:
            assert ours[rows] == theirs[rows], name


def test_both_together_say_all_of_everybody():
    source, sent = Acc(), grid()
    back = send(source, AccEncoder(), sent)
    compare(back, sent, (*TOLD, *MEASURED, "z", "car", "class_name"))
    assert back.player_row == ROW
    assert back.capabilities == Acc.capabilities
    assert back.cars.gap_ahead_s[ROW] == 2.0
    assert source.health.absurd == 0
    assert source.health.format == "Assetto Corsa Competizione, shared memory and broadcasting"


def test_memory_alone_places_everybody_and_knows_the_driver():
    sent = grid()
    back = send(Acc(), AccEncoder(broadcasting=False), sent)
    compare(back, sent, ("x", "y", "z"))
    own = ("name", "position", "lap", "heading_rad", "speed_mps", "lap_time_s", "last_lap_s", "best_lap_s", "sector")
    compare(back, sent, own, slice(ROW, ROW + 1))
    assert back.cars.name[0] == ""
    assert np.isnan(back.cars.lap_distance_m[0])
    assert not back.capabilities & {Capability.OPPONENTS, Capability.CLASSES}
    assert back.capabilities >= {Capability.OPPONENT_POSITION, Capability.INPUTS, Capability.FUEL}


def test_broadcasting_alone_serves_who_only_watches():
    sent = grid()
    source, encoder = Acc(), AccEncoder(memory=False)
    send(source, encoder, sent)
    back = send(source, encoder, sent)
    compare(back, sent, (*TOLD, *MEASURED, "car", "class_name"))
    assert (back.player, back.player_row, back.session.spectating) == (None, None, True)
    assert not back.capabilities & {Capability.INPUTS, Capability.FUEL, Capability.PENALTIES}
    assert (back.session.track_id, back.session.track_length_m) == ("kestrel_park", 4000)


def test_without_broadcasting_the_length_of_a_known_track_is_looked_up():
    described = small_field.session(track_id="monza", track_length_m=5793.0)
    back = send(Acc(), AccEncoder(broadcasting=False), grid(described=described))
    assert (back.session.track_id, back.session.track_name, back.session.track_length_m) == (
        *("monza", "Monza Circuit", 5793),
    )
    assert back.cars.lap_distance_m[ROW] == pytest.approx(2300, abs=0.01)


def test_when_broadcasting_falls_silent_memory_goes_on_alone():
    source = Acc()
    send(source, AccEncoder(), grid())
    back = send(source, AccEncoder(broadcasting=False), grid(66.0), at=6.0)
    assert Capability.OPPONENTS not in back.capabilities
    assert back.cars.name[0] == ""
    assert back.session.track_length_m == 4000  # once told, it stays


def test_the_drivers_own_car_comes_back():
    sent = small_field.player(damage={Part.BODY_FRONT: 0.5, Part.SUSPENSION_REAR_LEFT: 0.25})
    back = send(Acc(), AccEncoder(), dataclasses.replace(grid(), player=sent)).player
    for name in ("throttle", "brake", "clutch", "steer", "gear", "rpm", "max_rpm", "abs_level", "tc_level"):
        assert getattr(back, name) == getattr(sent, name), name
    assert (back.abs_active, back.tc_active, back.water_c, back.pit_limiter) == (True, False, 88, False)
    assert back.fuel == sent.fuel
    assert back.acceleration_mps2 == pytest.approx((3.0, -7.0))
    assert (back.damage[Part.BODY_FRONT], back.damage[Part.SUSPENSION_REAR_LEFT]) == (pytest.approx(0.5), 0.25)
    for ours, theirs in zip(back.wheels, sent.wheels, strict=True):
        assert (ours.inner_c, ours.brake_c) == (theirs.inner_c, theirs.brake_c)
        assert ours.pressure_kpa == pytest.approx(theirs.pressure_kpa, abs=1e-4)
        assert math.isnan(ours.wear)  # the game leaves it at zero
        assert ours.tread_c is None


def test_the_brake_bias_is_what_the_cars_own_dash_shows():
    cars = {"car": ("porsche_991ii_gt3_r",) * 6}
    back = send(Acc(), AccEncoder(), small_field.frame(**cars))
    assert back.player.brake_bias == pytest.approx(0.56)
    unlisted = send(Acc(), AccEncoder(), grid())
    assert unlisted.player.brake_bias is None


def test_wet_tyres_are_told():
    wet = dataclasses.replace(grid(), player=small_field.player(tyre_compound="W"))
    back = send(Acc(), AccEncoder(), wet)
    assert (back.player.tyre_compound, back.cars.tyre[ROW], back.cars.tyre[0]) == ("W", "W", "")


def test_the_car_points_where_it_goes():
    source, encoder = Acc(), AccEncoder()
    before, after = send(source, encoder, grid(60.0)), send(source, encoder, grid(60.02), at=0.02)
    moved_x, moved_y = after.cars.x - before.cars.x, after.cars.y - before.cars.y
    np.testing.assert_allclose(np.arctan2(moved_y, moved_x), after.cars.heading_rad, atol=0.01)
    assert (before.cars.x * moved_y - before.cars.y * moved_x > 0).all()


@pytest.mark.parametrize("memory", [True, False])
def test_the_weather_comes_back(memory: bool):
    back = send(Acc(), AccEncoder(memory=memory), grid(), grid(60.02)).session
    assert (back.air_temperature_c, back.track_temperature_c) == (21, 30)
    assert (back.weather.sky, back.weather.rain, back.weather.wetness) == (Sky.LIGHT_RAIN, 0.1, 0.3)
    assert [forecast.in_s for forecast in back.weather.forecast] == ([600, 1800] if memory else [])


def test_by_memory_alone_rain_and_water_are_told_by_words():
    weather = send(Acc(), AccEncoder(broadcasting=False), grid()).session.weather
    assert (weather.sky, weather.rain, weather.wetness) == (Sky.LIGHT_RAIN, 0.1, 0.3)


def test_a_yellow_sector_becomes_a_zone_once_the_driver_has_shown_where_sectors_begin():
    source, encoder = Acc(), AccEncoder()

    def at(distance: float, sector: int, yellow: int = 0) -> Frame:
        for which in (1, 2, 3):
            encoder._graphics[f"yellow_sector{which}"] = which == yellow
        where = {"lap_distance_m": np.full(6, distance), "sector": np.full(6, sector, np.int32)}
        return send(source, encoder, grid(**where))

    assert at(100, 0, yellow=2).session.zones == ()
    for distance, sector in ((1190, 0), (1200, 1), (2790, 1), (2800, 2)):
        back = at(distance, sector)
    assert back.session.sector_starts_m == pytest.approx((1200, 2800), abs=0.01)
    [zone] = at(3000, 2, yellow=2).session.zones
    assert zone == Zone(pytest.approx(0.3), pytest.approx(0.7), Flag.YELLOW)


def test_flags_for_everybody_and_for_the_driver_add_up():
    described = small_field.session(flags=frozenset({Flag.BLUE, Flag.RED}))
    assert send(Acc(), AccEncoder(), grid(described=described)).session.flags == {Flag.BLUE, Flag.RED}


@pytest.mark.parametrize(("penalty", "seconds"), [(0, 0.0), (3, 20.0), (1, math.nan), (14, 15.0)])
def test_penalties_are_told_in_seconds_where_they_have_any(penalty: int, seconds: float):
    encoder = AccEncoder()
    encoder._graphics["penalty"], encoder._graphics["penalty_s"] = penalty, 15.0
    back = send(Acc(), encoder, grid())
    np.testing.assert_equal(back.cars.penalty_s[ROW], seconds)
    assert back.cars.penalties.tolist() == [-1, -1, int(penalty > 0), -1, -1, -1]


def test_the_pits_and_the_garage_are_told_apart():
    pit = np.array([0, 1, 0, 0, 0, 0], np.int32)
    status = np.array([0, 0, 0, CarStatus.GARAGE, 0, 0], np.int32)
    back = send(Acc(), AccEncoder(), grid(pit=pit, status=status))
    assert back.cars.pit.tolist() == pit.tolist()
    assert back.cars.status.tolist() == status.tolist()
    in_box = send(Acc(), AccEncoder(), grid(pit=np.full(6, 2, np.int32)))
    assert in_box.cars.pit.tolist() == [1, 1, PitStatus.IN_BOX, 1, 1, 1]


def test_before_the_start_the_line_lies_ahead_of_everybody():
    source, encoder = Acc(), AccEncoder(memory=False)
    waiting = small_field.session(safety_car=SafetyCar.FORMATION)
    first_lap = {"lap": np.ones(6, np.int32)}
    near = {"lap_distance_m": np.full(6, 3900.0), **first_lap}
    formation = grid(described=waiting, **near)
    back = send(source, encoder, formation, formation)
    assert back.session.safety_car is SafetyCar.FORMATION
    np.testing.assert_allclose(back.cars.lap_distance_m, -100, atol=1)
    started = grid(61.0, **near)
    np.testing.assert_allclose(send(source, encoder, started, started).cars.lap_distance_m, -100, atol=1)
    over = grid(62.0, lap_distance_m=np.full(6, 30.0), **first_lap)
    np.testing.assert_allclose(send(source, encoder, over, over).cars.lap_distance_m, 30, atol=1)
    late = grid(63.0, **near)
    np.testing.assert_allclose(send(source, encoder, late, late).cars.lap_distance_m, 3900, atol=1)


def test_between_two_updates_a_car_is_carried_on_but_not_over_the_line():
    source, memory = Acc(), AccEncoder(broadcasting=False)
    send(source, AccEncoder(), grid(60.0))
    later = send(source, memory, grid(60.0), at=0.1)
    others = [0, 1, 3, 4, 5]
    np.testing.assert_allclose(later.cars.lap_distance_m[others], grid(60.1).cars.lap_distance_m[others], atol=0.1)
    source = Acc()
    send(source, AccEncoder(), grid(lap_distance_m=np.full(6, 3999.0)))
    assert send(source, memory, grid(lap_distance_m=np.full(6, 3999.0)), at=0.3).cars.lap_distance_m[0] == 4000


def test_a_pause_is_said_though_the_physics_stand_still_and_is_no_new_session():
    source, encoder = Acc(), AccEncoder()
    driving = send(source, encoder, grid())
    [graphics] = [p for p in encoder.encode(grid(described=small_field.session(paused=True))) if p[:1] == b"G"]
    paused = source.feed(graphics, 2.0)
    assert (paused.session.paused, paused.session.uid) == (True, driving.session.uid)


@pytest.mark.parametrize("memory", [True, False])
@pytest.mark.parametrize("after", ["another kind", "restarted"])
def test_a_new_session_voids_what_was_known(memory: bool, after: str):
    source, encoder = Acc(), AccEncoder(memory=memory)
    before = send(source, encoder, grid(60), grid(60.02))
    changes = {"kind": SessionKind.QUALIFYING} if after == "another kind" else {"time_left_s": 3600.0}
    second = 61.0 if after == "another kind" else 0.0
    back = send(source, encoder, grid(second, described=small_field.session(**changes)), at=5.0)
    assert back.session.uid != before.session.uid
    assert back.session_time_s < 1


@pytest.mark.parametrize("memory", [True, False])
def test_widgets_show_what_the_game_sent(memory: bool):
    source, encoder, race = Acc(), AccEncoder(memory=memory), Race()
    for step in range(40):
        for packet in encoder.encode(grid(60 + step / 10)):
            frame = source.feed(packet, step / 10)
            if frame is not None:
                race.take(frame)
    frame = race.frame
    assert {dot.label for dot in track_map(frame, race).dots if dot.label} >= {"1"}
    assert len(track_map(frame, race).dots) == 6
    if memory:
        view = dash(frame, race)
        assert (view.gear, view.speed, view.position, view.lap) == ("4", 180, 3, 2)
        rows = [row for row in relative(frame, race).rows if row is not None]
        assert [row.position for row in rows] == [1, 2, 3, 4, 5, 6]


def test_frames_come_out_of_files_that_stand_for_the_games_memory(tmp_path):
    source, encoder, frames = Acc(), AccEncoder(), []
    hear = lambda packet, at: frames.append(source.feed(packet, at))  # noqa: E731 one expression for both
    listeners = [MemoryListener(inlet, hear, folder=tmp_path, clock=lambda: 1.0) for inlet in source.inlets[:3]]
    for name, block in encoder.blocks(grid()).items():
        (tmp_path / name.rpartition("\\")[2]).write_bytes(block)
    for listener in listeners:
        listener.glance()
        listener.stop()
    assert [frame is not None for frame in frames] == [False, False, True]
    assert frames[-1].player.gear == 4
    assert source.inlets[3].tag == BROADCAST
