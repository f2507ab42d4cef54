"""Gran Turismo 7 from bytes to frames: values, sessions, what is refused, and what a driver is shown."""

import dataclasses
import math
import random

import numpy as np
import pytest

from desktop_client.demo.wire.gt7 import encode, encode_plain
from desktop_client.race.dash import dash
from desktop_client.race.lifecycle import Race
from desktop_client.race.track_map import track_map
from desktop_client.telemetry.frame import Capability, Cars, Frame, Fuel, FuelUnit, Player, Session, SessionKind, Wheel
from desktop_client.telemetry.games.gt7 import GranTurismo7
from desktop_client.telemetry.games.gt7_wire import BY_SIZE, FORMATS, MAGIC, decipher, encipher, open_packet

LAP_M, SPEED_MPS = 3000.0, 60.0
LAP_S = LAP_M / SPEED_MPS
RADIUS_M = LAP_M / math.tau
MUTATIONS = 20_000


def driving(at: float, laps: int = 5, **session) -> Frame:
    """A car on a round track, counter-clockwise and at an even speed, crossing the line at 0."""
    driven = at * SPEED_MPS
    lap = int(driven // LAP_M) + 1
    angle = math.tau * driven / LAP_M
    one = np.ones(1)
    cars = Cars.of(
        np.zeros(1, np.int32),
        lap=np.array([lap], np.int32),
        x=one * RADIUS_M * math.cos(angle),
        y=one * RADIUS_M * math.sin(angle),
        z=one * 12.5,
        heading_rad=one * math.atan2(math.cos(angle), -math.sin(angle)),
        speed_mps=one * SPEED_MPS,
        lap_time_s=one * (at % LAP_S),
        last_lap_s=one * (LAP_S if lap > 1 else math.nan),
        best_lap_s=one * (LAP_S if lap > 1 else math.nan),
    )
    player = Player(
        speed_mps=SPEED_MPS,
        throttle=0.8,
        brake=0.2,
        clutch=0.5,
        steer=-0.25,
        gear=3,
        rpm=6500.0,
        max_rpm=7000.0,
        fuel=Fuel(0.4, FuelUnit.TANK, capacity=1.0),
        wheels=tuple(Wheel(surface_c=value) for value in (80.0, 81.0, 82.0, 83.0)),
        water_c=88.0,
        oil_c=101.0,
        acceleration_mps2=(1.5, 9.0),
    )
    details = {"game": "gt7", "uid": "", "kind": SessionKind.RACE, "total_laps": laps or None, **session}
    return Frame(at, at, Session(**details), cars, player, 0)


def feed(source: GranTurismo7, *times: float, form=FORMATS[0], **session) -> Frame | None:
    frame = None
    for at in times:
        for packet in encode(driving(at, **session), form):
            frame = source.feed(packet, at)
    return frame


def instants(begin: float, end: float, step: float = 0.1) -> list[float]:
    return [begin + step * index for index in range(round((end - begin) / step))]


def test_the_formats_have_their_sizes():
    assert {form.ask: form.layout.itemsize for form in FORMATS} == {b"A": 296, b"B": 316, b"~": 344, b"C": 368}
    layout = FORMATS[0].layout
    offsets = {name: layout.fields[name][1] for name in ("seed", "packet_id", "flags", "clutch", "car", "lap_time_ms")}
    assert offsets == {
        "seed": 0x40, "packet_id": 0x70, "flags": 0x8E, "clutch": 0xF4, "car": 0x124, "lap_time_ms": 0x15C,
    }  # fmt: skip


@pytest.mark.parametrize("form", FORMATS)
def test_a_packet_that_is_enciphered_is_read_again_but_for_the_seed(form):
    (plain,) = encode_plain(driving(12.0), form)
    packet = encipher(plain, seed=0xC0FFEE)
    assert not packet.startswith(MAGIC)
    assert packet[0x40:0x44] == (0xC0FFEE).to_bytes(4, "little")
    again = decipher(packet)
    assert again[:0x40] + again[0x44:] == plain[:0x40] + plain[0x44:]


def test_what_was_encoded_is_what_comes_out():
    frame, given = feed(GranTurismo7(), 12.0), driving(12.0)
    for name in ("x", "y", "z", "heading_rad", "speed_mps", "lap_time_s"):
        assert getattr(frame.cars, name)[0] == pytest.approx(getattr(given.cars, name)[0], abs=0.001), name
    for name in ("throttle", "brake", "clutch", "steer", "rpm", "max_rpm", "water_c", "oil_c"):
        assert getattr(frame.player, name) == pytest.approx(getattr(given.player, name), abs=0.002), name
    assert frame.player.gear == 3
    assert frame.player.fuel.amount == pytest.approx(0.4)
    assert [wheel.surface_c for wheel in frame.player.wheels] == [80, 81, 82, 83]
    assert frame.player.acceleration_mps2 == pytest.approx((1.5, 9.0))
    assert frame.player.shift_lights == pytest.approx((6500 - 6300) / 700)
    assert (frame.session.kind, frame.session.total_laps) == (SessionKind.RACE, 5)
    assert frame.player_row == 0


@pytest.mark.parametrize(("gear", "low_half"), [(-1, 0), (0, 15), (1, 1), (8, 8)])
def test_reverse_and_neutral_have_their_own_numbers(gear: int, low_half: int):
    given = driving(1.0)
    given = dataclasses.replace(given, player=dataclasses.replace(given.player, gear=gear))
    (plain,) = encode_plain(given)
    assert open_packet(plain)["gears"] & 15 == low_half
    assert GranTurismo7().feed(plain, 0.0).player.gear == gear


def test_a_poorer_format_leaves_unsaid_what_it_has_not():
    frame = feed(GranTurismo7(), 12.0, form=BY_SIZE[296])
    assert math.isnan(frame.player.steer)
    assert math.isnan(frame.cars.lap_time_s[0])
    assert frame.player.acceleration_mps2 is None
    assert frame.player.throttle == pytest.approx(0.8)
    assert feed(GranTurismo7(), 12.0, form=BY_SIZE[316]).player.steer == pytest.approx(-0.25, abs=0.001)


def test_an_electric_car_has_no_tank():
    given = driving(1.0)
    given = dataclasses.replace(given, player=dataclasses.replace(given.player, fuel=None))
    assert GranTurismo7().feed(encode(given)[0], 0.0).player.fuel is None


def test_where_the_lap_is_is_not_known_before_the_line():
    source = GranTurismo7()
    on_the_first_lap = feed(source, *instants(20, 49.9))
    assert math.isnan(on_the_first_lap.cars.lap_distance_m[0])
    assert Capability.LAP_DISTANCE not in on_the_first_lap.capabilities
    on_the_second = feed(source, *instants(49.9, 60))
    assert on_the_second.cars.lap_distance_m[0] == pytest.approx(9.9 * SPEED_MPS, abs=3)
    assert Capability.LAP_DISTANCE in on_the_second.capabilities


def test_without_a_clock_the_lap_begins_where_its_number_changes():
    frame = feed(GranTurismo7(), *instants(49, 60), form=BY_SIZE[296])
    assert frame.cars.lap_distance_m[0] == pytest.approx(9.9 * SPEED_MPS, abs=SPEED_MPS * 0.11)


def test_a_car_that_was_put_somewhere_else_has_to_cross_the_line_again():
    source = GranTurismo7()
    feed(source, *instants(49, 60))
    moved = feed(source, 70.0)
    assert math.isnan(moved.cars.lap_distance_m[0])
    assert math.isfinite(feed(source, *instants(70.1, 101)).cars.lap_distance_m[0])


def test_a_pause_changes_nothing_but_that_it_is_one():
    source = GranTurismo7()
    before = feed(source, *instants(49, 60))
    still = encode_plain(driving(59.9, paused=True))[0]
    for number in range(120):
        at = 60 + number / 60
        packet = bytearray(still)
        packet[0x70:0x74] = round(at * 60).to_bytes(4, "little")
        paused = source.feed(bytes(packet), at)
    assert paused.session.paused
    assert paused.session.uid == before.session.uid
    assert paused.cars.lap_distance_m[0] == pytest.approx(before.cars.lap_distance_m[0])


def other(**changes):
    """A packet of the same drive, with some of its fields changed."""
    (plain,) = encode_plain(driving(60.0))
    packet = np.frombuffer(bytearray(plain), BY_SIZE[len(plain)].layout)[0]
    for name, value in changes.items():
        packet[name] = value
    return packet.tobytes()


@pytest.mark.parametrize(
    "change",
    [
        {"car": 1}, {"total_laps": 9}, {"lap": 1}, {"best_lap_ms": -1}, {"flags": 4}, {"packet_id": 5},
    ],
)  # fmt: skip
def test_another_session_forgets_this_one(change):
    source = GranTurismo7()
    before = feed(source, *instants(49, 60))
    after = source.feed(other(**change), 60.0)
    assert after.session.uid != before.session.uid
    assert math.isnan(after.cars.lap_distance_m[0])


def test_a_pause_whose_packets_have_one_number_is_heard_of_once():
    source = GranTurismo7()
    feed(source, 60.0)
    still = other(flags=3)
    assert source.feed(still, 60.1).session.paused
    assert source.feed(still, 60.2) is None
    assert source.health.refused == {"duplicate": 1}


def test_the_place_on_the_grid_is_remembered_through_the_race():
    source = GranTurismo7()
    assert source.feed(other(grid_position=7, lap=0, packet_id=3000), 0.0).cars.grid_position[0] == 7
    assert source.feed(other(grid_position=-1, lap=1, packet_id=3001), 0.1).cars.grid_position[0] == 7
    assert source.feed(other(grid_position=-1, car=5, packet_id=3002), 0.2).cars.grid_position[0] == 0


def test_a_replay_and_a_menu_are_told_from_driving():
    assert feed(GranTurismo7(), 1.0, replay=True).session.replay
    standing = GranTurismo7().feed(other(flags=0, speed=0), 0.0)
    assert (standing.session.in_garage, standing.session.replay) == (True, False)
    assert not feed(GranTurismo7(), 1.0).session.replay


@pytest.mark.parametrize(
    ("packet", "reason"),
    [
        (b"", "wrong_size"), (bytes(367), "wrong_size"), (bytes(369), "wrong_size"),
        (bytes(296), "foreign"), (bytes(368), "foreign"), (b"\xff" * 344, "foreign"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_with_its_reason(packet: bytes, reason: str):
    source = GranTurismo7()
    assert source.feed(packet, 0.0) is None
    assert (source.health.refused, source.health.decoded) == ({reason: 1}, 0)


def test_packets_out_of_order_are_left_out():
    source = GranTurismo7()
    feed(source, 10.0, 10.1, 10.1, 10.05)
    assert source.health.refused == {"duplicate": 1, "late": 1}
    assert source.health.decoded == 2


def test_20000_mutated_packets_raise_nothing_and_say_nothing_absurd():
    chance = random.Random(33740)
    plains = [encode_plain(driving(at / 10), form)[0] for at, form in zip(range(40), FORMATS * 10, strict=True)]
    ciphers = [encipher(plain, seed=number) for number, plain in enumerate(plains)]
    source = GranTurismo7()
    with np.errstate(all="raise"):
        for number in range(MUTATIONS):
            packet = bytearray(chance.choice(ciphers if number % 8 == 0 else plains))
            if packet.startswith(MAGIC):
                packet[0x70:0x74] = (1000 + number).to_bytes(4, "little")
            for _ in range(chance.randint(0, 6)):
                packet[chance.randrange(4, len(packet))] = chance.choice((0, 255, 127, chance.randrange(256)))
            if number % 16 == 1:
                packet = packet[: chance.randrange(len(packet))]
            frame = source.feed(bytes(packet), number / 60)
            if frame is not None:
                check_sane(frame)
    health = source.health
    assert health.decoded + health.refused.total() == MUTATIONS
    assert set(health.refused) == {"wrong_size", "foreign", "late", "duplicate"}
    assert health.frames == health.decoded > MUTATIONS / 4
    assert health.absurd > 1000


def check_sane(frame: Frame) -> None:
    cars, player = frame.cars, frame.player
    for values, bound in (
        (cars.x, 1e5),
        (cars.y, 1e5),
        (cars.z, 1e4),
        (cars.speed_mps, 300),
        (cars.lap_time_s, 86_400),
    ):
        assert not np.any(np.abs(values) > bound)
    assert not np.any(np.isinf(cars.lap_distance_m))
    assert np.all(cars.lap >= 0)
    for share in (player.throttle, player.brake, player.clutch, abs(player.steer)):
        assert math.isnan(share) or 0 <= share <= 1
    assert player.fuel is None or 0 <= player.fuel.amount <= 1
    assert player.shift_lights is None or 0 <= player.shift_lights <= 1
    assert -1 <= player.gear <= 15
    assert not player.rpm > 30_000


def test_from_bytes_to_the_dash_and_the_map():
    source, race = GranTurismo7(), Race()
    for at in instants(40, 120):
        for packet in encode(driving(at)):
            race.take(source.feed(packet, at))
    view = dash(race.frame, race)
    assert (view.gear, view.speed, view.lap, view.total_laps) == ("3", 216, 3, 5)
    assert (view.last_lap_s, view.best_lap_s, view.lap_time_s) == (50.0, 50.0, 19.9)
    assert view.position is None
    drawn = np.concatenate(track_map(race.frame, race).driven, axis=1)
    assert np.hypot(*drawn) == pytest.approx(np.full(drawn.shape[1], RADIUS_M), abs=0.01)
