"""How uploads and their verdicts are remembered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import msgspec

from chassis.database import Row, Transaction
from contracts.tracks import Deviation, LayoutReference, Reason, TrackRejected, TrackUploaded, Upload, UploadStatus
from services.tracks.domain.verdict import Verdict


@dataclass(frozen=True, slots=True)
class EarlierUpload:
    id: UUID
    fingerprint: bytes


class Related(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a verdict speaks of beside the lap, by the names that it had then: kept as JSON beside the verdict."""

    track: LayoutReference | None = None
    duplicate_of: LayoutReference | None = None
    variant_of: LayoutReference | None = None
    reverse_of: LayoutReference | None = None


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
            "SELECT id, status, reasons, layout_id, version, rms_m, p95_m, max_m, related"
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
        self, uploaded: TrackUploaded, verdict: Verdict, version: int | None, related: Related, now: datetime
    ) -> None:
        """Write the verdict on an upload that waits for it. `version` is the newest of the map that it drove on."""
        deviation = verdict.deviation
        await self._tx.run(
            "UPDATE uploads SET status = $2, reasons = $3, layout_id = $4, version = $5, rms_m = $6, p95_m = $7,"
            " max_m = $8, judged_at = $9, related = $10 WHERE id = $1",
            uploaded.upload_id,
            verdict.status,
            msgspec.json.encode(verdict.reasons).decode(),
            verdict.layout_id,
            version,
            deviation.rms if deviation else None,
            deviation.p95 if deviation else None,
            deviation.max if deviation else None,
            now,
            msgspec.json.encode(related).decode(),
        )
        if verdict.status != "accepted":
            self._tx.record(
                TrackRejected(
                    upload_id=uploaded.upload_id,
                    user_id=uploaded.user_id,
                    game=uploaded.game,
                    track_id=uploaded.track_id,
                    reasons=verdict.reasons,
                )
            )

    async def judged_before(self, moment: datetime, at_most: int) -> tuple[tuple[UUID, str], ...]:
        """The uploads whose raw laps are still kept although their verdicts are that old, and where those lie."""
        rows = await self._tx.rows(
            "SELECT id, storage_path FROM uploads WHERE judged_at < $1 AND storage_path IS NOT NULL"
            " AND status <> 'received' ORDER BY judged_at LIMIT $2",
            moment,
            at_most,
        )
        return tuple((row["id"], row["storage_path"]) for row in rows)

    async def forget_raw_laps(self, uploads: Sequence[UUID]) -> None:
        """The verdicts stay; where the raw laps lay is forgotten."""
        await self._tx.run("UPDATE uploads SET storage_path = NULL WHERE id = ANY($1)", list(uploads))

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


def _status(row: Row) -> UploadStatus:
    measured = row["rms_m"] is not None
    related = msgspec.json.decode(row["related"], type=Related)
    return UploadStatus(
        upload_id=row["id"],
        status=row["status"],
        reasons=msgspec.json.decode(row["reasons"], type=tuple[Reason, ...]),
        # Of a lap that was refused it is the road that it may have been on, which is nobody's map.
        layout_id=row["layout_id"] if row["status"] != "rejected" else None,
        version=row["version"],
        track=related.track,
        duplicate_of=related.duplicate_of,
        variant_of=related.variant_of,
        reverse_of=related.reverse_of,
        deviation_m=Deviation(row["rms_m"], row["p95_m"], row["max_m"]) if measured else None,
    )
