"""Objects in storage that nothing speaks of: an upload that was not finished, a document that no verdict named.

They do no harm but take room. What was put in the last hour may belong to a verdict that is being written.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from chassis.database import Database, Transaction
from services.tracks.objects import Listed, Objects
from services.tracks.store.paths import PathStore
from services.tracks.store.turns import take_turn

SETTLED_AFTER: Final = timedelta(hours=1)
FOLDERS: Final = ("raw/", "maps/")
_REMOVED_AT_ONCE: Final = 50


async def find(objects: Objects, database: Database, older_than: datetime) -> tuple[Listed, ...]:
    """What no row speaks of and was put before that moment.

    Raises:
        Unavailable: storage or database is away.
    """
    orphans: list[Listed] = []
    for folder in FOLDERS:
        async for page in objects.listed(folder):
            async with database.transaction() as tx:
                orphans += await _unnamed(tx, [found for found in page if found.put_at < older_than])
    return tuple(orphans)


async def remove(objects: Objects, database: Database, orphans: Sequence[Listed]) -> int:
    """Delete those that still nothing speaks of; returns how many. A map may be published again, word for word.

    Raises:
        Unavailable: storage or database is away; some of them may be deleted.
    """
    removed = 0
    for first in range(0, len(orphans), _REMOVED_AT_ONCE):
        async with database.transaction() as tx:
            await take_turn(tx)  # no document is laid down meanwhile: one of these may be just what a verdict brings
            unnamed = await _unnamed(tx, orphans[first : first + _REMOVED_AT_ONCE])
            for orphan in unnamed:
                await objects.delete(orphan.path)
        removed += len(unnamed)
    return removed


async def _unnamed(tx: Transaction, found: Sequence[Listed]) -> list[Listed]:
    named = await PathStore(tx).named([one.path for one in found])
    return [one for one in found if one.path not in named]
