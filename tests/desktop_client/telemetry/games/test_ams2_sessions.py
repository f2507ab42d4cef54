"""Automobilista 2: where a session ends, what a pause is, and whatever else arrives at the port."""

import random
from functools import partial

import numpy as np
import pytest
from ams2_race import feed, rich_frame, writable

from desktop_client.demo.wire.ams2 import Ams2Encoder
from desktop_client.telemetry.frame import (
    Frame,
    SessionKind,
)
from desktop_client.telemetry.games.ams2 import Automobilista2
from desktop_client.telemetry.games.ams2_wire import CARS, Kind

MUTATIONS = 20_000


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


def test_project_cars_2_without_ticks_is_read_too(source, encoder, driving):
    shorter = [packet[:-4] if packet[10] in (0, 3) else packet for packet in encoder.encode(driving(100.0))]
    frame = [source.feed(packet, 100.0) for packet in shorter][-1]
    assert frame.player.gear == driving(100.0).player.gear
    assert source.health.refused == {}


def test_a_pause_is_heard_of_and_changes_nothing_else(source, encoder, driving):
    before = feed(source, encoder, driving(100.0))[-1]
    (paused,) = [packet for packet in encoder.encode(driving(100.0, paused=True)) if packet[10] == Kind.GAME_STATE]
    frame = source.feed(paused, 108.0)
    assert frame.session.paused
    assert frame.session.uid == before.session.uid
    assert frame.player == before.player
    after = feed(source, encoder, driving(109.0))[-1]
    assert (after.session.paused, after.session.uid) == (False, before.session.uid)


def state(frame: Frame, value: int) -> bytes:
    packet = writable(next(packet for packet in Ams2Encoder().encode(frame) if packet[10] == Kind.GAME_STATE))
    packet["state"] = value
    return packet.tobytes()


@pytest.mark.parametrize("value", [0x51, 0x55, 0x32], ids=["a menu", "a restart", "qualifying"])
def test_another_session_forgets_this_one(source, encoder, driving, value: int):
    before = feed(source, encoder, driving(100.0))[-1]
    assert before.session.uid == feed(source, encoder, driving(100.1))[-1].session.uid
    source.feed(state(driving(100.2), value), 100.2)
    after = feed(source, encoder, driving(0.1))[-1]
    assert after.session.uid != before.session.uid
    assert after.cars.name == before.cars.name


def test_another_track_is_another_session_and_the_race_after_its_formation_lap_is_not(source, encoder, driving):
    source.feed(state(driving(100.0), 0x42), 100.0)
    first = feed(source, encoder, driving(100.0))[-1]
    assert first.session.kind is SessionKind.RACE
    elsewhere = feed(source, encoder, driving(101.0, track_id="Monza/Oval"))[-1]
    assert elsewhere.session.uid != first.session.uid
    assert elsewhere.session.track_id == "Monza/Oval"


def test_a_race_that_begins_again_at_its_first_lap_is_another(source, encoder, driving):
    before = feed(source, encoder, driving(250.0))[-1]
    after = feed(source, encoder, driving(5.0))[-1]
    assert after.session.uid != before.session.uid


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (lambda packet: b"", "too_short"),
        (lambda packet: packet[:11], "too_short"),
        (lambda packet: packet[:-1], "wrong_size"),
        (lambda packet: packet + b"\0", "wrong_size"),
        (lambda packet: packet[:10] + b"\x06" + packet[11:], "unknown_packet"),
        (lambda packet: packet[:11] + b"\x00" + packet[12:], "foreign"),
        (lambda packet: b"M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\n", "foreign"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_reason(source, encoder, driving, damage, reason: str):
    assert source.feed(damage(encoder.encode(driving(1.0))[-1]), 0.0) is None
    assert (source.health.refused, source.health.decoded) == ({reason: 1}, 0)


def test_older_timings_are_left_out_until_they_are_the_only_ones(source, encoder, driving):
    older = next(packet for packet in encoder.encode(driving(100.0)) if packet[10] == Kind.TIMINGS)
    feed(source, encoder, driving(101.0))
    assert [source.feed(older, 101.0) for _ in range(30)] == [None] * 30
    assert source.health.refused == {"late": 30}
    source.feed(older, 101.0)
    assert source.health.refused == {"late": 30}
    source.feed(older, 101.0)
    assert source.health.refused == {"late": 30, "duplicate": 1}


def test_20000_mutated_packets_raise_nothing_and_say_nothing_absurd(source, driving):
    chance = random.Random(5606)
    fed = frames = 0
    with np.errstate(all="raise"):
        instants = [Ams2Encoder().encode(driving(200 + step / 10)) for step in range(200)]
        while fed < MUTATIONS:
            at = fed / 100
            for packet in instants[fed // 10 % len(instants)]:
                damaged = bytearray(packet)
                damaged[0:4] = fed.to_bytes(4, "little")
                for _ in range(chance.choice((0, 0, 1, 3, 12))):
                    damaged[chance.randrange(len(damaged))] = chance.choice((0, 255, 127, 128, chance.randrange(256)))
                if chance.random() < 0.05:
                    damaged = damaged[: chance.randrange(len(damaged))]
                frame = source.feed(bytes(damaged), at)
                fed += 1
                if frame is not None:
                    frames += 1
                    check_sane(frame)
    health = source.health
    assert health.decoded + health.refused.total() == fed
    assert set(health.refused) == {"too_short", "foreign", "wrong_size", "unknown_packet", "late"}
    assert health.frames == frames > 1500
    assert health.absurd > 100


def check_sane(frame: Frame) -> None:
    cars, player = frame.cars, frame.player
    for values, bound in ((cars.x, 1e5), (cars.y, 1e5), (cars.z, 1e4), (cars.speed_mps, 150), (cars.heading_rad, 3.15)):
        assert not np.any(np.abs(values) > bound)
    for times in (cars.lap_time_s, cars.last_lap_s, cars.best_lap_s, cars.best_sector_s, cars.gap_ahead_s):
        assert not np.any((times < 0) | (times > 86_400))
    assert set(cars.sector.tolist()) <= {-1, 0, 1, 2}
    assert set(cars.pit.tolist()) <= {0, 1, 2}
    assert set(cars.status.tolist()) <= {0, 1, 2, 3, 4}
    assert len(cars) <= CARS == 32
    assert frame.player_row is None or 0 <= frame.player_row < len(cars)
    length = frame.session.track_length_m
    assert length is None or 0 < length <= 100_000
    if player is not None:
        assert player.fuel is None or 0 <= player.fuel.amount <= 255
        assert -1 <= player.steer <= 1
        assert not player.speed_mps > 150
        assert all(0 <= share <= 1 for share in player.damage.values())
        assert all(0 <= wheel.wear <= 1 and not wheel.brake_c > 2500 for wheel in player.wheels)
