"""Whatever stands in the memory of rFactor 2 or Le Mans Ultimate: nothing raises, every packet is counted once."""

import random

import numpy as np
import pytest
import small_field

from desktop_client.demo.wire.lmu import LmuEncoder
from desktop_client.demo.wire.rf2 import Rf2Encoder
from desktop_client.telemetry.games.lmu import Lmu
from desktop_client.telemetry.games.rf2 import Rf2
from desktop_client.telemetry.games.rf2_fields import SCORING_INFO

MUTATIONS = 10_000
REASONS = {"foreign", "wrong_size", "contradiction", "bad_clock", "no_session"}
NEVER_NEGATIVE = ("gap_ahead_s", "gap_leader_s", "last_lap_s", "best_lap_s", "lap_time_s", "speed_mps")
BOUNDS = {
    "x": 1e5,
    "y": 1e5,
    "lap_distance_m": 1e5 + 1e4,
    "z": 1e4,
    "heading_rad": 4,
    **{name: 150 if name == "speed_mps" else 86_400 for name in NEVER_NEGATIVE},
}


def packet_of(letter: bytes) -> bytes:
    [packet] = [packet for packet in Rf2Encoder().encode(small_field.frame()) if packet[:1] == letter]
    return packet


def without_track(packet: bytes) -> bytes:
    return packet[:1] + bytes(64) + packet[65:]


def with_the_clock(packet: bytes, now: float) -> bytes:
    changed = bytearray(packet)
    np.ndarray((), SCORING_INFO, changed, 1)["now"] = now
    return bytes(changed)


@pytest.mark.parametrize(
    ("packet", "reason"),
    [
        (b"", "foreign"),
        (b"?" + bytes(600), "foreign"),
        (packet_of(b"S")[:100], "wrong_size"),
        (packet_of(b"S")[:-1], "wrong_size"),
        (packet_of(b"S")[:-584], "contradiction"),
        (packet_of(b"S") + bytes(584 * 200), "wrong_size"),
        (packet_of(b"T")[:-1], "wrong_size"),
        (b"T" + bytes(1888 * 129), "wrong_size"),
        (packet_of(b"E")[:-1], "wrong_size"),
        (without_track(packet_of(b"S")), "no_session"),
        (with_the_clock(packet_of(b"S"), float("nan")), "bad_clock"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_reason(packet: bytes, reason: str):
    source = Rf2()
    assert source.feed(packet, 0.0) is None
    assert (source.health.refused, source.health.decoded) == ({reason: 1}, 0)
    assert source.health.last_error.startswith(f"{reason}: ")


def test_le_mans_ultimate_has_no_plugin():
    source = Lmu()
    source.feed(packet_of(b"E"), 0.0)
    assert source.health.refused == {"foreign": 1}


def test_telemetry_before_any_scoring_makes_no_frame():
    source = Rf2()
    assert source.feed(packet_of(b"T"), 0.0) is None
    assert (source.health.decoded, source.health.frames) == (1, 0)


@pytest.mark.parametrize(("source", "encoder"), [(Rf2(), Rf2Encoder()), (Lmu(), LmuEncoder())])
def test_mutated_packets_raise_nothing_and_never_give_absurd_values(source, encoder):
    chance = random.Random(397)
    packets = [packet for step in range(4) for packet in encoder.encode(small_field.frame(60 + step / 50, count=3))]
    with np.errstate(all="raise"):
        for fed in range(MUTATIONS):
            frame = source.feed(_mutate(packets[fed % len(packets)], chance), fed / 100)
            if frame is not None:
                _check_sane(frame)
    assert source.health.decoded + source.health.refused.total() == MUTATIONS
    assert set(source.health.refused) <= REASONS
    assert source.health.refused
    assert source.health.frames > MUTATIONS / 10
    assert source.health.absurd > 0


def _check_sane(frame) -> None:
    columns = np.stack([getattr(frame.cars, name) for name in BOUNDS])
    assert (np.isnan(columns) | (np.abs(columns) <= np.array([*BOUNDS.values()])[:, np.newaxis])).all()
    assert not (columns[-len(NEVER_NEGATIVE) :] < 0).any()
    assert np.isfinite(frame.session_time_s)
    player = frame.player
    if player is not None and player.fuel is not None:
        assert 0 <= player.fuel.amount <= 1000


def _mutate(packet: bytes, chance: random.Random) -> bytes:
    kind = chance.random()
    if kind < 0.3:
        return packet
    changed = bytearray(packet)
    if kind < 0.6:
        for _ in range(chance.randint(1, 16)):
            changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    elif kind < 0.65:
        del changed[chance.randrange(len(changed)) :]
    elif kind < 0.75:
        at = chance.randrange(1, len(changed))
        changed[at : at + 64] = chance.randbytes(len(changed[at : at + 64]))
    elif kind < 0.95:
        at = chance.randrange(1, len(changed) - 8)
        changed[at : at + 8] = b"\xff" * 8  # a not-a-number, -1, and numbers that are far too large
    else:
        changed[1:] = chance.randbytes(len(changed) - 1)
    return bytes(changed)
