"""How uploads and maps are remembered: every SQL statement of tracks, each a question in our words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import msgspec

from chassis.database import Row, Transaction
from contracts.event import new_id
from contracts.tracks import (
    Deviation,
    LayoutReference,
    Reason,
    TrackPublished,
    TrackRejected,
    TrackSummary,
    TrackUploaded,
    TrackVersion,
    Upload,
    UploadStatus,
)
from services.tracks.document import Document
from services.tracks.judge import Judgement


@dataclass(frozen=True, slots=True)
class PublishedMap:
    layout_id: UUID
    version: int
    etag: str
    storage_path: str


@dataclass(frozen=True, slots=True)
class EarlierUpload:
    id: UUID
    fingerprint: bytes


class UploadStore:
    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def under_key(self, user_id: UUID, idempotency_key: str) -> EarlierUpload | None:
        row = await self._tx.row(
            "SELECT id, fingerprint FROM uploads WHERE user_id = $1 AND idempotency_key = $2", user_id, idempotency_key
        )
        return EarlierUpload(**dict(row)) if row else None

    async def is_forgotten(self, user_id: UUID) -> bool:
        """Whether a driver was erased. If not, it does not happen before this transaction ends."""
        await self._tx.run("SELECT pg_advisory_xact_lock_shared(hashtextextended($1, 1))", str(user_id))
        return await self._tx.value("SELECT EXISTS (SELECT FROM forgotten WHERE user_id = $1)", user_id)

    async def waiting_of(self, user_id: UUID) -> int:
        """How many laps of a driver wait for their verdict."""
        return await self._tx.value("SELECT count(*) FROM uploads WHERE user_id = $1 AND status = 'received'", user_id)

    async def receive(
        self, upload_id: UUID, user_id: UUID, upload: Upload, path: str, fingerprint: bytes, key: str | None
    ) -> bool:
        """Remember a lap that lies in storage; False if its Idempotency-Key is taken, also at this very moment."""
        made = await self._tx.run(
            "INSERT INTO uploads (id, user_id, game, track_id, storage_path, fingerprint, idempotency_key)"
            " VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (user_id, idempotency_key) DO NOTHING",
            upload_id,
            user_id,
            upload.game,
            upload.track_id,
            path,
            fingerprint,
            key,
        )
        if not made:
            return False
        self._tx.record(
            TrackUploaded(
                upload_id=upload_id, user_id=user_id, game=upload.game, track_id=upload.track_id, storage_path=path
            )
        )
        return True

    async def status_of(self, upload_id: UUID, user_id: UUID) -> UploadStatus | None:
        """How a driver's own upload stands. A verdict that is being written is waited for: it is committed at once."""
        row = await self._tx.row(
            "SELECT id, game, track_id, status, reasons, layout_id, version, rms_m, p95_m, max_m"
            " FROM uploads WHERE id = $1 AND user_id = $2 FOR SHARE",
            upload_id,
            user_id,
        )
        return _status(row) if row else None

    async def is_waiting(self, upload_id: UUID) -> bool:
        """Whether an upload still has no verdict. Until this transaction ends it gets none from anybody else."""
        row = await self._tx.row(
            "SELECT id FROM uploads WHERE id = $1 AND status = 'received' FOR NO KEY UPDATE", upload_id
        )
        return row is not None

    async def record_verdict(
        self, uploaded: TrackUploaded, judgement: Judgement, track_map: PublishedMap | None, now: datetime
    ) -> None:
        """Write the verdict on an upload that waits for it. `track_map` is the one it made or was compared with."""
        deviation = judgement.deviation
        await self._tx.run(
            "UPDATE uploads SET status = $2, reasons = $3, layout_id = $4, version = $5, rms_m = $6, p95_m = $7,"
            " max_m = $8, judged_at = $9 WHERE id = $1",
            uploaded.upload_id,
            judgement.status,
            msgspec.json.encode(judgement.reasons).decode(),
            track_map.layout_id if track_map else None,
            track_map.version if track_map else None,
            deviation.rms if deviation else None,
            deviation.p95 if deviation else None,
            deviation.max if deviation else None,
            now,
        )
        if judgement.status != "accepted":
            self._tx.record(
                TrackRejected(
                    upload_id=uploaded.upload_id,
                    user_id=uploaded.user_id,
                    game=uploaded.game,
                    track_id=uploaded.track_id,
                    reasons=judgement.reasons,
                )
            )

    async def raw_laps_of(self, user_id: UUID) -> set[str]:
        """Where the raw laps of a driver lie."""
        rows = await self._tx.rows(
            "SELECT storage_path FROM uploads WHERE user_id = $1 AND storage_path IS NOT NULL", user_id
        )
        return {row["storage_path"] for row in rows}

    async def forget(self, user_id: UUID) -> set[str]:
        """Keep verdicts without the person, and of laps that wait nothing; returns where the raw laps lay.

        What arrives later of that person is refused.
        """
        await self._tx.run("SELECT pg_advisory_xact_lock(hashtextextended($1, 1))", str(user_id))
        await self._tx.run("INSERT INTO forgotten (user_id) VALUES ($1) ON CONFLICT DO NOTHING", user_id)
        rows = await self._tx.rows(
            "WITH mine AS (SELECT id, storage_path FROM uploads WHERE user_id = $1 FOR UPDATE),"
            " gone AS (DELETE FROM uploads WHERE user_id = $1 AND status = 'received'),"
            " kept AS (UPDATE uploads SET user_id = NULL, idempotency_key = NULL, storage_path = NULL"
            "          WHERE user_id = $1 AND status <> 'received')"
            " SELECT storage_path FROM mine WHERE storage_path IS NOT NULL",
            user_id,
        )
        return {row["storage_path"] for row in rows}


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


def _status(row: Row) -> UploadStatus:
    is_duplicate = row["status"] == "duplicate"
    measured = row["rms_m"] is not None
    return UploadStatus(
        upload_id=row["id"],
        status=row["status"],
        reasons=msgspec.json.decode(row["reasons"], type=tuple[Reason, ...]),
        layout_id=row["layout_id"],
        version=row["version"],
        duplicate_of=LayoutReference(row["game"], row["track_id"]) if is_duplicate else None,
        deviation_m=Deviation(row["rms_m"], row["p95_m"], row["max_m"]) if measured else None,
    )
