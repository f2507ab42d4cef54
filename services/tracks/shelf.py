"""The lines of maps, as they are compared with laps: read once, and kept while there is room for them."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from dataclasses import dataclass

from services.tracks.domain import document
from services.tracks.domain.canonical import Loop
from services.tracks.objects import Objects

MAX_POINTS_KEPT = 400_000  # 16 MB; of a 5 km circuit a line has 1,700


@dataclass(frozen=True, slots=True, eq=False)
class Shelved:
    """A line in a right-handed plane, as far as it is known which plane its game has."""

    loop: Loop
    handedness_is_known: bool


class Shelf:
    """Documents never change under their path, so that what was read of them stays true."""

    def __init__(self, objects: Objects, max_points: int = MAX_POINTS_KEPT) -> None:
        self._objects = objects
        self._max_points = max_points
        self._kept: OrderedDict[str, Shelved] = OrderedDict()
        self._points = 0

    async def line_at(self, path: str) -> Shelved:
        """The line of the map at that path.

        Raises:
            ObjectMissing: storage has lost it.
            Unavailable: storage does not answer.
        """
        if path in self._kept:
            self._kept.move_to_end(path)
            return self._kept[path]
        compressed = await self._objects.get(path)
        shelved = await asyncio.to_thread(_shelved, compressed)
        if path not in self._kept:
            self._keep(path, shelved)
        return shelved

    def _keep(self, path: str, shelved: Shelved) -> None:
        self._kept[path] = shelved
        self._points += len(shelved.loop.xy)
        while self._points > self._max_points:
            _, oldest = self._kept.popitem(last=False)
            self._points -= len(oldest.loop.xy)


def _shelved(compressed: bytes) -> Shelved:
    track_map = document.read(compressed)
    return Shelved(document.line_of(track_map), track_map.frame.handedness != "unknown")
