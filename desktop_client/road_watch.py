"""Which map is asked for in a game that does not name its tracks: the one whose road is driven."""

from __future__ import annotations

import asyncio

from desktop_client.map_shelf import MapShelf
from desktop_client.race.known_road import KnownRoad


class RoadWatch:
    """Knows the roads of the shelf, once `look` has read them; `take` costs microseconds."""

    def __init__(self, shelf: MapShelf) -> None:
        self._shelf = shelf
        self._road: KnownRoad | None = None
        self._said: str | None = None
        self._sessions = 0

    @property
    def name(self) -> str | None:
        """The name of the map whose road is driven, as far as that is clear."""
        return None if self._road is None else self._road.name

    @property
    def is_looking(self) -> bool:
        return self._road is not None

    def forget(self) -> None:
        """Another session, and perhaps another track."""
        self._road = self._said = None
        self._sessions += 1

    async def look(self, game: str, on: str | None = None) -> None:
        """Read the roads of that game; `on` is the one that is known to be driven now."""
        session = self._sessions
        roads = await asyncio.to_thread(self._shelf.roads, game)
        if session != self._sessions:
            return  # another one has begun meanwhile
        self._road = KnownRoad(roads, on)
        self._said = self._road.name

    def take(self, x: float, y: float) -> bool:
        """The car is here now; whether that has changed `name`."""
        if self._road is None:
            return False
        self._road.take(x, y)
        if self._road.name == self._said:
            return False
        self._said = self._road.name
        return True
