"""Which objects in storage are spoken of."""

from __future__ import annotations

from collections.abc import Sequence

from chassis.database import Transaction


class PathStore:
    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def named(self, paths: Sequence[str]) -> frozenset[str]:
        """Those of these paths at which a raw lap or a map lies that somebody may ask for."""
        rows = await self._tx.rows(
            "SELECT path FROM unnest($1::text[]) AS path WHERE"
            " EXISTS (SELECT FROM uploads WHERE storage_path = path)"
            " OR EXISTS (SELECT FROM track_maps WHERE storage_path = path)"
            " OR EXISTS (SELECT FROM lines WHERE reference_path = path)",
            list(paths),
        )
        return frozenset(row["path"] for row in rows)
