"""Whatever packets arrive: nothing raises, and each is counted once."""

import random

import numpy as np
import pytest

from desktop_client.demo.wire.iracing import IRacingEncoder
from desktop_client.telemetry.frame import Frame
from desktop_client.telemetry.games.iracing import IRacing

MUTATIONS = 20_000
REASONS = {"foreign", "too_short", "damaged", "bad_layout", "unknown_layout", "wrong_size", "bad_clock"}


@pytest.fixture(scope="module")
def packets(race_under_way: list[Frame]) -> list[bytes]:
    encoder = IRacingEncoder()
    return [packet for frame in race_under_way[:18] for packet in encoder.encode(frame)]


@pytest.mark.parametrize(
    ("packet", "reason"),
    [
        (b"", "foreign"),
        (b"F1..", "foreign"),
        (b"irV:", "too_short"),
        (b"irT:\0", "too_short"),
        (b"irB:\0\0", "too_short"),
        (b"irV:" + bytes(12) + b"x", "damaged"),
        (b"irV:" + bytes(12), "bad_layout"),
        (b"irB:" + bytes(8), "unknown_layout"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_reason(packet: bytes, reason: str):
    source = IRacing()
    assert source.feed(packet, 0.0) is None
    assert (source.health.decoded, dict(source.health.refused)) == (0, {reason: 1})
    assert source.health.last_error.startswith(f"{reason}: ")


def test_values_come_to_nothing_until_the_text_has_come(packets: list[bytes]):
    source = IRacing()
    variables, text, values, *_ = packets
    assert [source.feed(packet, 0.0) for packet in (variables, values, text)] == [None, None, None]
    assert source.feed(values, 0.0) is not None
    assert (source.health.decoded, source.health.frames) == (4, 1)


def test_20000_mutated_packets_raise_nothing_and_give_nothing_absurd(packets: list[bytes]):
    chance = random.Random(1164)
    source = IRacing()
    fed = 0
    with np.errstate(all="raise"):
        while fed < MUTATIONS:
            for whole in (packets[0], packets[1], *packets[2:]):
                again = fed % 700 < 2  # now and then whoever reads is told everything anew, unharmed
                packet = whole if again else _mutate(whole, chance)
                if whole[:4] != b"irB:" and not again and chance.random() < 0.97:
                    continue  # most of what flows are values
                frame = source.feed(packet, fed / 60)
                fed += 1
                if frame is not None:
                    _check_sane(frame)
    assert source.health.decoded + source.health.refused.total() == fed
    assert set(source.health.refused) <= REASONS
    assert source.health.frames > 1000
    assert source.health.absurd > 100


def _check_sane(frame) -> None:
    cars = frame.cars
    for column, most in (
        (cars.lap_distance_m, 1e5),
        (cars.speed_mps, 150),
        (cars.last_lap_s, 86_400),
        (cars.gap_leader_s, 86_400),
    ):
        known = column[~np.isnan(column)]
        assert (np.abs(known) <= most).all()
    assert (cars.gap_ahead_s[~np.isnan(cars.gap_ahead_s)] >= 0).all()
    if frame.player is not None:
        assert np.isnan(frame.player.throttle) or 0 <= frame.player.throttle <= 1
        assert -1 <= frame.player.gear <= 20


def _mutate(packet: bytes, chance: random.Random) -> bytes:
    kind = chance.random()
    if kind < 0.3:
        return packet
    changed = bytearray(packet)
    if kind < 0.8:
        for _ in range(chance.randint(1, 24)):
            changed[chance.randrange(12, len(changed))] = chance.randrange(256)
    elif kind < 0.9:
        del changed[chance.randrange(len(changed)) :]
    elif kind < 0.95:
        changed[: chance.randint(1, 12)] = chance.randbytes(chance.randint(1, 12))
    else:
        changed[12:] = chance.randbytes(len(changed) - 12)
    return bytes(changed)
