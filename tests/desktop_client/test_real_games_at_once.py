"""The real catalogue at once: F1 over UDP, Le Mans Ultimate in a block of memory, recorded and shown again."""

import socket
from pathlib import Path

import pytest
import small_field
from waiting import eventually

from desktop_client.demo.broadcast import Broadcast
from desktop_client.demo.race import Race
from desktop_client.demo.wire.lmu import LmuEncoder
from desktop_client.listening import Listening
from desktop_client.race.dash import dash
from desktop_client.race.lifecycle import Race as Remembered
from desktop_client.telemetry import shared_memory
from desktop_client.telemetry.catalogue import GAMES
from desktop_client.telemetry.frame import Frame
from desktop_client.telemetry.games.lmu import Lmu
from desktop_client.telemetry.live_recording import LiveRecording
from desktop_client.telemetry.player import play
from desktop_client.telemetry.replay import Recording
from desktop_client.telemetry.source import GameSettings
from desktop_client.telemetry.udp import LOOPBACK


async def test_a_driver_goes_from_one_game_to_another_and_sees_each(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(shared_memory, "LOOK_FOR_IT_EVERY_S", 0.02)
    now, frames = 1000.0, list[Frame]()
    everywhere_here = dict.fromkeys(GAMES, GameSettings(host=LOOPBACK))
    listening = Listening(everywhere_here, frames.append, any_port=True, memory_folder=tmp_path, clock=lambda: now)
    await listening.start()
    assert listening.problems == ()

    broadcast = Broadcast(Race(1, 10), packet_format=2025)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as f1:
        for _ in range(5):
            for packet in broadcast.tick():
                f1.sendto(packet, (LOOPBACK, listening.port_of("f1")))
    await eventually(lambda: len(frames) >= 4)
    assert {frame.session.game for frame in frames} == {"f1"}

    now += 10
    lmu, encoder = tmp_path / "LMU_Data", LmuEncoder()
    lmu.write_bytes(encoder.blocks(small_field.frame(60.0))["LMU_Data"])
    await eventually(lambda: listening.stations["lmu"].blocks[0].is_there)
    with lmu.open("r+b", buffering=0) as block:
        for step in range(1, 200):
            now += 0.02
            block.seek(0)
            block.write(encoder.blocks(small_field.frame(60 + step / 50))["LMU_Data"])
            decoded = listening.stations["lmu"].source.health.decoded
            await eventually(lambda decoded=decoded: listening.stations["lmu"].source.health.decoded > decoded)
            if frames[-1].session.game == "lmu":
                break
    assert frames[-1].session.game == "lmu"
    race = Remembered()
    race.take(frames[-1])
    assert dash(frames[-1], race).position == 3
    assert next(iter(listening.seen())).title == "Le Mans Ultimate"
    listening.stop()


async def test_what_a_game_in_memory_said_is_recorded_and_makes_the_same_frames_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(shared_memory, "LOOK_FOR_IT_EVERY_S", 0.02)
    recording, frames = LiveRecording(tmp_path / "race.rotape"), list[Frame]()

    def hear(frame: Frame) -> None:
        frames.append(frame)
        assert recording.speaks(frame.session.game) is None

    listening = Listening({"lmu": GameSettings()}, hear, overhear=recording.overhear, memory_folder=tmp_path)
    await listening.start()
    lmu, encoder = tmp_path / "LMU_Data", LmuEncoder()
    lmu.write_bytes(encoder.blocks(small_field.frame(60.0))["LMU_Data"])
    with lmu.open("r+b", buffering=0) as block:
        for step in range(1, 20):
            block.seek(0)
            block.write(encoder.blocks(small_field.frame(60 + step / 50))["LMU_Data"])
            decoded = listening.stations["lmu"].source.health.decoded
            await eventually(lambda decoded=decoded: listening.stations["lmu"].source.health.decoded > decoded)
    listening.stop()
    assert (
        recording.close() == f"Recorded {listening.stations['lmu'].source.health.decoded} packets to {recording.path}."
    )

    again, source = list[Frame](), Lmu()
    tape = Recording(recording.path)
    await play(tape, lambda packet, at: again.append(frame) if (frame := source.feed(packet, at)) else None, speed=None)
    assert (tape.game, tape.damage) == ("lmu", None)
    assert len(again) == len(frames) > 5
    assert [frame.session_time_s for frame in again] == [frame.session_time_s for frame in frames]
    assert again[-1].cars.name == frames[-1].cars.name
