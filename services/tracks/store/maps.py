"""How published maps are remembered."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from chassis.database import Transaction
from contracts.event import new_id
from contracts.tracks import TrackPublished, TrackSummary, TrackUploaded, TrackVersion
from services.tracks.domain.document import Document


@dataclass(frozen=True, slots=True)
class PublishedMap:
    layout_id: UUID
    version: int
    etag: str
    storage_path: str


class MapStore:
    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def one_at_a_time(self, game: str, track_id: str) -> None:
        """Until this transaction ends, nobody else decides about that track."""
        await self._tx.run("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", f"{game}/{track_id}")

    async def find(self, game: str, track_id: str, version: int | None = None) -> PublishedMap | None:
        """A map in that version, or in its newest."""
        row = await self._tx.row(
            "SELECT layout_id, version, etag, storage_path FROM track_maps"
            " WHERE game = $1 AND track_id = $2 AND ($3::integer IS NULL OR version = $3)"
            " ORDER BY version DESC LIMIT 1",
            game,
            track_id,
            version,
        )
        return PublishedMap(**dict(row)) if row else None

    async def newest(
        self, game: str | None, track_id: str | None, after: tuple[str, str] | None, limit: int
    ) -> tuple[TrackSummary, ...]:
        """The newest version of each track, in the order of game and track, from the one that follows `after`."""
        rows = await self._tx.rows(
            "SELECT DISTINCT ON (game, track_id)"
            " game, track_id, layout_id, version, track_name, layout_name, length_m, created_at FROM track_maps"
            " WHERE ($1::text IS NULL OR game = $1) AND ($2::text IS NULL OR track_id = $2)"
            " AND ($3::text IS NULL OR (game, track_id) > ($3, $4::text))"
            " ORDER BY game, track_id, version DESC LIMIT $5",
            game,
            track_id,
            *(after or (None, None)),
            limit,
        )
        return tuple(TrackSummary(**dict(row)) for row in rows)

    async def versions(self, game: str, track_id: str) -> tuple[TrackVersion, ...]:
        """All versions of a map, newest first."""
        rows = await self._tx.rows(
            "SELECT version, created_at, etag, length_m FROM track_maps WHERE game = $1 AND track_id = $2"
            " ORDER BY version DESC",
            game,
            track_id,
        )
        return tuple(TrackVersion(**dict(row)) for row in rows)

    async def publish(self, uploaded: TrackUploaded, document: Document) -> PublishedMap:
        """Make a document that lies in storage the newest version of its track's map."""
        summary = document.summary
        await self._tx.run(
            "INSERT INTO layouts (id, created_at) VALUES ($1, $2) ON CONFLICT DO NOTHING",
            summary.layout_id,
            summary.created_at,
        )
        await self._tx.run(
            "INSERT INTO track_maps (id, layout_id, game, track_id, version, track_name, layout_name, length_m, etag,"
            " storage_path, document_bytes, uploaded_by, created_at)"
            " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
            new_id(),
            summary.layout_id,
            summary.game,
            summary.track_id,
            summary.version,
            summary.track_name,
            summary.layout_name,
            summary.length_m,
            document.etag,
            document.storage_path,
            len(document.compressed),
            uploaded.user_id,
            summary.created_at,
        )
        self._tx.record(
            TrackPublished(
                upload_id=uploaded.upload_id,
                layout_id=summary.layout_id,
                game=summary.game,
                track_id=summary.track_id,
                version=summary.version,
                etag=document.etag,
                uploaded_by=uploaded.user_id,
            )
        )
        return PublishedMap(summary.layout_id, summary.version, document.etag, document.storage_path)

    async def forget(self, user_id: UUID) -> None:
        """The maps stay; who drove them is forgotten."""
        await self._tx.run("UPDATE track_maps SET uploaded_by = NULL WHERE uploaded_by = $1", user_id)
