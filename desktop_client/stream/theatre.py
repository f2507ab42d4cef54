"""The stages that are looked at: one for each profile and size, played only while somebody watches."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from PyQt6.QtCore import QSize

from desktop_client.overlay.profiles import Profile
from desktop_client.stream import wire
from desktop_client.stream.stage import Scene, Stage
from desktop_client.stream.viewer import Viewer

log = logging.getLogger(__name__)

HZ: Final = 20
MOST_STAGES: Final = 4
MOST_VIEWERS: Final = 16

Seat = tuple[str | None, int, int]  # the profile's name or None for the one that is worn, and the page's size


class SoldOut(Exception):
    """There are too many pages already; the message says of what kind."""


@dataclass(slots=True)
class _Play:
    profile: Profile
    stage: Stage
    viewers: set[Viewer] = field(default_factory=set)


class Theatre:
    """Lives in the Qt thread and on its loop."""

    def __init__(
        self,
        scene: Callable[[], Scene],
        profile: Callable[[str | None], Profile],
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """`profile` gives the one of a name, or the one that is worn for None and for a name that is gone."""
        self._scene, self._profile, self._now = scene, profile, now
        self._plays: dict[Seat, _Play] = {}
        self._playing: asyncio.Task[None] | None = None

    @property
    def viewers(self) -> int:
        return sum(len(play.viewers) for play in self._plays.values())

    def come(self, viewer: Viewer, seat: Seat) -> None:
        """Show to this viewer, too. Raises SoldOut."""
        if self.viewers >= MOST_VIEWERS:
            raise SoldOut("There are too many pages already.")
        if seat not in self._plays:
            if len(self._plays) >= MOST_STAGES:
                raise SoldOut("There are pages of too many sizes already.")
            profile = self._profile(seat[0])
            self._plays[seat] = _Play(profile, _stage(profile, seat))
        self._plays[seat].viewers.add(viewer)
        if self._playing is None:
            self._playing = asyncio.create_task(self._play_on())

    def go(self, viewer: Viewer) -> None:
        """Show no more to this viewer. With the last one of a stage goes the stage."""
        for seat, play in tuple(self._plays.items()):
            play.viewers.discard(viewer)
            if not play.viewers:
                play.stage.close()
                del self._plays[seat]
        if not self._plays and self._playing is not None:
            self._playing.cancel()
            self._playing = None

    def follow(self) -> None:
        """The settings have changed: set the stages whose profile is another one now."""
        for seat, play in self._plays.items():
            profile = self._profile(seat[0])
            if profile == play.profile:
                continue
            play.stage.close()
            play.profile, play.stage = profile, _stage(profile, seat)
            for viewer in play.viewers:
                viewer.needs_everything = True

    async def _play_on(self) -> None:
        while True:
            began = self._now()
            try:
                self._look(began)
            except Exception:  # the stream of one evening must not end with one frame
                log.exception("The stream's picture failed")
            await asyncio.sleep(max(0.0, began + 1 / HZ - self._now()))

    def _look(self, now: float) -> None:
        scene = self._scene()
        for (_, width, height), play in self._plays.items():
            changed = play.stage.look(scene, now)
            message = wire.parts(changed) if changed else None
            for viewer in play.viewers:
                if not viewer.needs_everything and message is not None:
                    viewer.offer(message)
                elif viewer.needs_everything and viewer.is_ready:
                    viewer.needs_everything = False
                    viewer.offer(wire.layout(QSize(width, height), play.stage.places))
                    viewer.offer(wire.parts(play.stage.everything()))


def _stage(profile: Profile, seat: Seat) -> Stage:
    return Stage(profile, QSize(seat[1], seat[2]), HZ)
