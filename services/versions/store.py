"""How releases are remembered: every SQL statement of versions, each a question in our words."""

from __future__ import annotations

from chassis.database import Row, Transaction
from contracts.versions import Channel, Platform, Release, ReleasePublished
from services.versions.domain import Version, channels_offered

_RELEASE = "version, channel, notes, platforms, published_at"


class ReleaseStore:
    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def publish(self, version: str, channel: Channel, notes: str, platforms: tuple[Platform, ...]) -> bool:
        """Make a release known; False if that version is on that channel already."""
        made = await self._tx.run(
            "INSERT INTO releases (version, channel, notes, platforms, precedence) VALUES ($1, $2, $3, $4, $5)"
            " ON CONFLICT DO NOTHING",
            version,
            channel,
            notes,
            list(platforms),
            list(Version.parse(version).precedence),
        )
        if made:
            self._tx.record(ReleasePublished(version=version, channel=channel, platforms=platforms))
        return bool(made)

    async def newest(self, channel: Channel, platform: Platform | None) -> Release | None:
        row = await self._tx.row(
            f"SELECT {_RELEASE} FROM releases WHERE withdrawn_at IS NULL AND channel = ANY($1)"
            " AND ($2::text IS NULL OR $2 = ANY(platforms)) ORDER BY precedence DESC LIMIT 1",
            list(channels_offered(channel)),
            platform,
        )
        return _release(row) if row else None

    async def all(self, limit: int = 100) -> tuple[Release, ...]:
        rows = await self._tx.rows(
            f"SELECT {_RELEASE} FROM releases WHERE withdrawn_at IS NULL ORDER BY precedence DESC LIMIT $1", limit
        )
        return tuple(map(_release, rows))


def _release(row: Row) -> Release:
    return Release(**{**dict(row), "platforms": tuple(row["platforms"])})
