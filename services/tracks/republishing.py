"""Publishing maps again that a moderator's act has changed, and telling everybody, in the transaction of that act."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from chassis.database import Transaction
from chassis.observability import log
from contracts.problem import Unavailable
from contracts.tracks import TrackMap, TrackWithdrawn
from services.tracks.domain import document
from services.tracks.domain.document import Document
from services.tracks.domain.moderation import following, status_in
from services.tracks.domain.verdict import given_name
from services.tracks.objects import ObjectMissing, Objects
from services.tracks.store.layouts import LayoutStore
from services.tracks.store.lines import LineStore
from services.tracks.store.maps import MapStore
from services.tracks.store.moves import MoveStore


class Republishing:
    """Storage is asked while others wait for their turn: acts are rare, and a map of before an act would undo it."""

    def __init__(self, tx: Transaction, objects: Objects, at: datetime) -> None:
        self._tx = tx
        self._objects = objects
        self._at = at
        self._layouts = LayoutStore(tx)
        self._lines = LineStore(tx)
        self._maps = MapStore(tx, objects.public_url)
        self._moves = MoveStore(tx)

    async def all_of(self, layout_id: UUID, **changes: Any) -> None:
        """Every line of a layout that something can be had of, as its next version."""
        for game in await self._lines.games_of(layout_id):
            await self.again(layout_id, game, **changes)

    async def again(self, layout_id: UUID, game: str, **changes: Any) -> None:
        """The newest map of a line as its next version, if there is one."""
        newest = await self._maps.newest_of(layout_id, game)
        if newest:
            await self.publish(layout_id, game, newest.storage_path, **changes)

    async def publish(self, layout_id: UUID, game: str, path: str, **changes: Any) -> None:
        """The map at that path as the next version of a line, under all its names.

        Raises:
            Unavailable: storage does not answer, or has lost it.
        """
        names = await self._layouts.names_in(layout_id, game)
        if not names:
            names = (given_name(layout_id),)
            await self._layouts.link(game, names[0], layout_id, self._at)
        if await self._lines.name_of(layout_id, game) not in names:  # a contender's is another layout's
            await self._lines.count_under(layout_id, game, names[0])
        made = await self.made(layout_id, game, await self.read(path), **changes)
        self._maps.announce(await self._maps.publish(made, None), game, names, None)

    async def made(self, layout_id: UUID, game: str, track_map: TrackMap, **changes: Any) -> Document:
        """A map as the next version of a line; its document lies in storage then."""
        track_id = await self._lines.name_of(layout_id, game) or track_map.track_id
        state = await self._moves.state_of(layout_id)
        assert state
        track_map = following(
            track_map,
            await self._maps.last_version(layout_id, game, track_id),
            self._at,
            layout_id=layout_id,
            track_id=track_id,
            status=status_in(state),
            links=await self._layouts.links_of(layout_id),
            **changes,
        )
        made = await asyncio.to_thread(document.write, track_map)
        await self._objects.put(made.storage_path, made.compressed)
        return made

    async def read(self, path: str) -> TrackMap:
        try:
            compressed = await self._objects.get(path)
        except ObjectMissing:
            log.error("map.lost", path=path)
            raise Unavailable("The map cannot be read just now.", retry_after=30) from None
        return await asyncio.to_thread(document.read, compressed)

    async def tell(self, layout_id: UUID, names: Iterable[tuple[str, str]]) -> None:
        """Let everybody know what those names, each with its game, stand for now."""
        for game, track_id in names:
            newest = await self._maps.newest_of(layout_id, game)
            if newest:
                self._maps.announce(newest, game, (track_id,), None)
            else:
                self.end(layout_id, ((game, track_id),))

    def end(self, layout_id: UUID, names: Iterable[tuple[str, str]]) -> None:
        """Let everybody know that there is no map under those names any more."""
        for game, track_id in names:
            self._tx.record(TrackWithdrawn(layout_id=layout_id, game=game, track_id=track_id))

    async def go_on_without(self, layout_id: UUID, game: str, track_id: str) -> None:
        """A layout has lost a name: its map can still be had, under another one that it has or is given."""
        if await self._lines.name_of(layout_id, game) is None:
            return
        names = await self._layouts.names_in(layout_id, game)
        if not names:
            names = (given_name(layout_id),)
            await self._layouts.link(game, names[0], layout_id, self._at)
            await self.tell(layout_id, ((game, names[0]),))
        if await self._lines.name_of(layout_id, game) == track_id:
            await self._lines.count_under(layout_id, game, names[0])
