"""Recordings of rFactor 2 and Le Mans Ultimate that name nobody."""

import small_field

from desktop_client.demo.wire.lmu import LmuEncoder
from desktop_client.demo.wire.rf2 import Rf2Encoder
from desktop_client.telemetry.games.rf2 import Rf2
from desktop_client.telemetry.games.rf2_anonymous import anonymised


def test_no_name_is_left_and_everything_else_is():
    packets = [anonymised(packet) for packet in Rf2Encoder().encode(small_field.frame())]
    assert not any("Zoë".encode() in packet for packet in packets)
    source = Rf2()
    frames = [frame for packet in packets if (frame := source.feed(packet, 0.0)) is not None]
    assert frames[-1].cars.name == tuple(f"Driver {slot}" for slot in range(6))
    assert frames[-1].cars.team == small_field.frame().cars.team
    assert frames[-1].player.fuel == small_field.player().fuel
    assert not source.health.refused


def test_who_drives_is_not_said_by_number_either():
    [packet] = [packet for packet in LmuEncoder().encode(small_field.frame()) if packet[:1] == b"S"]
    steam_id_at = 1 + 548 + 536
    known = packet[:steam_id_at] + (76_561_198_000_000_000).to_bytes(8, "little") + packet[steam_id_at + 8 :]
    assert anonymised(known)[steam_id_at : steam_id_at + 8] == bytes(8)


def test_what_is_no_packet_of_ours_is_left_out():
    assert [anonymised(packet) for packet in (b"", b"S" + bytes(10), b"T" + bytes(7), b"E", b"x" * 1889)] == [b""] * 5
