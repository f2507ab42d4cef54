"""Forgetting a person who was erased."""

from __future__ import annotations

from chassis.database import Database, Transaction
from contracts.auth import UserDeleted
from services.tracks.objects import Objects
from services.tracks.store.acts import ActStore
from services.tracks.store.maps import MapStore
from services.tracks.store.readers import ReaderStore
from services.tracks.store.supporters import SupporterStore
from services.tracks.store.turns import take_turn
from services.tracks.store.uploads import UploadStore


class LapsCameMeanwhile(Exception):
    """The person sent more laps while the earlier ones were being deleted: delete again."""


class Forgetting:
    """Deletes a person's raw laps, and their name from what stays."""

    def __init__(self, database: Database, objects: Objects) -> None:
        self._database = database
        self._objects = objects

    async def work(self, erased: UserDeleted) -> set[str]:
        async with self._database.transaction() as tx:
            paths = await UploadStore(tx).raw_laps_of(erased.user_id)
        for path in sorted(paths):
            await self._objects.delete(path)
        return paths

    async def then(self, erased: UserDeleted, tx: Transaction, deleted: set[str]) -> None:
        await take_turn(tx)  # a verdict on a lap of theirs may be about to be written
        # First, for its lock: who counts maps or hears of a licence takes that one before the rows, too.
        lay_at = await UploadStore(tx).forget(erased.user_id)
        await MapStore(tx).forget(erased.user_id)
        await ReaderStore(tx).forget(erased.user_id)
        await SupporterStore(tx).forget(erased.user_id)
        await ActStore(tx).forget(erased.user_id)
        if not lay_at <= deleted:
            raise LapsCameMeanwhile
