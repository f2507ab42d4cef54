"""The Forza games from bytes to frames: formats, sessions, what is refused, and what a driver is shown."""

import dataclasses
import math
import random

import numpy as np
import pytest

from desktop_client.demo.wire.forza import encode
from desktop_client.race.dash import dash
from desktop_client.race.lifecycle import Race
from desktop_client.race.track_map import track_map
from desktop_client.telemetry.frame import Capability, Cars, Frame, Fuel, FuelUnit, Player, Session, Wheel
from desktop_client.telemetry.games.forza import Forza
from desktop_client.telemetry.games.forza_wire import BY_SIZE, DEFAULT_PORT, FORMATS
from desktop_client.telemetry.source import GameSettings, UdpInlet

LAP_M, SPEED_MPS = 2000.0, 50.0
LAP_S = LAP_M / SPEED_MPS
RADIUS_M = LAP_M / math.tau
MUTATIONS = 20_000
SLED, MOTORSPORT_7, HORIZON, MOTORSPORT = FORMATS


def driving(at: float, **session) -> Frame:
    """A car on a round track, counter-clockwise and at an even speed, crossing the line at 0."""
    driven = at * SPEED_MPS
    lap = int(driven // LAP_M) + 1
    angle = math.tau * driven / LAP_M
    one = np.ones(1)
    cars = Cars.of(
        np.zeros(1, np.int32),
        position=np.array([4], np.int32),
        lap=np.array([lap], np.int32),
        total_distance_m=one * driven,
        x=one * RADIUS_M * math.cos(angle),
        y=one * RADIUS_M * math.sin(angle),
        z=one * 40.0,
        heading_rad=one * math.atan2(math.cos(angle), -math.sin(angle)),
        speed_mps=one * SPEED_MPS,
        lap_time_s=one * (at % LAP_S),
        last_lap_s=one * (LAP_S if lap > 1 else math.nan),
        best_lap_s=one * (LAP_S if lap > 1 else math.nan),
    )
    player = Player(
        speed_mps=SPEED_MPS,
        throttle=0.6,
        brake=0.0,
        clutch=1.0,
        steer=-0.5,
        gear=5,
        rpm=6100.0,
        max_rpm=8000.0,
        idle_rpm=900.0,
        fuel=Fuel(0.7, FuelUnit.TANK, capacity=1.0),
        wheels=tuple(Wheel(surface_c=80.0 + index, wear=0.01 * index) for index in range(4)),
        acceleration_mps2=(0.5, 7.0),
    )
    return Frame(at, at, Session(**{"game": "forza", "uid": "", "track_id": "37", **session}), cars, player, 0)


def feed(source: Forza, *times: float, form=MOTORSPORT, **session) -> Frame | None:
    frame = None
    for at in times:
        for packet in encode(driving(at, **session), form):
            frame = source.feed(packet, at)
    return frame


def instants(begin: float, end: float, step: float = 0.1) -> list[float]:
    return [begin + step * index for index in range(round((end - begin) / step))]


def other(at: float, form=MOTORSPORT, **changes) -> bytes:
    """A packet of the same drive, with some of its fields changed."""
    packet = np.frombuffer(bytearray(encode(driving(at), form)[0]), form.layout)[0]
    for name, value in changes.items():
        packet[name] = value
    return packet.tobytes()


def test_the_formats_have_their_sizes():
    assert [form.layout.itemsize for form in FORMATS] == [232, 311, 324, 331]
    assert [form.layout.fields["place"][1] for form in FORMATS[1:]] == [232, 244, 232]
    assert HORIZON.layout.fields["steer"][1] == 320
    assert MOTORSPORT.layout.fields["track"][1] == 327


def test_the_port_is_the_drivers_or_one_that_the_game_does_not_take_for_itself():
    assert Forza().inlets == (UdpInlet(DEFAULT_PORT),)
    assert not 5200 <= DEFAULT_PORT <= 5300
    assert Forza(GameSettings(port=4000)).inlets == (UdpInlet(4000),)
    assert Forza().due(0.0) == ()


@pytest.mark.parametrize("form", [MOTORSPORT_7, HORIZON, MOTORSPORT])
def test_what_was_encoded_is_what_comes_out(form):
    frame, given = feed(Forza(), 45.0, form=form), driving(45.0)
    for name in ("x", "y", "z", "heading_rad", "speed_mps", "lap_time_s", "last_lap_s", "total_distance_m"):
        assert getattr(frame.cars, name)[0] == pytest.approx(getattr(given.cars, name)[0], abs=0.001), name
    for name in ("throttle", "clutch", "steer", "gear", "rpm", "max_rpm", "idle_rpm", "acceleration_mps2"):
        assert getattr(frame.player, name) == pytest.approx(getattr(given.player, name), abs=0.005), name
    assert frame.player.fuel.amount == pytest.approx(0.7)
    assert [wheel.surface_c for wheel in frame.player.wheels] == pytest.approx([80, 81, 82, 83])
    assert (frame.cars.lap[0], frame.cars.position[0]) == (2, 4)


def test_only_motorsport_says_the_track_and_the_wear():
    motorsport, horizon = feed(Forza(), 1.0), feed(Forza(), 1.0, form=HORIZON)
    assert (motorsport.session.track_id, horizon.session.track_id) == ("37", None)
    assert motorsport.player.wheels[3].wear == pytest.approx(0.03)
    assert math.isnan(horizon.player.wheels[3].wear)
    told = {Capability.TRACK_ID, Capability.TYRE_WEAR}
    assert motorsport.capabilities - horizon.capabilities == told


@pytest.mark.parametrize(("wire", "gear"), [(0, -1), (1, 1), (9, 9), (11, 0)])
def test_reverse_and_the_moment_between_two_gears_have_their_own_numbers(wire: int, gear: int):
    assert Forza().feed(other(1.0, gear=wire), 0.0).player.gear == gear


def test_where_the_lap_is_is_known_from_the_line_on():
    source = Forza()
    assert math.isnan(feed(source, *instants(10, 39.9)).cars.lap_distance_m[0])
    second = feed(source, *instants(39.9, 52))
    assert second.cars.lap_distance_m[0] == pytest.approx(11.9 * SPEED_MPS, abs=0.5)
    assert Capability.LAP_DISTANCE in second.capabilities


def test_a_flashback_across_the_line_waits_for_the_line():
    source = Forza()
    begun = feed(source, *instants(39, 45)).session.uid
    rewound = feed(source, *instants(38, 39.5, 0.25))
    assert source.health.refused == {"late": 6}
    assert rewound is None
    packets = [other(at, timestamp_ms=50_000 + round(at * 1000)) for at in instants(38, 39.5, 0.25)]
    frame = [source.feed(packet, 0.0) for packet in packets][-1]
    assert frame.session.uid == begun
    assert math.isnan(frame.cars.lap_distance_m[0])


def test_a_pause_repeats_the_last_frame_as_one_of_a_paused_session():
    source = Forza()
    assert feed(source, 0.5, paused=True) is None
    before = feed(source, *instants(39, 45))
    paused = feed(source, 46.0, paused=True)
    assert paused.session == dataclasses.replace(before.session, paused=True)
    assert paused.cars is before.cars
    assert paused.at == 46.0
    after = feed(source, 47.0)
    assert (after.session.uid, after.session.paused) == (before.session.uid, False)
    assert math.isfinite(after.cars.lap_distance_m[0])


@pytest.mark.parametrize("change", [{"car": 9}, {"track": 38}, {"race_time": 0.2}])
def test_another_car_track_or_race_forgets_this_one(change):
    source = Forza()
    before = feed(source, *instants(39, 45))
    after = source.feed(other(45.0, lap_time=5.0, **change), 45.0)
    assert after.session.uid != before.session.uid
    assert math.isnan(after.cars.lap_distance_m[0])


def test_a_game_that_was_started_anew_is_not_late():
    source = Forza()
    feed(source, *instants(39, 45))
    frame = source.feed(other(45.0, timestamp_ms=100, race_time=0.1), 60.0)
    assert frame.session.uid.startswith("00000064")
    assert source.health.refused == {}


@pytest.mark.parametrize(
    ("packet", "reason"),
    [(b"", "wrong_size"), (bytes(330), "wrong_size"), (b"\x02" + bytes(310), "foreign"), (b"\xff" * 331, "foreign")],
)
def test_what_cannot_be_read_is_refused_with_its_reason(packet: bytes, reason: str):
    source = Forza()
    assert source.feed(packet, 0.0) is None
    assert (source.health.refused, source.health.decoded) == ({reason: 1}, 0)


def test_the_sled_format_is_refused_with_what_to_do():
    source = Forza()
    assert source.feed(encode(driving(1.0), SLED)[0], 0.0) is None
    assert source.health.refused == {"sled": 1}
    assert "Car Dash" in source.health.last_error


def test_20000_mutated_packets_raise_nothing_and_say_nothing_absurd():
    chance = random.Random(5405)
    source = Forza()
    packets = [encode(driving(at), form)[0] for at in instants(38, 43, 0.25) for form in FORMATS[1:]]
    with np.errstate(all="raise"):
        for number in range(MUTATIONS):
            packet = bytearray(chance.choice(packets))
            packet[4:8] = (number * 16).to_bytes(4, "little")
            for _ in range(chance.randint(0, 6)):
                packet[chance.randrange(len(packet))] = chance.choice((0, 255, 127, chance.randrange(256)))
            if number % 16 == 0:
                packet = packet[: chance.randrange(len(packet))]
            frame = source.feed(bytes(packet), number / 60)
            if frame is not None:
                check_sane(frame)
    health = source.health
    assert health.decoded + health.refused.total() == MUTATIONS
    assert set(health.refused) <= {"wrong_size", "foreign", "late", "sled"}
    assert health.decoded > MUTATIONS / 2
    assert health.absurd > 1000


def check_sane(frame: Frame) -> None:
    cars, player = frame.cars, frame.player
    assert not np.any(np.abs(np.concatenate((cars.x, cars.y))) > 1e5)
    assert not np.any(np.abs(cars.z) > 1e4)
    assert not np.any((cars.speed_mps < 0) | (cars.speed_mps > 250))
    for times in (cars.lap_time_s, cars.last_lap_s, cars.best_lap_s):
        assert not np.any((times < 0) | (times > 86_400))
    assert not np.any(np.isinf(cars.lap_distance_m))
    assert -1 <= player.steer <= 1
    assert player.fuel is None or 0 <= player.fuel.amount <= 1
    assert not player.rpm > 30_000
    for wheel in player.wheels:
        assert not wheel.surface_c > 2500
        assert not (wheel.wear < 0)
        assert not (wheel.wear > 1)


def test_from_bytes_to_the_dash_and_the_map():
    source, race = Forza(), Race()
    for at in instants(30, 90):
        for packet in encode(driving(at), BY_SIZE[324]):
            race.take(source.feed(packet, at))
    view = dash(race.frame, race)
    assert (view.gear, view.speed, view.position, view.lap) == ("5", 180, 4, 3)
    assert (view.last_lap_s, view.lap_time_s) == (40.0, 9.9)
    drawn = np.concatenate(track_map(race.frame, race).driven, axis=1)
    assert np.hypot(*drawn) == pytest.approx(np.full(drawn.shape[1], RADIUS_M), abs=0.01)
