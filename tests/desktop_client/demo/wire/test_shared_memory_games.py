"""Frames of which a game would know little, written as the games with shared memory write them."""

import dataclasses

import numpy as np
import pytest
import small_field

from desktop_client.demo.wire.ac import AcEncoder
from desktop_client.demo.wire.acc import AccEncoder
from desktop_client.demo.wire.lmu import LmuEncoder
from desktop_client.demo.wire.rf2 import Rf2Encoder
from desktop_client.telemetry.catalogue import GAMES
from desktop_client.telemetry.frame import Cars, Player, Session, Wheel
from desktop_client.telemetry.source import GameSettings

ENCODERS = {"ac": AcEncoder, "acc": AccEncoder, "lmu": LmuEncoder, "rf2": Rf2Encoder}
BARE = dataclasses.replace(
    small_field.frame(),
    session=Session(game="any", uid="any", track_name="Somewhere", track_id="Somewhere"),
    cars=Cars.of(np.arange(6, dtype=np.int32), name=("",) * 6),
    player=Player(0.0, 0.0, 0.0, 0.0, 0.0, 0, 0.0, wheels=(Wheel(), Wheel(), Wheel(), Wheel())),
)


@pytest.mark.parametrize("game", ENCODERS)
def test_what_a_frame_leaves_unsaid_is_not_made_up(game: str):
    source, encoder = GAMES[game].make(GameSettings()), ENCODERS[game]()
    back = [source.feed(packet, 0.0) for packet in encoder.encode(BARE)][-1]
    assert source.health.absurd == 0
    assert not source.health.refused
    assert back.player.speed_mps == 0
    for name in ("last_lap_s", "best_lap_s", "last_sector_s", "gap_ahead_s"):
        assert np.isnan(getattr(back.cars, name)).all(), name
    assert (back.cars.position == 0).all()


@pytest.mark.parametrize("game", ENCODERS)
def test_a_game_is_encoded_into_the_packets_that_its_own_inlets_would_give(game: str):
    source = GAMES[game].make(GameSettings())
    packets = ENCODERS[game]().encode(small_field.frame())
    tags = {inlet.tag for inlet in source.inlets}
    assert all(any(packet.startswith(tag) for tag in tags) for packet in packets)
    for packet in packets:
        source.feed(packet, 0.0)
    assert source.health.decoded == len(packets)
    assert source.health.frames >= 1


@pytest.mark.parametrize("game", ENCODERS)
def test_a_race_nobody_drives_in_can_be_encoded_too(game: str):
    watched = dataclasses.replace(small_field.frame(), player=None, player_row=None)
    source, encoder = GAMES[game].make(GameSettings()), ENCODERS[game]()
    for packet in encoder.encode(watched):
        source.feed(packet, 0.0)
    assert not source.health.refused
