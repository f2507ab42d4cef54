"""What moderators did to layouts: written once, never changed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from chassis.database import Row, Transaction
from contracts.event import new_id
from contracts.layouts import ActName, LayoutAct

LAST_SHOWN: Final = 50
_WHAT = "SELECT id, at, layout_id, act, reason, moderator_id, detail::text AS detail FROM acts"


class ActStore:
    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def note(
        self, layout_id: UUID, act: ActName, detail: Mapping[str, str], *, reason: str, by: UUID, at: datetime
    ) -> None:
        await self._tx.run(
            "INSERT INTO acts (id, layout_id, moderator_id, act, reason, detail, at)"
            " VALUES ($1, $2, $3, $4, $5, $6::jsonb, $7)",
            new_id(),
            layout_id,
            by,
            act,
            reason,
            msgspec.json.encode(detail).decode(),
            at,
        )

    async def of(self, layout_id: UUID) -> tuple[LayoutAct, ...]:
        """The last that was done to a layout, the newest first."""
        rows = await self._tx.rows(f"{_WHAT} WHERE layout_id = $1 ORDER BY id DESC LIMIT $2", layout_id, LAST_SHOWN)
        return tuple(map(_act, rows))

    async def trail(self, before: UUID | None, limit: int) -> tuple[LayoutAct, ...]:
        """What was done to any layout, the newest first, from the one that came before `before`."""
        rows = await self._tx.rows(
            f"{_WHAT} WHERE $1::uuid IS NULL OR id < $1 ORDER BY id DESC LIMIT $2", before, limit
        )
        return tuple(map(_act, rows))

    async def forget(self, moderator: UUID) -> None:
        """That something was done stays, and why; by whom is forgotten."""
        await self._tx.run("UPDATE acts SET moderator_id = NULL WHERE moderator_id = $1", moderator)


def _act(row: Row) -> LayoutAct:
    detail = msgspec.json.decode(row["detail"], type=dict[str, str])
    return LayoutAct(row["id"], row["at"], row["layout_id"], row["act"], row["reason"], row["moderator_id"], detail)
