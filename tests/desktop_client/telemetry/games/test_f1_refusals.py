"""Whatever arrives at the port: nothing raises, and every datagram is counted once."""

import itertools
import random

import numpy as np
import pytest

from desktop_client.telemetry.games.f1 import F1
from desktop_client.telemetry.games.f1_cars import BOUNDS
from desktop_client.telemetry.games.f1_wire import FORMATS, HEADER, PacketId, blank

MUTATIONS = 100_000
REASONS = {
    "too_short", "foreign", "unsupported_format", "unknown_packet", "wrong_size", "bad_header", "late", "duplicate",
}  # fmt: skip


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (lambda packet: b"", "too_short"),
        (lambda packet: packet[:28], "too_short"),
        (lambda packet: b"M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\n", "foreign"),
        (lambda packet: b"\xe6\x07" + packet[2:], "unsupported_format"),
        (lambda packet: b"\xeb\x07" + packet[2:], "unsupported_format"),
        (lambda packet: packet[:6] + b"\x11" + packet[7:], "unknown_packet"),
        (lambda packet: packet[:-1], "wrong_size"),
        (lambda packet: packet + b"\0", "wrong_size"),
        (lambda packet: packet[:15] + b"\0\0\xc0\x7f" + packet[19:], "bad_header"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_reason(small_race, damage, reason: str):
    source = F1()
    assert source.feed(damage(small_race().motion(1)), 0.0) is None
    assert source.health.refused == {reason: 1}
    assert source.health.decoded == 0
    assert source.health.last_error.startswith(f"{reason}: ")


def test_a_packet_that_its_format_does_not_have_is_unknown(small_race):
    newer = small_race(2026).every_packet(1)[-1]
    assert newer[6] == 16
    source = F1()
    source.feed((2025).to_bytes(2, "little") + newer[2:], 0.0)
    assert source.health.refused == {"unknown_packet": 1}


def test_f1_22_is_refused_as_a_format_that_is_not_supported(packets_of_f1_22: list[bytes]):
    source = F1()
    for packet in packets_of_f1_22:
        source.feed(packet, 0.0)
    assert source.health.decoded == 0
    assert source.health.refused == {"unsupported_format": len(packets_of_f1_22)}
    assert "2023" in source.health.last_error


def test_real_packets_of_four_formats_are_all_decoded(golden_packets):
    for packet_format, packet_id, body in golden_packets:
        source = F1()
        source.feed(blank(packet_format, PacketId(packet_id))["header"].tobytes() + body, 0.0)
        assert (source.health.decoded, source.health.refused) == (1, {})


@pytest.mark.parametrize("packet_format", FORMATS)
def test_every_packet_that_a_format_knows_is_decoded(small_race, packet_format: int):
    source = F1()
    packets = small_race(packet_format).every_packet(1)
    for packet in packets:
        source.feed(packet, 0.0)
    assert (source.health.decoded, source.health.refused) == (len(packets), {})


def test_100000_mutated_packets_raise_nothing_and_are_all_accounted_for(small_race):
    chance = random.Random(20777)
    races = [small_race(packet_format, uid=packet_format) for packet_format in FORMATS]
    source = F1()
    fed = 0
    with np.errstate(all="raise"):
        for frame in itertools.count(1):
            race = races[frame // 50 % len(races)]
            packets = race.every_packet(frame) if frame % 25 == 0 else race.instant(frame)
            for packet in packets:
                result = source.feed(_mutate(packet, chance), fed / 300)
                fed += 1
                if result is not None:
                    _check_sane(result.cars)
            if fed >= MUTATIONS:
                break
    # A last word of undamaged packets: whatever came before, the race goes on.
    race = races[0]
    after = [source.feed(p, 0.0) for n in range(50_000, 50_020) for p in race.opening(n) + race.instant(n)]
    fed += len(after)
    assert source.health.decoded + source.health.refused.total() == fed
    assert set(source.health.refused) == REASONS
    assert source.health.frames > 1000
    assert any(frame is not None and frame.session.uid == f"{race.uid:016x}" for frame in after)


def _check_sane(cars) -> None:
    columns = np.array(
        [
            *(cars.lap_distance_m, cars.total_distance_m, cars.x, cars.y, cars.z),
            *(cars.speed_mps, cars.lap_time_s, cars.last_lap_s, cars.heading_rad + np.pi / 2),
        ]
    )
    assert (np.isnan(columns) | (np.abs(columns) <= BOUNDS)).all()


def _mutate(packet: bytes, chance: random.Random) -> bytes:
    """One of: nothing, flipped bits, another length, a header byte changed, a header of noise, all noise."""
    kind = chance.random()
    if kind < 0.4:
        return packet
    changed = bytearray(packet)
    if kind < 0.6:
        for _ in range(chance.randint(1, 16)):
            changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    elif kind < 0.7:
        del changed[chance.randrange(len(changed)) :]
    elif kind < 0.75:
        changed += chance.randbytes(chance.randint(1, 200))
    elif kind < 0.85:
        changed[chance.randrange(HEADER.itemsize)] = chance.randrange(256)
    elif kind < 0.9:
        changed[2 : HEADER.itemsize] = chance.randbytes(HEADER.itemsize - 2)
    elif kind < 0.97:
        changed[HEADER.itemsize :] = chance.randbytes(len(changed) - HEADER.itemsize)
    else:
        changed = bytearray(chance.randbytes(chance.randint(0, 1500)))
    return bytes(changed)
