"""Whole clients at a running cloud, and the games they are driven in: each lap goes the way of its game's bytes."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from cloud_stack import CloudStack
from driven_session import driven_session
from running_client import Client
from waiting import eventually

from bench.driving import Pose
from bench.roads import Road
from desktop_client.demo.wire import ENCODERS
from desktop_client.map_state import MapStage
from desktop_client.race.track_name import slug
from desktop_client.session import Stage
from desktop_client.settings import ClientSettings
from desktop_client.telemetry.catalogue import GAMES
from desktop_client.telemetry.frame import Frame
from desktop_client.telemetry.source import GameSettings

RATE_HZ = 12.0


@dataclass(frozen=True)
class Circuit:
    """How a game has a road: under a name of its own, in a plane of its own."""

    game: str
    name: str
    pose: Pose
    road: Road

    @property
    def track(self) -> tuple[str, str]:
        """The name that its map is asked for by."""
        known_as = slug(self.name)
        assert known_as is not None
        return self.game, known_as

    @property
    def own_road(self) -> Road:
        """The road as this game has it."""
        pose = self.pose
        centre = pose.scale * np.exp(1j * pose.turn) * self.road.centre + pose.move
        return replace(self.road.scaled(pose.scale), centre=centre)

    def session(self, seed: int, *, apexing: float = 0.8, others: tuple[float, ...] = ()) -> Iterator[Frame]:
        """What the game's adapter makes of the bytes of a session in which that driver drives."""
        said: dict[str, Any] = {
            "game": self.game,
            "track_id": self.name,
            "track_name": self.name,
            "uid": f"{self.name} {seed}",
        }
        driven = driven_session(
            self.own_road, rate_hz=RATE_HZ, laps=1.1, seed=seed, apexing=apexing, others=others, **said
        )
        return through(self.game, driven)


def through(game: str, frames: Iterable[Frame]) -> Iterator[Frame]:
    """What the game's adapter makes of these frames, told in the game's bytes."""
    source, encode = GAMES[game].make(GameSettings()), ENCODERS[game]()
    for frame in frames:
        assert frame.player is not None
        at_speed = replace(frame, player=replace(frame.player, speed_mps=float(frame.cars.speed_mps[0])))
        made = None
        for packet in encode(at_speed):
            made = source.feed(packet, frame.at) or made
        if made is not None:
            yield made


@contextlib.asynccontextmanager
async def driving(stack: CloudStack, folder: Path, *names: str) -> AsyncIterator[list[Client]]:
    """A new account each, signed in and licensed, that hears events as they happen."""
    accounts = await stack.new_drivers(*names)
    shared = {"gateway": stack.gateway, "ca": stack.ca}
    clients = [
        Client(ClientSettings(state=folder / name, email=email, password=password, **shared))
        for name, (email, password) in zip(names, accounts, strict=True)
    ]
    try:
        for client in clients:
            await client.cloud.start()
        for client in clients:
            await eventually(lambda client=client: client.stage is Stage.SIGNED_IN and client.cloud.state.plan)
            await client.is_live()
        yield clients
    finally:
        await asyncio.gather(*(client.cloud.stop() for client in clients))


async def arrives(client: Client, frames: Iterator[Frame]) -> None:
    """Be on a track, and know how it stands with its map."""
    known = (MapStage.KNOWN, MapStage.UNKNOWN, MapStage.UNNAMED)
    for frame in frames:
        client.cloud.on_frame(frame)
        if client.cloud.state.map.game == frame.session.game and client.map_stage is not MapStage.NO_TRACK:
            break
    await eventually(lambda: client.map_stage in known)


async def drive(client: Client, frames: Iterator[Frame]) -> str:
    """Drive until a lap is taken, and wait for what the cloud says of it."""
    judged = client.judged
    await arrives(client, frames)
    for number, frame in enumerate(frames):
        client.cloud.on_frame(frame)
        if number % 20 == 0:
            await asyncio.sleep(0)
    await eventually(lambda: client.judged > judged)
    assert client.verdict is not None
    return client.verdict
