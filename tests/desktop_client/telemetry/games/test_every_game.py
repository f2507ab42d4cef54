"""What holds for every game that is in the catalogue."""

import random

import pytest

from bench.mutations import assault, packets_of
from desktop_client.demo.wire import ENCODERS
from desktop_client.overlay.widget import Notice
from desktop_client.overlay.widgets import WIDGETS
from desktop_client.race.lifecycle import Race
from desktop_client.telemetry.catalogue import GAMES
from desktop_client.telemetry.source import GameSettings, MemoryInlet, UdpInlet

MUTATED = 12_000  # a game; `python -m bench.mutations` takes a million


@pytest.fixture(params=GAMES, ids=list(GAMES))
def game(request) -> str:
    return request.param


def frames_of(game: str):
    source = GAMES[game].make(GameSettings())
    made = [source.feed(packet, number / 300) for number, packet in enumerate(packets_of(game))]
    return source, [frame for frame in made if frame is not None]


def test_every_game_has_an_encoder_that_writes_its_format():
    assert set(ENCODERS) | {"f1"} == set(GAMES)


def test_a_broken_packet_never_raises_hangs_or_makes_nonsense(game):
    figures = assault(game, MUTATED, random.Random(7), Race().take)
    assert figures["frames"] > 50
    assert figures["refused"] > 1000


def test_whole_packets_are_all_understood(game):
    source, frames = frames_of(game)
    assert not source.health.refused
    assert len(frames) >= 50


def test_a_frame_promises_no_more_than_its_game(game):
    source, frames = frames_of(game)
    assert {frame.session.game for frame in frames} == {game}
    assert frames[-1].capabilities <= source.capabilities


def test_from_bytes_to_what_every_widget_shows(game):
    """The whole way for each widget: with what a game says it has a view, without it one sentence."""
    _, frames = frames_of(game)
    race = Race()
    for frame in frames:
        race.take(frame)
    for key, widget in WIDGETS.items():
        seen = widget(widget.settings_type()).look(frames[-1], race)
        if widget.needs - frames[-1].capabilities:
            assert isinstance(seen, Notice), key
            assert seen.sentence.startswith("This game does not send"), key
        else:
            assert seen is not None, key


def test_a_game_is_heard_somewhere(game):
    inlets = GAMES[game].make(GameSettings()).inlets
    assert inlets
    assert all(isinstance(inlet, UdpInlet | MemoryInlet) for inlet in inlets)
