"""Recordings without names: nothing that was driven is lost, and nobody can be told from it."""

from pathlib import Path

import numpy as np
import pytest

from desktop_client.telemetry.anonymous import write_anonymous
from desktop_client.telemetry.games.f1 import F1
from desktop_client.telemetry.games.f1_anonymous import NAMING, anonymised
from desktop_client.telemetry.games.f1_wire import FORMATS, LAYOUTS, PacketId, open_packet
from desktop_client.telemetry.record import Recorder
from desktop_client.telemetry.replay import Recording

NAMES = [f"Sekret {letter}".encode() for letter in "ABCDE"]


@pytest.mark.parametrize("packet_format", FORMATS)
def test_every_name_becomes_its_slot_and_nothing_else_is_touched(small_race, packet_format: int):
    race = small_race(packet_format)
    packet = race.participants(names=NAMES)
    layout = LAYOUTS[packet_format, PacketId.PARTICIPANTS]
    before, after = open_packet(packet, layout), open_packet(anonymised(packet), layout)
    assert after["cars"]["name"][:6].tolist() == [b"Driver 0", b"Driver 1", b"Driver 2", b"Driver 3", b"Driver 4", b""]
    for field in before["cars"].dtype.names:
        if field != "name":
            assert np.array_equal(before["cars"][field], after["cars"][field]), field
    assert before["header"] == after["header"]


@pytest.mark.parametrize("packet_format", FORMATS)
def test_a_lobby_is_as_nameless_as_a_race(small_race, packet_format: int):
    packet = small_race(packet_format).packet(PacketId.LOBBY, 1)
    packet["cars"]["name"][:3] = NAMES[:3]
    assert b"Sekret" not in anonymised(packet.tobytes())


def test_what_holds_no_names_stays_as_it_is_to_the_byte(small_race):
    race = small_race(2026)
    for packet in race.every_packet(1):
        if packet[6] not in NAMING:
            assert anonymised(packet) == packet


def test_a_long_name_leaves_nothing_behind_the_short_one(small_race):
    packet = small_race(2025).participants(names=[b"x" * 31] * 5)
    assert b"xx" not in anonymised(packet)


@pytest.mark.parametrize("spoil", [lambda p: p[:-1], lambda p: p[:20], lambda p: b"\x00\x00" + p[2:], lambda p: b""])
def test_what_might_hold_names_that_nobody_can_find_is_left_out(small_race, spoil):
    assert anonymised(spoil(small_race().participants(names=NAMES))) == b""


def test_packets_of_a_season_that_is_not_understood_are_left_out(packets_of_f1_22: list[bytes]):
    assert {anonymised(packet) for packet in packets_of_f1_22} == {b""}


def test_a_recording_is_copied_with_its_times_and_without_its_names(small_race, tmp_path: Path):
    race = small_race()
    with Recorder(tmp_path / "named.rotape", "f1", started_at=1_790_000_000.0, at=0.0) as recorder:
        for packet in [race.participants(names=NAMES), b"noise", *race.instant(1), *race.instant(2)]:
            recorder.write(packet, 2.5)
    named = Recording(tmp_path / "named.rotape")
    copied = write_anonymous(named, tmp_path / "nameless.rotape", "f1", anonymised)
    assert copied == (9, 1, None)
    nameless = Recording(tmp_path / "nameless.rotape")
    assert [heard.offset for heard in nameless] == [2.5] * 9
    assert (nameless.game, nameless.started_at, nameless.damage) == ("f1", 1_790_000_000.0, None)
    assert b"Sekret" in named.path.read_bytes()
    assert b"Sekret" not in nameless.path.read_bytes()


def test_a_real_race_makes_the_same_frames_but_for_the_names(melbourne: list[bytes]):
    plain, nameless = F1(), F1()
    names: set[str] = set()
    for number, packet in enumerate(melbourne):
        frame, other = plain.feed(packet, number / 340), nameless.feed(anonymised(packet), number / 340)
        assert (frame is None) == (other is None)
        if frame is not None and other is not None and number % 50 == 0:
            names |= set(other.cars.name)
            assert np.array_equal(frame.cars.lap_distance_m, other.cars.lap_distance_m, equal_nan=True)
    assert names <= {"", *(f"Driver {slot}" for slot in range(24))}
    assert len(names) > 20
    assert nameless.health.decoded == len(melbourne)
