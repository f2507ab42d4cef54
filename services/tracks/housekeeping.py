"""What is done beside the requests: old lines find their place in the index, and what is over is forgotten.

A raw lap is kept for some days after its verdict, so that a driver's question about it can be answered. What it taught
its line is an entry in histograms then.
"""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Final

from chassis.database import Database
from chassis.observability import log
from chassis.rounds import Rounds
from contracts.event import now
from services.tracks.domain import document
from services.tracks.domain.descriptor import Descriptor, describe
from services.tracks.objects import ObjectMissing, Objects
from services.tracks.store.layouts import LayoutStore
from services.tracks.store.shapes import ShapeStore
from services.tracks.store.turns import take_turn
from services.tracks.store.uploads import UploadStore

SWEEP_EVERY: Final = timedelta(days=1)
CONTENDERS_KEPT: Final = timedelta(days=30)
AT_ONCE: Final = 100


class Housekeeping(Rounds):
    """Any replica does it, several do no harm."""

    def __init__(self, database: Database, objects: Objects, raw_laps_days: float) -> None:
        super().__init__("housekeeping", self._round)
        self._database = database
        self._objects = objects
        self._raw_laps_kept = timedelta(days=raw_laps_days)
        self._swept_at: datetime | None = None

    async def describe_lines(self) -> bool:
        """Read lines from before there was an index, for their shapes; False when none is left."""
        async with self._database.transaction() as tx:
            unread = await ShapeStore(tx).unread(limit=AT_ONCE)
        described = 0
        for line in unread:
            try:
                compressed = await self._objects.get(line.path)
            except ObjectMissing:
                log.error("map.lost", path=line.path)
                continue
            descriptor = await asyncio.to_thread(_described, compressed)
            async with self._database.transaction() as tx:
                await ShapeStore(tx).describe_line(line.layout_id, line.game, descriptor)
            described += 1
        return len(unread) == AT_ONCE and described > 0

    async def forget_raw_laps(self, moment: datetime) -> bool:
        """Delete raw laps whose verdicts are old by then; False when none is left."""
        async with self._database.transaction() as tx:
            judged = await UploadStore(tx).judged_before(moment - self._raw_laps_kept, AT_ONCE)
        for _, path in judged:
            await self._objects.delete(path)
        async with self._database.transaction() as tx:
            await UploadStore(tx).forget_raw_laps([upload_id for upload_id, _ in judged])
        return len(judged) == AT_ONCE

    async def forget_contenders(self, moment: datetime) -> bool:
        """Forget roads that contended for a name in vain until then; False when none is left."""
        async with self._database.transaction() as tx:
            await take_turn(tx)
            layouts = LayoutStore(tx)
            old = await layouts.contenders_from_before(moment - CONTENDERS_KEPT, AT_ONCE)
            for contender in old:
                await layouts.discard(contender)
        return len(old) == AT_ONCE

    async def _round(self) -> bool:
        if self._swept_at is not None and now() - self._swept_at < SWEEP_EVERY:
            return False
        moment = now()
        left = [
            await self.describe_lines(), await self.forget_raw_laps(moment), await self.forget_contenders(moment)
        ]  # fmt: skip
        if any(left):
            return True
        self._swept_at = moment
        return False


def _described(compressed: bytes) -> Descriptor:
    return describe(document.line_of(document.read(compressed)))
