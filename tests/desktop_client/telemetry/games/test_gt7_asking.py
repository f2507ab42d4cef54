"""Nothing comes from a console unasked: which letter is sent when, and what comes of it."""

import socket

import pytest
from gt7_console import Console

from desktop_client.demo.wire.gt7 import encode
from desktop_client.telemetry.games.gt7 import ANSWER_WITHIN_S, GranTurismo7
from desktop_client.telemetry.games.gt7_wire import BY_SIZE
from desktop_client.telemetry.source import GameSettings, UdpInlet


def letters(source: GranTurismo7, begin: float, end: float, step: float = 0.25) -> list[bytes]:
    """Everything that is said between two times, asked for four times a second."""
    asked = [source.due(begin + index * step) for index in range(round((end - begin) / step))]
    return [message for messages in asked for message in messages]


@pytest.fixture
def packet(frame_at) -> bytes:
    return encode(frame_at(100.0))[0]


@pytest.fixture
def source() -> GranTurismo7:
    return GranTurismo7(GameSettings(host="192.0.2.7"))


def test_the_console_of_the_settings_is_asked(source):
    assert source.inlets == (UdpInlet(33740, peer=("192.0.2.7", 33739)),)
    assert GranTurismo7(GameSettings(host="192.0.2.7", port=4000)).inlets[0].peer == ("192.0.2.7", 4000)


def test_without_a_console_nobody_is_asked_and_what_comes_is_read_all_the_same(packet):
    source = GranTurismo7()
    assert source.inlets == (UdpInlet(33740),)
    assert letters(source, 0.0, 60.0) == []
    assert source.feed(packet, 0.0) is not None


def test_the_richest_format_is_asked_for_at_once(source):
    assert source.due(1000.0) == (b"C",)


def test_a_silent_console_is_asked_for_one_format_after_the_other(source):
    assert letters(source, 0.0, 5 * ANSWER_WITHIN_S) == [b"C", b"~", b"B", b"A", b"C"]


def test_a_console_that_answers_is_asked_for_the_same_again_and_again(source, frame_at):
    heard = []
    for tick in range(80):
        at = tick * 0.25
        heard += source.due(at)
        source.feed(encode(frame_at(100 + at), BY_SIZE[368])[0], at)
    assert heard == [b"C"] * 7


def test_a_format_that_was_answered_is_kept_until_the_console_falls_silent(source, frame_at):
    assert letters(source, 0.0, 4.0) == [b"C", b"~"]
    source.feed(encode(frame_at(100), BY_SIZE[344])[0], 4.0)
    assert letters(source, 4.0, 4.0 + ANSWER_WITHIN_S - 0.25) == [b"~"]
    assert letters(source, 10.0, 10.5) == [b"B"]


def test_a_console_on_the_network_that_does_not_know_c_is_heard_in_the_next_format(frame_at):
    packets = [encode(frame_at(100 + index / 60), BY_SIZE[344])[0] for index in range(20)]
    console = Console({b"~": packets})
    host, port = console.address
    source = GranTurismo7(GameSettings(host=host, port=port))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ours:
        ours.settimeout(10)
        ours.bind((host, 0))
        asked = []
        for tick in range(4 * 12):
            for message in source.due(tick / 4):
                ours.sendto(message, source.inlets[0].peer)
                asked.append(console.hear())
                if asked[-1] == b"~":
                    source.feed(ours.recv(4096), tick / 4)
    console.close()
    assert asked == [b"C", b"~", b"~", b"~"]
    assert (source.health.decoded, source.health.refused) == (3, {})
    assert source.health.format == "GT7 ~"
