"""The whole way: a game that answers over UDP and files that stand for its memory, heard as the client hears them."""

import asyncio
from pathlib import Path

import pytest
import small_field
from waiting import eventually

from desktop_client.demo.wire.ac import AcEncoder
from desktop_client.demo.wire.acc import AccEncoder, BroadcastingGame, messages_of
from desktop_client.demo.wire.lmu import LmuEncoder
from desktop_client.demo.wire.rf2 import Rf2Encoder
from desktop_client.listening import Listening
from desktop_client.telemetry.frame import Capability, Frame
from desktop_client.telemetry.source import GameSettings


class Game(asyncio.DatagramProtocol):
    """Competizione's side of the conversation on a real port: an answer, and a round of updates, to each question."""

    def __init__(self, password: str) -> None:
        self._game = BroadcastingGame(password)

    def connection_made(self, transport) -> None:
        self._transport = transport

    def datagram_received(self, data: bytes, addr) -> None:
        frame = small_field.frame()
        for message in (*self._game.answer(data, frame), *messages_of(frame)):
            self._transport.sendto(message, addr)


def write(folder: Path, encoder, second: float) -> None:
    for name, block in encoder.blocks(small_field.frame(second)).items():
        path = folder / name.rpartition("\\")[2]
        with path.open("r+b" if path.exists() else "wb") as file:
            file.write(block)


async def test_competizione_is_heard_by_memory_and_by_broadcasting(tmp_path: Path):
    loop, frames = asyncio.get_running_loop(), []
    transport, _ = await loop.create_datagram_endpoint(lambda: Game("asd"), ("127.0.0.1", 0))
    port = transport.get_extra_info("sockname")[1]
    encoder = AccEncoder()
    write(tmp_path, encoder, 60.0)
    heard = Listening({"acc": GameSettings(port=port, password="asd")}, frames.append, memory_folder=tmp_path)
    await heard.start()

    def last() -> Frame | None:
        write(tmp_path, encoder, 60.0)
        return frames[-1] if frames and all(frames[-1].cars.name) else None

    frame = await eventually(last)
    heard.stop()
    transport.close()
    assert frame.cars.name == small_field.frame().cars.name
    assert frame.player.gear == 4
    assert Capability.OPPONENTS in frame.capabilities


@pytest.mark.parametrize(
    ("game", "encoder"), [("ac", AcEncoder()), ("rf2", Rf2Encoder()), ("lmu", LmuEncoder()), ("acc", AccEncoder())]
)
async def test_every_game_with_shared_memory_is_heard_from_it(tmp_path: Path, game: str, encoder):
    frames = []
    write(tmp_path, encoder, 60.0)
    heard = Listening({game: GameSettings()}, frames.append, memory_folder=tmp_path)
    await heard.start()

    def last() -> Frame | None:
        write(tmp_path, encoder, 60.0 + len(frames) / 10)
        return frames[-1] if len(frames) >= 3 else None

    frame = await eventually(last)
    heard.stop()
    assert (frame.session.game, frame.player.gear) == (game, 4)
    assert frame.cars.name[frame.player_row] == "Zoë Driver 2"


async def test_the_two_assetto_corsas_are_not_mistaken_for_each_other(tmp_path: Path):
    """They use the same names for their memory."""
    frames, encoder = [], AccEncoder()
    write(tmp_path, encoder, 60.0)
    heard = Listening({"ac": GameSettings(), "acc": GameSettings()}, frames.append, memory_folder=tmp_path)
    await heard.start()

    def last() -> Frame | None:
        write(tmp_path, encoder, 60.0 + len(frames) / 10)
        return frames[-1] if len(frames) >= 3 else None

    await eventually(last)
    heard.stop()
    assert {frame.session.game for frame in frames} == {"acc"}
    assert heard.stations["ac"].source.health.refused["another_game"] > 0
