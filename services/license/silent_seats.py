"""Seats of devices that nobody uses any more are free again, without anybody asking for it."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from chassis.database import Database
from chassis.rounds import Rounds
from contracts.event import now
from services.license.domain.devices import SILENT_AFTER
from services.license.domain.seats import SILENT, silent_on
from services.license.store.devices import DeviceStore
from services.license.store.licenses import LicenseStore

SWEEP_EVERY = timedelta(days=1)
AT_ONCE = 100


class SilentSeats(Rounds):
    """Any replica does it, several do no harm."""

    def __init__(self, database: Database) -> None:
        super().__init__("silent_seats", self._round)
        self._database = database
        self._swept_at: datetime | None = None

    async def sweep(self, moment: datetime) -> bool:
        """Free the seats that are silent by then, and forget removals that do not count; False when none is left."""
        async with self._database.transaction() as tx:
            devices = DeviceStore(tx)
            await devices.forget_removals(moment)
            accounts = await devices.accounts_with_silent(moment - SILENT_AFTER, AT_ONCE)
        for user_id in accounts:
            await self._free(user_id, moment)
        return len(accounts) == AT_ONCE

    async def _free(self, user_id: UUID, moment: datetime) -> None:
        async with self._database.transaction() as tx:
            licenses = LicenseStore(tx)
            license = await licenses.of(user_id, to_change=True)
            silent = silent_on(license, moment) if license is not None else ()
            if license is not None and silent:  # another replica, or the device itself, may have been first
                await DeviceStore(tx).remove(license, *silent)
                licenses.record_change(license, SILENT)

    async def _round(self) -> bool:
        if self._swept_at is not None and now() - self._swept_at < SWEEP_EVERY:
            return False
        if await self.sweep(now()):
            return True
        self._swept_at = now()
        return False
