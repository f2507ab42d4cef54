"""Layouts as moderators see them: all that is known of each, the newest first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from chassis.database import Row, Transaction
from contracts.layouts import Layout, LayoutLine, LayoutState
from contracts.tracks import LayoutLink, LayoutReference


class Roster:
    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def page(
        self, state: LayoutState | None, game: str | None, text: str | None, after: UUID | None, limit: int
    ) -> tuple[Layout, ...]:
        """Layouts in that state, that this game has, and that are called something with `text` in it."""
        rows = await self._tx.rows(
            "SELECT id FROM layouts WHERE ($1::text IS NULL OR state = $1)"
            " AND ($2::text IS NULL OR EXISTS (SELECT FROM lines WHERE layout_id = layouts.id AND game = $2))"
            " AND ($3::text IS NULL OR position(lower($3) IN lower(concat_ws(' ', venue, layout_name))) > 0"
            "  OR EXISTS (SELECT FROM names WHERE layout_id = layouts.id"
            "   AND position(lower($3) IN lower(track_id)) > 0)"
            "  OR EXISTS (SELECT FROM track_maps WHERE layout_id = layouts.id"
            "   AND position(lower($3) IN lower(concat_ws(' ', track_id, track_name, layout_name))) > 0))"
            " AND ($4::uuid IS NULL OR (created_at, id) < (SELECT created_at, id FROM layouts WHERE id = $4))"
            " ORDER BY created_at DESC, id DESC LIMIT $5",
            state,
            game,
            text,
            after,
            limit,
        )
        return await self._told([row["id"] for row in rows])

    async def find(self, layout_id: UUID) -> Layout | None:
        found = await self._told([layout_id])
        return found[0] if found else None

    async def _told(self, layouts: Sequence[UUID]) -> tuple[Layout, ...]:
        rows = await self._tx.rows(
            "SELECT id, state, created_at, pinned, venue, layout_name, merged_into,"
            " (SELECT count(DISTINCT supporter) FROM supporters WHERE layout_id = layouts.id) AS drivers"
            " FROM layouts WHERE id = ANY($1) ORDER BY created_at DESC, id DESC",
            layouts,
        )
        lines, links = await self._lines(layouts), await self._links(layouts)
        return tuple(_layout(row, tuple(lines[row["id"]]), tuple(links[row["id"]])) for row in rows)

    async def _lines(self, layouts: Sequence[UUID]) -> dict[UUID, list[LayoutLine]]:
        rows = await self._tx.rows(
            "SELECT lines.layout_id, lines.game, lines.track_id, lines.length_m, lines.laps,"
            " lines.facts ? 'corners' AS has_edited_corners, newest.version, newest.status,"
            " ARRAY(SELECT track_id FROM names WHERE layout_id = lines.layout_id AND game = lines.game"
            "  ORDER BY linked_at, track_id) AS names,"
            " (SELECT count(*) FROM supporters WHERE layout_id = lines.layout_id AND game = lines.game) AS drivers"
            " FROM lines LEFT JOIN LATERAL (SELECT version, status FROM track_maps WHERE layout_id = lines.layout_id"
            "  AND game = lines.game AND withdrawn_at IS NULL ORDER BY version DESC LIMIT 1) AS newest ON true"
            " WHERE lines.layout_id = ANY($1) ORDER BY lines.layout_id, lines.game",
            layouts,
        )
        lines: dict[UUID, list[LayoutLine]] = defaultdict(list)
        for row in rows:
            fields: dict[str, Any] = dict(row)
            fields["names"] = tuple(fields["names"])
            lines[fields.pop("layout_id")].append(LayoutLine(**fields))
        return lines

    async def _links(self, layouts: Sequence[UUID]) -> dict[UUID, list[LayoutLink]]:
        rows = await self._tx.rows(
            "SELECT layout_id, kind, other_id FROM layout_links WHERE layout_id = ANY($1) ORDER BY kind, other_id",
            layouts,
        )
        links: dict[UUID, list[LayoutLink]] = defaultdict(list)
        for row in rows:
            links[row["layout_id"]].append(LayoutLink(row["kind"], row["other_id"]))
        return links


def _layout(row: Row, lines: tuple[LayoutLine, ...], links: tuple[LayoutLink, ...]) -> Layout:
    contends = row["state"] == "contender" and lines
    return Layout(
        layout_id=row["id"],
        state=row["state"],
        created_at=row["created_at"],
        drivers=row["drivers"],
        lines=lines,
        is_pinned=row["pinned"],
        venue=row["venue"],
        layout_name=row["layout_name"],
        links=links,
        merged_into=row["merged_into"],
        contends_for=LayoutReference(lines[0].game, lines[0].track_id) if contends else None,
    )
