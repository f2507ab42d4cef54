"""A moderator's act: one transaction, in its turn, with a reason that is kept."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chassis.database import Database, Transaction
from contracts.event import now
from contracts.layouts import ActName, LayoutHistory, LayoutState
from contracts.problem import Unauthenticated
from services.tracks.domain.moderation import LayoutUnknown
from services.tracks.objects import Objects
from services.tracks.republishing import Republishing
from services.tracks.store.acts import ActStore
from services.tracks.store.moves import MoveStore
from services.tracks.store.roster import Roster
from services.tracks.store.turns import take_turn
from services.tracks.store.uploads import UploadStore


@dataclass(frozen=True, slots=True)
class Act:
    """An act under way: nobody else decides about layouts before it is done or undone."""

    tx: Transaction
    state: LayoutState
    moves: MoveStore
    maps: Republishing
    reason: str
    by: UUID
    at: datetime

    async def note(self, layout_id: UUID, act: ActName, detail: Mapping[str, str] | None = None) -> None:
        await ActStore(self.tx).note(layout_id, act, detail or {}, reason=self.reason, by=self.by, at=self.at)


@contextlib.asynccontextmanager
async def acting(database: Database, objects: Objects, layout_id: UUID, reason: str, by: UUID) -> AsyncIterator[Act]:
    """
    Raises:
        LayoutUnknown
        Unauthenticated: this moderator was erased, although the token still lives.
    """
    async with database.transaction() as tx:
        await take_turn(tx)
        if await UploadStore(tx).is_forgotten(by):
            raise Unauthenticated
        moves, at = MoveStore(tx), now()
        state = await moves.state_of(layout_id)
        if state is None:
            raise LayoutUnknown
        yield Act(tx, state, moves, Republishing(tx, objects, at), reason, by, at)


async def history(tx: Transaction, layout_id: UUID) -> LayoutHistory:
    """
    Raises:
        LayoutUnknown
    """
    layout = await Roster(tx).find(layout_id)
    if layout is None:
        raise LayoutUnknown
    return LayoutHistory(layout, await ActStore(tx).of(layout_id))
