"""Laps for a running cloud, and what becomes of them: sent over HTTP, or driven in a whole client without windows."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import msgspec
import numpy as np
from msgspec import structs

from bench.capture import frames
from bench.driving import drive
from bench.paying_cloud import PayingCloud
from bench.roads import Road
from contracts.tracks import MAX_POINTS, MAX_POINTS_OF_OTHERS, TrackMap, Upload, UploadStatus
from desktop_client.cloud import Cloud
from desktop_client.map_state import MapStage
from desktop_client.settings import ClientSettings
from desktop_client.telemetry.frame import Frame
from desktop_client.vault import FileVault
from devstack import seed
from services.tracks.domain.lap import Places

GAME = "bench"
PATIENCE_S = 30.0
LOOK_AGAIN_S = 0.005
OTHERS_THAT_FIT = 54


def lap_of(road: Road, name: str, chance: np.random.Generator) -> Upload:
    """A lap of that road, as a client sends it: of one with too many points every second or third."""
    lap = drive(road, chance, start=0.0)
    every = math.ceil(len(lap.places) / MAX_POINTS)
    points = _rounded(lap.places[::every], 3)
    rate_hz, lap_time_s = lap.rate_hz / every, round(lap.lap_time_s, 3)
    return Upload(GAME, True, points, name, "right", rate_hz=rate_hz, lap_time_s=lap_time_s)


def nothing_of_a_lap(name: str) -> Upload:
    """What is refused at the first look: all that is left of a verdict is the way to it."""
    return Upload(GAME, True, ((0.0, 0.0),), name)


def largest_lap(road: Road, name: str, chance: np.random.Generator) -> Upload:
    """A lap with as many points of other cars as fit into a body."""
    others: list[tuple[tuple[float, ...], ...]] = []
    for _ in range(OTHERS_THAT_FIT):
        way = drive(road, chance, apexing=float(chance.uniform(-1, 1)), start=0.0, rate_hz=10.0)
        others.append(_rounded(way.places[:MAX_POINTS_OF_OTHERS], 2))
    return structs.replace(lap_of(road, name, chance), other_cars=tuple(others))


def _rounded(places: Places, digits: int) -> tuple[tuple[float, ...], ...]:
    return tuple((round(each.real, digits), round(each.imag, digits)) for each in places.tolist())


@dataclass(frozen=True)
class Judged:
    """Milliseconds: until the lap was taken in, and from then until its verdict was to be had."""

    status: UploadStatus
    received_ms: float
    verdict_ms: float


async def judged(http: aiohttp.ClientSession, token: str, lap: Upload) -> Judged:
    """Send a lap, and ask for its verdict until there is one."""
    body = msgspec.json.encode(lap)
    headers = {"authorization": f"Bearer {token}"}
    begun = time.perf_counter()
    sending = {**headers, "content-type": "application/json"}
    async with http.post("/tracks/upload", data=body, headers=sending) as answer:
        if answer.status != 202:
            raise SystemExit(f"a lap was answered {answer.status}: {await answer.text()}")
        status = msgspec.json.decode(await answer.read(), type=UploadStatus)
    received = time.perf_counter()
    while status.status == "received":
        if time.perf_counter() - received > PATIENCE_S:
            raise SystemExit("a lap was not judged")
        await asyncio.sleep(LOOK_AGAIN_S)
        async with http.get(f"/tracks/uploads/{status.upload_id}", headers=headers) as answer:
            status = msgspec.json.decode(await answer.read(), type=UploadStatus)
    ends = time.perf_counter()
    return Judged(status, (received - begun) * 1000, (ends - received) * 1000)


class Driver:
    """A whole client, and when it was first given a map of the track that it drives on."""

    def __init__(self, cloud: PayingCloud, account: seed.Account, folder: Path) -> None:
        settings = ClientSettings(
            state=folder, gateway=cloud.gateway, ca=cloud.authority, email=account.email, password=account.password
        )
        self._shown_at: dict[str, float] = {}
        self.client = Cloud(settings, on_map=self._show, vault=FileVault(folder / "secrets"))

    async def start(self) -> None:
        """Returns when it listens."""
        await self.client.start()
        await _until(lambda: self.client.state.is_live and self.client.state.plan is not None)

    async def arrive(self, frame: Frame) -> None:
        """Be on a track that nobody has a map of."""
        self.client.on_frame(frame)
        await _until(lambda: self.client.state.map.stage is MapStage.UNKNOWN)

    async def shown_at(self, track_id: str) -> float:
        await _until(lambda: track_id in self._shown_at)
        return self._shown_at[track_id]

    def _show(self, track_map: TrackMap | None) -> None:
        if track_map is not None:
            self._shown_at.setdefault(track_map.track_id, time.perf_counter())


async def _until(question: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not question():  # noqa: ASYNC110 # the client tells of some of it and not of all
            await asyncio.sleep(0.001)


async def line_to_map(driver: Driver, others: Sequence[Driver], lap: int) -> tuple[float, float]:
    """Seconds from the frame in which the driver is over the line until they have the map, and all others have it."""
    track_id = f"lap{lap}"
    told = list(frames(1, seed=100 + lap, track_id=track_id))
    await asyncio.gather(*(each.arrive(told[0]) for each in (driver, *others)))
    last_lap = max(int(frame.cars.lap[0]) for frame in told)
    crossed = next(number for number, frame in enumerate(told) if frame.cars.lap[0] == last_lap)
    for number, frame in enumerate(told[1:crossed]):
        driver.client.on_frame(frame)
        if number % 60 == 0:
            await asyncio.sleep(0)
    over_the_line = time.perf_counter()
    for number, frame in enumerate(told[crossed:]):  # from here on as fast as a game tells it
        driver.client.on_frame(frame)
        await asyncio.sleep(max(0.0, over_the_line + number / 60 - time.perf_counter()))
    own = await driver.shown_at(track_id)
    all_others = [await each.shown_at(track_id) for each in others]
    return own - over_the_line, max(all_others) - over_the_line
