"""Whatever Assetto Corsa Competizione's pages and port hold: nothing raises, every packet is counted once."""

import random

import numpy as np
import pytest
import small_field

from desktop_client.demo.wire.ac import AcEncoder
from desktop_client.demo.wire.acc import AccEncoder
from desktop_client.telemetry.games.acc import Acc
from desktop_client.telemetry.games.kunos_fields import ACC_GRAPHICS

MUTATIONS = 20_000
BOUNDS = {
    **dict.fromkeys(("x", "y"), 1e5),
    "z": 1e4,
    "heading_rad": 3.2,
    "lap_distance_m": 1.1e5,
    **dict.fromkeys(("speed_mps", "lap_time_s", "last_lap_s", "best_lap_s", "gap_ahead_s"), 86_400),
}
NEVER_NEGATIVE = 5  # of the last


def page(letter: bytes) -> bytes:
    [packet] = [packet for packet in AccEncoder().encode(small_field.frame()) if packet[:1] == letter]
    return packet


def graphics_of_the_first_game() -> bytes:
    [older] = [packet for packet in AcEncoder().encode(small_field.frame()) if packet[:1] == b"G"]
    return older + bytes(ACC_GRAPHICS.itemsize - len(older) + 1)


@pytest.mark.parametrize(
    ("packet", "reason"),
    [
        (b"", "foreign"),
        (b"?" + bytes(100), "foreign"),
        (b"U", "malformed"),
        (b"U\x63\0\0", "malformed"),
        (b"U\x03\0\0", "malformed"),
        (page(b"P")[:-1], "wrong_size"),
        (page(b"G") + b"\0", "wrong_size"),
        (page(b"S")[:100], "wrong_size"),
        (graphics_of_the_first_game(), "another_game"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_reason(packet: bytes, reason: str):
    source = Acc()
    assert source.feed(packet, 0.0) is None
    assert (source.health.refused, source.health.decoded) == ({reason: 1}, 0)
    assert source.health.last_error.startswith(f"{reason}: ")


def test_mutated_packets_raise_nothing_and_never_give_absurd_values():
    chance, source, encoder = random.Random(9000), Acc(), AccEncoder()
    rounds = [encoder.encode(small_field.frame(60 + step / 10, count=3)) for step in range(5)]
    packets = [packet for packets in rounds for packet in packets]
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        for fed in range(MUTATIONS):
            frame = source.feed(mutated(packets[fed % len(packets)], chance), fed / 300)
            source.due(fed / 300)
            if frame is not None:
                check_sane(frame)
    assert source.health.decoded + source.health.refused.total() == MUTATIONS
    assert set(source.health.refused) == {"malformed", "wrong_size", "another_game"}
    assert source.health.frames > MUTATIONS / 20
    assert source.health.absurd > 0


def check_sane(frame) -> None:
    columns = np.stack([getattr(frame.cars, name) for name in BOUNDS])
    assert (np.isnan(columns) | (np.abs(columns) <= np.array([*BOUNDS.values()])[:, np.newaxis])).all()
    assert not (columns[-NEVER_NEGATIVE:] < 0).any()
    player = frame.player
    assert player is None or player.fuel is None or 0 <= player.fuel.amount <= 1000


def mutated(packet: bytes, chance: random.Random) -> bytes:
    kind = chance.random()
    if kind < 0.3:
        return packet
    changed = bytearray(packet)
    if kind < 0.7:
        for _ in range(chance.randint(1, 8)):
            changed[chance.randrange(1, len(changed))] ^= 1 << chance.randrange(8)
    elif kind < 0.8:
        del changed[chance.randrange(1, len(changed)) :]
    elif kind < 0.95 and len(changed) > 6:
        at = chance.randrange(1, len(changed) - 4)
        changed[at : at + 4] = chance.choice((b"\xff" * 4, b"\0\0\x80\x7f", b"\xff\xff\xff\x7f", b"\0\0\0\x80"))
    else:
        changed[2:] = chance.randbytes(len(changed) - 2)
    return bytes(changed)
