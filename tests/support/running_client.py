"""A whole client on the cloud's side, without windows, and laps for it to learn."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
from waiting import eventually

from contracts.tracks import TrackMap
from desktop_client.account import Account
from desktop_client.cloud import Cloud, CloudState
from desktop_client.map_state import MapStage
from desktop_client.race.recorded_lap import CapturedLap
from desktop_client.session import Stage
from desktop_client.settings import ClientSettings
from desktop_client.telemetry.frame import Capability, Frame
from desktop_client.vault import FileVault


class Client:
    """One running client and what it told the overlay."""

    def __init__(self, settings: ClientSettings) -> None:
        self.maps: list[TrackMap] = []
        self.shown: TrackMap | None = None
        self.judged = 0
        """Laps that the cloud has given a verdict on, or that could not be sent."""
        self._waiting = 0
        vault = FileVault(settings.state / "secrets")
        self.cloud = Cloud(settings, on_map=self._show, on_state=self._note, vault=vault, first_pause_s=0.02)

    @property
    def account(self) -> Account:
        assert self.cloud.account is not None
        return self.cloud.account

    @property
    def stage(self) -> Stage:
        return self.cloud.state.session.stage

    @property
    def map_stage(self) -> MapStage:
        return self.cloud.state.map.stage

    @property
    def verdict(self) -> str | None:
        return self.cloud.state.map.verdict

    def _show(self, track_map: TrackMap | None) -> None:
        self.shown = track_map
        if track_map is not None:
            self.maps.append(track_map)

    def _note(self, state: CloudState) -> None:
        self.judged += max(0, self._waiting - state.map.waiting)
        self._waiting = state.map.waiting

    async def is_live(self) -> None:
        await eventually(lambda: self.cloud.state.is_live)


def a_lap(track_id: str | None = "26", game: str = "f1") -> CapturedLap:
    angle = np.linspace(0, 2 * math.pi, 200)
    points = np.stack((200 * np.cos(angle), 200 * np.sin(angle), np.full(200, np.nan)), axis=1)
    return CapturedLap(game, track_id, "Round", points, np.zeros(200, dtype=np.int32), 60.0, 61.5)


def a_driven_lap(frame_at: Callable[..., Frame], track_id: str = "26") -> Iterator[Frame]:
    """Frames of the made-up race until its driver has finished a whole lap; it starts shortly before the line."""
    own = 6
    for step in range(60 * 96):
        at = 97.0 + step / 60
        frame = frame_at(at, count=8, own=own, track_id=track_id, capabilities=frozenset(Capability))
        last_lap = np.full(8, np.nan)
        yield replace(frame, cars=replace(frame.cars, last_lap_s=last_lap))
