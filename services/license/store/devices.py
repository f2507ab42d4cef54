"""Which devices sit on a licence, and which were removed lately."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from chassis.database import Transaction
from services.license.domain.devices import ActiveDevice
from services.license.domain.licenses import License
from services.license.domain.seats import Seating
from services.license.domain.transfers import WITHIN, Removal


class DeviceStore:
    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def on(self, license_id: UUID) -> tuple[ActiveDevice, ...]:
        """The devices of a licence, the first that came first."""
        rows = await self._tx.rows(
            "SELECT id, name, platform, public_key, components, activated_at, last_seen_at, is_named, is_proven"
            " FROM devices WHERE license_id = $1 ORDER BY activated_at, id",
            license_id,
        )
        return tuple(ActiveDevice(**{**row, "components": tuple(row["components"])}) for row in rows)

    async def keep(self, seating: Seating) -> None:
        """Write down who sits where now."""
        await self._remove(seating.license, [each.id for each in seating.left if each.id != seating.device.id])
        device = seating.device
        await self._tx.run(
            "INSERT INTO devices (license_id, id, name, platform, public_key, components, activated_at, last_seen_at,"
            " is_named, is_proven) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (license_id, id)"
            " DO UPDATE SET name = $3, platform = $4, components = $6, last_seen_at = $8, is_proven = $10",
            seating.license.id,
            device.id,
            device.name,
            device.platform,
            device.public_key,
            list(device.components),
            device.activated_at,
            device.last_seen_at,
            device.is_named,
            device.is_proven,
        )
        await self._count(seating.license)

    async def remove(self, license: License, *devices: ActiveDevice) -> None:
        await self._remove(license, [device.id for device in devices])
        await self._count(license)

    async def rename(self, license: License, device: ActiveDevice, name: str) -> None:
        """The name stays, whatever the device says of itself later."""
        await self._tx.run(
            "UPDATE devices SET name = $3, is_named = true WHERE license_id = $1 AND id = $2",
            license.id,
            device.id,
            name,
        )

    async def seen(self, license: License, device: ActiveDevice, now: datetime) -> None:
        """Note that the device took a lease."""
        await self._tx.run(
            "UPDATE devices SET last_seen_at = greatest(last_seen_at, $3) WHERE license_id = $1 AND id = $2",
            license.id,
            device.id,
            now,
        )

    async def removals(self, license: License, now: datetime) -> tuple[Removal, ...]:
        """Those that still count, the first one first."""
        rows = await self._tx.rows(
            "SELECT device_id, public_key, components, removed_at FROM device_removals"
            " WHERE license_id = $1 AND removed_at > $2 ORDER BY removed_at",
            license.id,
            now - WITHIN,
        )
        return tuple(Removal(**{**row, "components": tuple(row["components"])}) for row in rows)

    async def note(self, license: License, removal: Removal) -> None:
        await self._tx.run(
            "INSERT INTO device_removals (license_id, device_id, public_key, components, removed_at)"
            " VALUES ($1, $2, $3, $4, $5)",
            license.id,
            removal.device_id,
            removal.public_key,
            list(removal.components),
            removal.removed_at,
        )

    async def give_back(self, license: License, removals: tuple[Removal, ...]) -> None:
        """Let these not count any more."""
        await self._tx.run(
            "DELETE FROM device_removals WHERE license_id = $1 AND device_id = ANY($2)",
            license.id,
            [removal.device_id for removal in removals],
        )

    async def accounts_with_silent(self, before: datetime, most: int) -> list[UUID]:
        """Accounts with a device that was not seen since then."""
        rows = await self._tx.rows(
            "SELECT DISTINCT l.user_id FROM devices d JOIN licenses l ON l.id = d.license_id"
            " WHERE d.last_seen_at <= $1 LIMIT $2",
            before,
            most,
        )
        return [row["user_id"] for row in rows]

    async def forget_removals(self, now: datetime) -> None:
        """Keep none that does not count any more."""
        await self._tx.run("DELETE FROM device_removals WHERE removed_at <= $1", now - WITHIN)

    async def _remove(self, license: License, ids: list[str]) -> None:
        await self._tx.run("DELETE FROM devices WHERE license_id = $1 AND id = ANY($2)", license.id, ids)

    async def _count(self, license: License) -> None:
        await self._tx.run(
            "UPDATE licenses SET active_devices = (SELECT count(*) FROM devices WHERE license_id = $1) WHERE id = $1",
            license.id,
        )
