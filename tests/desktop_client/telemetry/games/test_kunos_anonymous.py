"""Recordings of Assetto Corsa and its successor that name nobody."""

import pytest
import small_field

from desktop_client.demo.wire.ac import AcEncoder
from desktop_client.demo.wire.acc import AccEncoder
from desktop_client.telemetry.games.ac import Ac
from desktop_client.telemetry.games.acc import Acc
from desktop_client.telemetry.games.acc_messages import write_text
from desktop_client.telemetry.games.kunos_anonymous import anonymised


@pytest.mark.parametrize(("source", "encoder"), [(Ac(), AcEncoder()), (Acc(), AccEncoder())])
def test_no_name_is_left_and_everything_else_is(source, encoder):
    packets = [anonymised(packet) for packet in encoder.encode(small_field.frame())]
    assert all(packets)
    assert not any("Zoë".encode() in packet or "Zoë".encode("utf-16-le") in packet for packet in packets)
    frames = [frame for packet in packets if (frame := source.feed(packet, 0.0)) is not None]
    assert not source.health.refused
    assert frames[-1].player.fuel == small_field.player().fuel
    names = frames[-1].cars.name
    assert names == (("Driver",) if source.game == "ac" else tuple(f"Driver {slot}" for slot in range(6)))
    if source.game == "acc":
        assert frames[-1].cars.number.tolist() == small_field.frame().cars.number.tolist()
        assert frames[-1].cars.team == small_field.frame().cars.team


def test_what_the_game_says_in_sentences_is_left_out():
    assert anonymised(b"U\x07\x05" + write_text("A lap of somebody") + bytes(8)) == b""


def test_what_is_no_packet_of_ours_is_left_out():
    assert [anonymised(packet) for packet in (b"", b"S" + bytes(10), b"U", b"U\x06\1", b"?" + bytes(20))] == [b""] * 5
