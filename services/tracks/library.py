"""The published maps, as they are asked for."""

from __future__ import annotations

import gzip
from dataclasses import replace

from chassis.database import Database
from chassis.observability import log
from contracts.event import now
from contracts.identity import Identity, Role
from contracts.problem import Unauthenticated, Unavailable
from contracts.tracks import MapAllowance, TrackList, TrackVersions
from services.tracks.domain.formats import Name
from services.tracks.domain.uploads import TrackUnknown
from services.tracks.objects import ObjectMissing, Objects
from services.tracks.renditions import Renditions
from services.tracks.store.maps import MapStore, PublishedMap
from services.tracks.store.readers import ReaderStore
from services.tracks.store.uploads import UploadStore


class Library:
    def __init__(self, database: Database, objects: Objects) -> None:
        self._database = database
        self._objects = objects
        self._renditions = Renditions(objects)

    async def tracks(
        self, game: str | None, track_id: str | None, after: tuple[str, str] | None, limit: int
    ) -> TrackList:
        async with self._database.transaction() as tx:
            return TrackList(await MapStore(tx).newest(game, track_id, after, limit))

    async def versions(self, game: str, track_id: str) -> TrackVersions:
        """
        Raises:
            TrackUnknown: there is no map of it.
        """
        async with self._database.transaction() as tx:
            versions = await MapStore(tx, self._objects.public_url).versions(game, track_id)
        if not versions:
            raise TrackUnknown
        return TrackVersions(game, track_id, versions)

    async def find(self, game: str, track_id: str, version: int | None) -> PublishedMap:
        """
        Raises:
            TrackUnknown: there is no map of it, or not in that version.
        """
        async with self._database.transaction() as tx:
            found = await MapStore(tx).find(game, track_id, version)
        if found is None:
            raise TrackUnknown
        return found

    async def take(self, identity: Identity, game: str, track_id: str) -> MapAllowance:
        """Count a map that an account is about to be given, unless that is none of those that are counted.

        Raises:
            MapAllowanceUsedUp: it may not have it before tomorrow.
            Unauthenticated: this driver was erased, although their token still lives.
        """
        async with self._database.transaction() as tx:
            readers, at = ReaderStore(tx), now()
            if await UploadStore(tx).is_forgotten(identity.user_id):
                raise Unauthenticated
            reader = await readers.find(identity.user_id)
            if identity.may(Role.MODERATOR):  # who keeps the maps in order looks at many
                reader = replace(reader, is_unlimited=True)
            if not await readers.has_sent_a_lap(identity.user_id, game, track_id):
                reader = reader.take(f"{game}/{track_id}", at)
                await readers.keep(identity.user_id, reader)
            return reader.allowance(at)

    async def document(self, found: PublishedMap, name: Name, *, compressed: bool) -> bytes:
        """The map in that format, under gzip if asked so: that is how it lies in storage.

        Raises:
            Unavailable: storage does not answer, or has lost it.
        """
        try:
            written = await self._renditions.of(found, name)
        except ObjectMissing:
            log.error("map.lost", path=found.storage_path)
            raise Unavailable("The map cannot be read just now.", retry_after=30) from None
        return written if compressed else gzip.decompress(written)
