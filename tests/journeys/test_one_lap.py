"""Register, verify by mail, sign in, activate, drive a lap, upload it; and another driver receives the map."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from cloud_stack import CloudStack
from waiting import eventually

from contracts.tracks import TrackMap
from desktop_client.cloud import Cloud
from desktop_client.demo.circuit import kestrel_park
from desktop_client.demo.frames import frames
from desktop_client.session import Stage
from desktop_client.settings import ClientSettings
from desktop_client.telemetry.frame import Frame
from desktop_client.vault import FileVault


class Driver:
    """A desktop client without its windows."""

    def __init__(self, stack: CloudStack, state: Path, email: str, password: str) -> None:
        self.maps: list[TrackMap] = []
        self.cloud = Cloud(
            ClientSettings(state=state, gateway=stack.gateway, ca=stack.ca, email=email, password=password),
            on_map=self.maps.append,
            vault=FileVault(state),
        )

    @property
    def is_licensed(self) -> bool:
        return self.cloud.state.session.stage is Stage.SIGNED_IN and self.cloud.state.licence.plan == "free"

    @property
    def is_live(self) -> bool:
        return self.cloud.state.is_live


@contextlib.asynccontextmanager
async def driving(stack: CloudStack, state: Path, name: str) -> AsyncIterator[Driver]:
    driver = Driver(stack, state, *await stack.new_driver(name))
    await driver.cloud.start()
    try:
        await eventually(lambda: driver.is_licensed and driver.is_live)
        yield driver
    finally:
        await driver.cloud.stop()


async def drive(driver: Driver, race: Iterator[Frame]) -> None:
    """Drive on until the first map comes; frames come faster than in a game, but the loop gets its turns."""
    for number, frame in enumerate(race):
        driver.cloud.on_frame(frame)
        if number % 20 == 0:
            await asyncio.sleep(0)
        if driver.maps:
            return
    await eventually(lambda: driver.maps)


@pytest.mark.timeout(300)
async def test_a_lap_becomes_a_map_that_another_driver_receives_without_a_restart(cloud: CloudStack, tmp_path: Path):
    async with (
        driving(cloud, tmp_path / "first", "first") as first,
        driving(cloud, tmp_path / "second", "second") as second,
    ):
        # The second driver is on the same circuit, in the pits, and has no map of it either.
        waiting = next(frames(seed=2, seconds=5))
        second.cloud.on_frame(waiting)
        await eventually(lambda: second.cloud.state.map.stage == "unknown")

        await drive(first, frames(seed=1, seconds=180))
        (mine,) = first.maps
        assert (mine.game, mine.track_id, mine.version) == ("f1", waiting.session.track_id, 1)
        assert mine.length_m == pytest.approx(kestrel_park().length_m, rel=0.02)
        assert mine.direction in ("cw", "ccw")

        (theirs,) = await eventually(lambda: second.maps)
        assert theirs == mine

    # Whoever comes later gets it with the first question.
    async with driving(cloud, tmp_path / "third", "third") as third:
        third.cloud.on_frame(waiting)
        assert (await eventually(lambda: third.maps))[0] == mine
