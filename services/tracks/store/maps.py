"""How published maps are remembered: the versions of each line, found by any name of its layout."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from chassis.database import Row, Transaction
from contracts.event import new_id
from contracts.tracks import MapStatus, TrackPublished, TrackSummary, TrackUploaded, TrackVersion
from services.tracks.domain.document import Document

_SHOWN = "layouts.state IN ('provisional', 'confirmed') AND track_maps.withdrawn_at IS NULL"


@dataclass(frozen=True, slots=True)
class PublishedMap:
    layout_id: UUID
    version: int
    etag: str
    storage_path: str
    status: MapStatus = "provisional"


def _no_network(_path: str) -> str | None:
    return None


class MapStore:
    """`public_url` says where the content delivery network has what lies at a path, if there is one."""

    def __init__(self, tx: Transaction, public_url: Callable[[str], str | None] = _no_network) -> None:
        self._tx = tx
        self._public_url = public_url

    async def find(self, game: str, track_id: str, version: int | None = None) -> PublishedMap | None:
        """The map that has that name, in that version or in its newest."""
        row = await self._tx.row(
            "SELECT track_maps.layout_id, version, etag, storage_path, status FROM names"
            " JOIN layouts ON layouts.id = names.layout_id"
            " JOIN track_maps ON track_maps.layout_id = names.layout_id AND track_maps.game = names.game"
            f" WHERE names.game = $1 AND names.track_id = $2 AND ($3::integer IS NULL OR version = $3) AND {_SHOWN}"
            " ORDER BY version DESC LIMIT 1",
            game,
            track_id,
            version,
        )
        return PublishedMap(**dict(row)) if row else None

    async def newest(
        self, game: str | None, track_id: str | None, after: tuple[str, str] | None, limit: int
    ) -> tuple[TrackSummary, ...]:
        """The newest version under each name, in the order of game and name, from the one that follows `after`."""
        # Only what is asked for stands in the question: a plan for all questions at once would walk through every name.
        given = {"names.game = ": game, "names.track_id = ": track_id}
        arguments = [value for value in given.values() if value is not None]
        wanted = [name for name, value in given.items() if value is not None]
        where = [f"{name}${number}" for number, name in enumerate(wanted, start=2)]
        if after:
            where.append(f"(names.game, names.track_id) > (${len(arguments) + 2}, ${len(arguments) + 3})")
            arguments += after
        rows = await self._tx.rows(
            "SELECT names.game, names.track_id, names.layout_id, version, track_name, layout_name, length_m,"
            " created_at, status FROM names CROSS JOIN LATERAL ("
            " SELECT track_maps.* FROM track_maps JOIN layouts ON layouts.id = track_maps.layout_id"
            "  WHERE track_maps.layout_id = names.layout_id AND track_maps.game = names.game"
            f" AND {_SHOWN} ORDER BY version DESC LIMIT 1) AS newest"
            f" WHERE {' AND '.join(where) or 'true'} ORDER BY names.game, names.track_id LIMIT $1",
            limit,
            *arguments,
        )
        return tuple(TrackSummary(**dict(row)) for row in rows)

    async def versions(self, game: str, track_id: str) -> tuple[TrackVersion, ...]:
        """All versions that can be had under a name, newest first."""
        rows = await self._tx.rows(
            "SELECT version, track_maps.created_at, etag, length_m, status, storage_path FROM names"
            " JOIN layouts ON layouts.id = names.layout_id"
            " JOIN track_maps ON track_maps.layout_id = names.layout_id AND track_maps.game = names.game"
            f" WHERE names.game = $1 AND names.track_id = $2 AND {_SHOWN} ORDER BY version DESC",
            game,
            track_id,
        )
        return tuple(map(self._version, rows))

    async def newest_of(self, layout_id: UUID, game: str) -> PublishedMap | None:
        """The newest version of a line."""
        row = await self._tx.row(
            "SELECT layout_id, version, etag, storage_path, status FROM track_maps WHERE layout_id = $1 AND game = $2"
            " AND withdrawn_at IS NULL ORDER BY version DESC LIMIT 1",
            layout_id,
            game,
        )
        return PublishedMap(**dict(row)) if row else None

    async def last_version(self, layout_id: UUID, game: str, track_id: str) -> int:
        """The last version of a line, or of others that were counted under its name, also where it was withdrawn."""
        return await self._tx.value(
            "SELECT coalesce(max(version), 0) FROM track_maps WHERE game = $2 AND (layout_id = $1 OR track_id = $3)",
            layout_id,
            game,
            track_id,
        )

    async def publish(self, document: Document, brought_by: TrackUploaded | None) -> PublishedMap:
        """Make a document that lies in storage the newest version of its line. Who is to hear of it is `announce`d."""
        summary = document.summary
        await self._tx.run(
            "INSERT INTO track_maps (id, layout_id, game, track_id, version, track_name, layout_name, length_m, etag,"
            " storage_path, document_bytes, uploaded_by, created_at, status)"
            " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
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
            brought_by.user_id if brought_by else None,
            summary.created_at,
            summary.status,
        )
        return PublishedMap(summary.layout_id, summary.version, document.etag, document.storage_path, summary.status)

    def announce(
        self, published: PublishedMap, game: str, names: Sequence[str], brought_by: TrackUploaded | None
    ) -> None:
        """Let everybody who asked for one of those names know what is given to them now."""
        for track_id in names:
            self._tx.record(
                TrackPublished(
                    layout_id=published.layout_id,
                    game=game,
                    track_id=track_id,
                    version=published.version,
                    etag=published.etag,
                    upload_id=brought_by.upload_id if brought_by else None,
                    uploaded_by=brought_by.user_id if brought_by else None,
                    status=published.status,
                    url=self._public_url(published.storage_path),
                )
            )

    async def forget(self, user_id: UUID) -> None:
        """The maps stay; who drove them is forgotten."""
        await self._tx.run("UPDATE track_maps SET uploaded_by = NULL WHERE uploaded_by = $1", user_id)

    def _version(self, row: Row) -> TrackVersion:
        return TrackVersion(
            version=row["version"],
            created_at=row["created_at"],
            etag=row["etag"],
            length_m=row["length_m"],
            status=row["status"],
            url=self._public_url(row["storage_path"]),
        )
