"""Automobilista 2 from bytes to frames: values, names, and what a driver is shown."""

import dataclasses
import math
from functools import partial

import numpy as np
import pytest
from ams2_race import CLASSES, feed, rich_frame, writable

from desktop_client.demo.wire.ams2 import Ams2Encoder
from desktop_client.race.dash import dash
from desktop_client.race.lifecycle import Race
from desktop_client.race.relative import relative
from desktop_client.race.track_map import track_map
from desktop_client.telemetry.frame import (
    Capability,
    CarStatus,
    Flag,
    Frame,
    FuelUnit,
    Part,
    PitStatus,
    SessionKind,
    Weather,
)
from desktop_client.telemetry.games.ams2 import Automobilista2
from desktop_client.telemetry.games.ams2_frame import CAPABILITIES, OF_THE_DRIVEN_CAR
from desktop_client.telemetry.games.ams2_wire import CARS, DEFAULT_PORT, Kind
from desktop_client.telemetry.source import GameSettings, UdpInlet


@pytest.fixture
def driving(frame_at):
    """Frames of a made-up race, as rich as the game tells."""
    return partial(rich_frame, frame_at)


@pytest.fixture
def source() -> Automobilista2:
    return Automobilista2()


@pytest.fixture
def encoder() -> Ams2Encoder:
    return Ams2Encoder()


def test_the_port_is_the_games_or_the_drivers():
    assert Automobilista2().inlets == (UdpInlet(DEFAULT_PORT, broadcasts=True),) == (UdpInlet(5606, broadcasts=True),)
    assert Automobilista2(GameSettings(port=4000)).inlets == (UdpInlet(4000, broadcasts=True),)
    assert Automobilista2().due(0.0) == ()


def test_the_cars_come_out_as_they_were_encoded(source, encoder, driving):
    given = driving(250.0)
    cars, wanted = feed(source, encoder, given)[-1].cars, given.cars
    assert source.health.absurd == 0
    for name in ("slot", "position", "lap", "sector", "pit", "status", "lap_valid"):
        assert getattr(cars, name).tolist() == getattr(wanted, name).tolist(), name
    for name in ("name", "car", "class_name"):
        assert getattr(cars, name) == getattr(wanted, name), name
    for name, tolerance in (
        *(("x", 0.25), ("y", 0.25), ("z", 1), ("lap_distance_m", 1), ("heading_rad", 0.0002)),
        *(("lap_time_s", 0.001), ("last_lap_s", 0.001), ("best_lap_s", 0.001)),
    ):
        assert getattr(cars, name) == pytest.approx(getattr(wanted, name), abs=tolerance), name
    assert cars.x[6] == pytest.approx(wanted.x[6], abs=0.001)
    assert np.flatnonzero(np.isfinite(cars.gap_ahead_s)).tolist() == [6, 7]
    assert cars.gap_ahead_s[6:8] == pytest.approx([1.7, 1.7])


def test_the_player_comes_out_as_encoded(source, encoder, driving):
    given = driving(250.0)
    frame = feed(source, encoder, given)[-1]
    player, wanted = frame.player, given.player
    for name in ("throttle", "brake", "clutch", "steer", "brake_bias"):
        assert getattr(player, name) == pytest.approx(getattr(wanted, name), abs=0.005), name
    for name in ("gear", "max_rpm", "abs_active", "pit_limiter", "water_c", "oil_c", "tyre_compound"):
        assert getattr(player, name) == getattr(wanted, name), name
    assert player.speed_mps == pytest.approx(wanted.speed_mps, abs=0.001)
    assert player.rpm == pytest.approx(wanted.rpm, abs=1)
    assert player.fuel.amount == pytest.approx(33.0, abs=0.01)
    assert (player.fuel.unit, player.fuel.capacity) == (FuelUnit.LITRE, 110)
    assert player.acceleration_mps2 == pytest.approx((3.0, -12.0))
    for part, share in wanted.damage.items():
        assert player.damage[part] == pytest.approx(share, abs=0.003)
    assert player.damage[Part.SUSPENSION_FRONT_LEFT] == 0
    for wheel, wanted_wheel in zip(player.wheels, wanted.wheels, strict=True):
        assert wheel.tread_c == pytest.approx(wanted_wheel.tread_c, abs=0.5)
        assert (wheel.surface_c, wheel.pressure_kpa) == (wanted_wheel.surface_c, wanted_wheel.pressure_kpa)
        assert wheel.inner_c == pytest.approx(wanted_wheel.inner_c, abs=0.5)
        assert (wheel.wear, wheel.brake_c) == (pytest.approx(0.2, abs=0.003), wanted_wheel.brake_c)


def test_the_session_comes_out_as_encoded(source, encoder, driving):
    given = driving(
        250.0,
        air_temperature_c=24.0,
        track_temperature_c=31.0,
        weather=Weather(rain=0.4, wind_mps=5.0),
        flags=frozenset({Flag.YELLOW}),
        pit_window_laps=(12, 12),
    )
    frame = feed(source, encoder, given)[-1]
    session = frame.session
    assert (session.kind, session.total_laps, session.pit_window_laps) == (SessionKind.RACE, 57, (12, 12))
    assert (session.track_id, session.track_name) == ("Interlagos/Grand Prix", "Interlagos Grand Prix")
    assert session.track_length_m == 5000
    assert (session.air_temperature_c, session.track_temperature_c) == (24, 31)
    assert session.weather.rain == pytest.approx(0.4, abs=0.002)
    assert session.weather.wind_mps == 5
    assert session.flags == {Flag.YELLOW}
    assert [session.paused, session.replay, session.spectating, session.in_garage] == [False] * 4
    assert (frame.player_row, frame.capabilities) == (6, CAPABILITIES)


def test_32_cars_have_names_from_both_parts(source, encoder, driving):
    frame = feed(source, encoder, driving(250.0, count=CARS))[-1]
    assert len(frame.cars) == CARS
    assert frame.cars.name == driving(250.0, count=CARS).cars.name
    assert frame.cars.class_name[31] == CLASSES[31 % 3]


def test_online_a_driver_is_found_by_number(source, encoder, driving):
    packets = encoder.encode(driving(250.0))
    for index, packet in enumerate(packets):
        if packet[10] == Kind.PARTICIPANTS:
            named = writable(packet)
            named["index"] = np.arange(16) + (100 if named["header"]["part"] == 1 else 116)
            packets[index] = named.tobytes()
        if packet[10] == Kind.TIMINGS:
            timed = writable(packet)
            timed["cars"]["online_index"][[0, 1]] = [101, 100]
            packets[index] = timed.tobytes()
    frame = [source.feed(packet, 0.0) for packet in packets][-1]
    assert frame.cars.name[:3] == tuple(driving(0.0).cars.name[index] for index in (1, 0, 2))


def test_cars_that_are_out_or_in_the_pits_are_told_as_such(source, encoder, driving):
    given = driving(250.0)
    status, pit, valid = given.cars.status.copy(), given.cars.pit.copy(), given.cars.lap_valid.copy()
    status[[1, 2, 3]] = [CarStatus.RETIRED, CarStatus.FINISHED, CarStatus.GARAGE]
    pit[[3, 4, 5]] = [PitStatus.IN_BOX, PitStatus.PIT_LANE, PitStatus.IN_BOX]
    valid[6] = False
    changed = dataclasses.replace(given, cars=dataclasses.replace(given.cars, status=status, pit=pit, lap_valid=valid))
    cars = feed(source, encoder, changed)[-1].cars
    assert cars.status[:6].tolist() == status[:6].tolist()
    assert cars.pit[:6].tolist() == pit[:6].tolist()
    assert np.flatnonzero(~cars.lap_valid).tolist() == [6]


def test_the_grid_is_remembered_through_the_race(source, encoder, driving):
    packets = encoder.encode(driving(0.0))
    timed = writable(packets[-1])
    timed["cars"]["race_state"] = 1
    before = [source.feed(packet, 0.0) for packet in (*packets[:-1], timed.tobytes())][-1]
    assert before.cars.grid_position.tolist() == list(range(1, 23))
    turned = driving(20.0)
    turned = dataclasses.replace(turned, cars=dataclasses.replace(turned.cars, position=turned.cars.position[::-1]))
    after = feed(source, encoder, turned)[-1]
    assert after.cars.position[0] == 22
    assert after.cars.grid_position.tolist() == list(range(1, 23))


def test_speeds_of_others_are_measured_from_their_places(source, encoder, driving):
    first, *_ = feed(source, encoder, driving(100.0))
    assert np.isnan(np.delete(first.cars.speed_mps, 6)).all()
    frames = feed(source, encoder, *(driving(100 + step / 30) for step in range(1, 60)))
    last, before = driving(100 + 59 / 30).cars, driving(100 + 53 / 30).cars
    moved = np.hypot(last.x - before.x, last.y - before.y) / (6 / 30)
    assert np.delete(frames[-1].cars.speed_mps, 6) == pytest.approx(np.delete(moved, 6), abs=4)
    assert frames[-1].cars.speed_mps[6] == pytest.approx(driving(100 + 59 / 30).player.speed_mps, abs=0.01)


def with_sectors(frame: Frame, sector: int, **times: list[float]) -> Frame:
    columns = {"sector": np.full(len(frame.cars), sector, np.int32)}
    columns |= {name: np.tile(np.array(values), (len(frame.cars), 1)) for name, values in times.items()}
    return dataclasses.replace(frame, cars=dataclasses.replace(frame.cars, **columns))


def test_sector_times_are_kept_as_sectors_end(source, encoder, driving):
    nan = math.nan
    steps = [
        with_sectors(driving(100.0), 0, last_sector_s=[30.0, 31.0, 32.0]),
        with_sectors(driving(120.0), 1, sector_s=[29.5, nan, nan]),
        with_sectors(driving(121.0), 1, sector_s=[29.5, nan, nan]),
        with_sectors(driving(140.0), 2, sector_s=[29.5, 31.25, nan]),
        with_sectors(driving(160.0), 0, last_sector_s=[29.5, 31.25, 33.125]),
    ]
    frames = [feed(source, encoder, step)[-1] for step in steps]
    assert np.isnan(frames[0].cars.sector_s).all()
    np.testing.assert_array_equal(frames[2].cars.sector_s[4], [29.5, nan, nan])
    np.testing.assert_array_equal(frames[3].cars.sector_s[4], [29.5, 31.25, nan])
    np.testing.assert_array_equal(frames[4].cars.sector_s[4], [nan, nan, nan])
    np.testing.assert_array_equal(frames[4].cars.last_sector_s[4], [29.5, 31.25, 33.125])


@pytest.mark.parametrize("thousandths", [False, True])
def test_the_time_left_is_said_once_its_unit_is_known(source, encoder, driving, thousandths: bool):
    unit = 1000 if thousandths else 1
    frames = [feed(source, encoder, driving(at, time_left_s=(900 - at) * unit))[-1] for at in (100.0, 100.5, 101.5)]
    assert [frame.session.time_left_s for frame in frames] == [None, None, pytest.approx(798.5, abs=0.01)]
    assert feed(source, encoder, driving(102.0, time_left_s=None))[-1].session.time_left_s is None


def test_a_frame_goes_out_once_its_instant_is_whole(source, encoder, driving):
    feed(source, encoder, driving(100.0))
    for order in ((Kind.TELEMETRY, Kind.TIMINGS), (Kind.TIMINGS, Kind.TELEMETRY)):
        at = 101.0 + order[0]
        parts = {packet[10]: packet for packet in encoder.encode(driving(at)) if packet[10] in order}
        first, second = (source.feed(parts[kind], at) for kind in order)
        assert first is None
        assert second.player.speed_mps == pytest.approx(driving(at).player.speed_mps, abs=0.001)


def test_without_telemetry_there_are_frames_of_the_others(source, encoder, driving):
    frames = feed(source, encoder, *(driving(100 + step / 10, own=None) for step in range(8)))
    assert frames[-1].player is None
    assert frames[-1].player_row is None
    assert frames[-1].capabilities == CAPABILITIES - OF_THE_DRIVEN_CAR
    assert len(frames[-1].cars) == 22


def test_who_looks_at_another_car_is_a_spectator(source, encoder, driving):
    packets = encoder.encode(driving(100.0))
    watched = next(writable(packet) for packet in packets if packet[10] == Kind.TELEMETRY)
    watched["viewed"] = 3
    frames = [source.feed(watched.tobytes() if p[10] == Kind.TELEMETRY else p, 100.0) for p in packets]
    assert frames[-1].session.spectating
    assert (frames[-1].player, frames[-1].player_row) == (None, None)


def test_from_bytes_to_the_dash_the_relative_and_the_map(source, encoder, driving):
    race = Race()
    for step in range(190 * 2 + 1):
        for frame in feed(source, encoder, driving(100 + step / 2)):
            race.take(frame)
    view, rows = dash(race.frame, race), relative(race.frame, race).rows
    assert (view.position, view.cars, view.lap, view.total_laps) == (7, 22, 4, 57)
    assert view.last_lap_s == pytest.approx(95.656, abs=0.001)
    assert [row.position for row in rows] == [4, 5, 6, 7, 8, 9, 10]
    assert [row.gap_s for row in rows] == pytest.approx([5.1, 3.4, 1.7, 0, -1.7, -3.4, -5.1], abs=0.4)
    assert rows[2].name == "J. Li"
    drawn = track_map(race.frame, race)
    assert drawn.shape is not None
    assert drawn.shape.length_m == 5000
    assert len(drawn.dots) == 22


def test_what_changes_seldom_is_encoded_when_it_changes_and_once_a_second(encoder, driving):
    def kinds(frame: Frame) -> list[int]:
        return [packet[10] for packet in encoder.encode(frame)]

    seldom = [Kind.GAME_STATE, Kind.RACE, Kind.PARTICIPANTS, Kind.VEHICLES, Kind.PARTICIPANTS, Kind.VEHICLES]
    every_time = [Kind.TELEMETRY, Kind.TIMINGS]
    everything = [*seldom, Kind.VEHICLES, Kind.TIME_STATS, *every_time]
    assert kinds(driving(100.0)) == everything
    assert kinds(driving(100.5, time_left_s=50.0)) == every_time
    assert kinds(driving(100.6, paused=True)) == [Kind.GAME_STATE, Kind.RACE, *every_time]
    assert kinds(driving(101.7, paused=True)) == everything


def test_its_capabilities_are_what_the_frames_hold(source, encoder, driving):
    assert source.capabilities == CAPABILITIES
    assert Capability.GAPS not in CAPABILITIES  # two gaps are not everybody's
    assert CAPABILITIES > OF_THE_DRIVEN_CAR
