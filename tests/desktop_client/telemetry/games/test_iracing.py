"""Buffers of the simulator's memory in, frames out."""

from dataclasses import replace

import numpy as np
import pytest

from desktop_client.demo.wire.iracing import IRacingEncoder
from desktop_client.race.dash import dash
from desktop_client.race.lifecycle import Race
from desktop_client.race.relative import relative
from desktop_client.telemetry.frame import (
    Beside,
    Capability,
    CarStatus,
    Flag,
    Frame,
    PitStatus,
    SafetyCar,
    SessionKind,
    Sky,
    Weather,
    Wheel,
)
from desktop_client.telemetry.games.iracing import IRacing

KNOWN_TO_BOTH = (
    *("number", "rating", "position", "class_position", "status", "lap", "lap_distance_m", "last_lap_s", "best_lap_s"),
    *("gap_leader_s", "pit", "off_track"),
)


@pytest.fixture(scope="module")
def race(race_under_way: list[Frame]) -> list[Frame]:
    """A moment of the demo race, its cars in two classes."""
    return [_as_iracing_would(frame) for frame in race_under_way]


def _as_iracing_would(frame: Frame) -> Frame:
    cars = frame.cars
    count = len(cars)
    in_class = np.where(np.arange(count) < 12, 0, 1)
    class_position = np.zeros(count, np.int32)
    for number in (0, 1):
        rows = np.flatnonzero(in_class == number)
        class_position[rows[np.argsort(cars.position[rows])]] = np.arange(1, len(rows) + 1)
    told = replace(
        cars,
        name=tuple(name.encode("cp1252", "ignore").decode("cp1252") for name in cars.name),
        team=("",) * count,
        class_name=tuple(["GT3", "LMP2"][number] for number in in_class),
        class_position=class_position,
        licence=("A 3.45",) * count,
        rating=np.arange(1500, 1500 + count, dtype=np.int32),
        car=("Prototype",) * count,
    )
    return replace(frame, cars=told)


def decoded(source: IRacing, encoder: IRacingEncoder, frame: Frame) -> Frame:
    frames_ = [source.feed(packet, frame.at) for packet in encoder.encode(frame)]
    assert source.health.refused.total() == 0, source.health.last_error
    assert frames_[-1] is not None
    return frames_[-1]


def once(frame: Frame) -> Frame:
    return decoded(IRacing(), IRacingEncoder(), frame)


def test_a_frame_comes_back_as_it_was_sent(race: list[Frame]):
    sent = race[-1]
    source = IRacing()
    got = decoded(source, IRacingEncoder(), sent)
    assert (got.at, got.session_time_s, got.player_row) == (sent.at, sent.session_time_s, sent.player_row)
    for name in KNOWN_TO_BOTH:
        np.testing.assert_allclose(getattr(got.cars, name), getattr(sent.cars, name), rtol=0, atol=0.01, err_msg=name)
    for name in ("name", "class_name", "licence", "car"):
        assert getattr(got.cars, name) == getattr(sent.cars, name)
    assert source.health.absurd == 0
    session = got.session
    assert (session.kind, session.total_laps, session.track_id) == (SessionKind.RACE, 12, "120")
    assert session.track_length_m == pytest.approx(sent.session.track_length_m)
    assert session.pit_limit_mps == pytest.approx(sent.session.pit_limit_mps, abs=0.01)
    assert session.sector_starts_m == pytest.approx(sent.session.sector_starts_m, abs=0.01)
    assert session.time_left_s == sent.session.time_left_s


def test_the_gap_ahead_is_what_the_gaps_to_the_leader_differ_by(race: list[Frame]):
    cars = once(race[-1]).cars
    order = np.argsort(cars.position)
    assert np.isnan(cars.gap_ahead_s[order[0]])
    np.testing.assert_allclose(cars.gap_ahead_s[order[1:]], np.diff(cars.gap_leader_s[order]))


def test_the_drivers_car_comes_back_as_it_was_sent(race: list[Frame]):
    sent, got = race[-1].player, once(race[-1]).player
    for name in ("speed_mps", "throttle", "brake", "clutch", "steer", "gear", "rpm", "max_rpm", "brake_bias"):
        assert getattr(got, name) == pytest.approx(getattr(sent, name), abs=1e-4), name
    assert got.acceleration_mps2 == pytest.approx(sent.acceleration_mps2, abs=1e-4)
    assert got.fuel.amount == pytest.approx(sent.fuel.amount, abs=1e-4)
    row = race[-1].player_row
    assert np.cos(once(race[-1]).cars.heading_rad[row] - race[-1].cars.heading_rad[row]) == pytest.approx(1)


def test_of_others_nothing_is_said_that_the_simulator_keeps_to_itself(race: list[Frame]):
    frame = once(race[-1])
    others = np.arange(len(frame.cars)) != frame.player_row
    for column in (frame.cars.x, frame.cars.speed_mps[others], frame.cars.heading_rad[others]):
        assert np.isnan(column).all()
    assert Capability.WORLD_POSITION not in frame.capabilities
    assert frame.capabilities >= {Capability.OPPONENTS, Capability.CLASSES, Capability.GAPS, Capability.SPOTTER}
    assert frame.player.wheels is None


@pytest.mark.parametrize("beside", [Beside.NOBODY, Beside.LEFT, Beside.RIGHT, Beside.LEFT | Beside.RIGHT])
def test_the_spotter_is_heard(race: list[Frame], beside: Beside):
    frame = replace(race[0], player=replace(race[0].player, beside=beside))
    assert once(frame).player.beside == beside


@pytest.mark.parametrize("flag", [flag for flag in Flag if flag is not Flag.DOUBLE_YELLOW])
def test_every_flag_that_the_simulator_has_is_shown(race: list[Frame], flag: Flag):
    frame = replace(race[0], session=replace(race[0].session, flags=frozenset({flag})))
    assert once(frame).session.flags == {flag}


def test_a_caution_is_a_safety_car_under_yellow(race: list[Frame]):
    session = once(replace(race[0], session=replace(race[0].session, safety_car=SafetyCar.FULL))).session
    assert (session.safety_car, session.flags) == (SafetyCar.FULL, {Flag.YELLOW})


def test_rain_water_and_wind_are_told(race: list[Frame]):
    weather = Weather(Sky.RAIN, rain=0.5, wetness=0.5, wind_mps=3.0, wind_from_rad=1.0, humidity=0.75)
    got = once(replace(race[0], session=replace(race[0].session, weather=weather))).session.weather
    assert (got.sky, got.rain, got.wetness, got.humidity) == (Sky.RAIN, 0.5, 0.5, 0.75)
    assert (got.wind_mps, got.wind_from_rad) == pytest.approx((3.0, 1.0))


def test_tyres_are_told_where_the_crew_can_measure_them(race: list[Frame]):
    row = race[0].player_row
    pit = race[0].cars.pit.copy()
    pit[row] = PitStatus.IN_BOX
    worn = tuple(Wheel(tread_c=(90.0 + i, 85.0, 80.0), wear=0.1 + i / 100) for i in range(4))
    stopped = replace(race[0], cars=replace(race[0].cars, pit=pit), player=replace(race[0].player, wheels=worn))
    wheels = once(stopped).player.wheels
    assert [wheel.tread_c for wheel in wheels] == [(90 + i, 85, 80) for i in range(4)]
    assert [wheel.wear for wheel in wheels] == pytest.approx([0.1, 0.11, 0.12, 0.13], abs=1e-6)


def test_who_is_not_in_the_world_is_in_the_garage(race: list[Frame]):
    status = race[0].cars.status.copy()
    status[:3] = CarStatus.GARAGE, CarStatus.FINISHED, CarStatus.DISQUALIFIED
    cars = once(replace(race[0], cars=replace(race[0].cars, status=status))).cars
    assert cars.status[:4].tolist() == [
        CarStatus.GARAGE, CarStatus.FINISHED, CarStatus.DISQUALIFIED, CarStatus.RUNNING
    ]  # fmt: skip
    assert np.isnan(cars.lap_distance_m[:2]).tolist() == [True, False]
    assert cars.pit[0] == PitStatus.IN_BOX


def test_on_the_way_to_the_start_the_line_is_still_ahead(race: list[Frame]):
    early = replace(race[0].cars, lap_distance_m=np.full(20, -30.0), lap=np.ones(20, np.int32))
    cars = once(replace(race[0], cars=early)).cars
    np.testing.assert_allclose(cars.lap_distance_m, -30, atol=0.01)
    np.testing.assert_allclose(cars.total_distance_m, -30, atol=0.01)


def test_in_a_replay_nobody_drives(race: list[Frame]):
    frame = once(replace(race[0], session=replace(race[0].session, replay=True)))
    assert (frame.player, frame.session.replay, frame.session.in_garage) == (None, True, False)


def test_out_of_the_car_the_driver_is_in_the_garage(race: list[Frame]):
    frame = once(replace(race[0], player=None))
    assert (frame.player, frame.session.replay, frame.session.in_garage) == (None, False, True)


def test_another_session_has_another_uid_and_a_pause_has_not(race: list[Frame]):
    source, encoder = IRacing(), IRacingEncoder()
    first = decoded(source, encoder, race[0])
    later = decoded(source, encoder, replace(race[0], session_time_s=race[0].session_time_s + 600))
    other = decoded(source, encoder, replace(race[0], session=replace(race[0].session, uid="another one")))
    assert first.session.uid == later.session.uid != other.session.uid


def test_a_test_drive_begun_anew_is_another_session(race: list[Frame]):
    source, encoder = IRacing(), IRacingEncoder()
    before = decoded(source, encoder, replace(race[0], session_time_s=900.0))
    jitter = decoded(source, encoder, replace(race[0], session_time_s=899.0))
    anew = decoded(source, encoder, replace(race[0], session_time_s=3.0))
    assert before.session.uid == jitter.session.uid != anew.session.uid


def test_values_that_no_car_can_have_are_left_out_and_counted(race: list[Frame]):
    source, encoder = IRacing(), IRacingEncoder()
    player = replace(race[0].player, speed_mps=1e9, throttle=np.nan, rpm=np.inf)
    best = race[0].cars.best_lap_s.copy()
    best[4] = 1e12
    absurd = replace(race[0], player=player, cars=replace(race[0].cars, best_lap_s=best))
    for packet in encoder.encode(absurd):
        frame = source.feed(packet, 0.0)
    assert np.isnan([frame.player.speed_mps, frame.player.throttle, frame.player.rpm, frame.cars.best_lap_s[4]]).all()
    assert source.health.absurd == 6  # the speed stands in three places


def test_from_bytes_to_what_the_driver_reads(race: list[Frame]):
    source, encoder, watched = IRacing(), IRacingEncoder(), Race()
    for sent in race:
        frame = decoded(source, encoder, sent)
        watched.take(frame)
    shown = dash(frame, watched)
    own = race[-1].cars.position[race[-1].player_row]
    assert (shown.position, shown.lap, shown.total_laps) == (own, race[-1].cars.lap[race[-1].player_row], 12)
    assert shown.speed == round(race[-1].player.speed_mps * 3.6)
    rows = [row for row in relative(frame, watched).rows if row is not None]
    assert sum(row.is_player for row in rows) == 1
