"""What happens to licences when something happened elsewhere."""

from __future__ import annotations

from chassis.database import Transaction
from contracts.auth import UserDeleted, UserRegistered
from services.license.store.licenses import LicenseStore


async def open_free_plan(event: UserRegistered, tx: Transaction) -> None:
    await LicenseStore(tx).open_free_plan(event.user_id)


async def forget(event: UserDeleted, tx: Transaction) -> None:
    await LicenseStore(tx).forget(event.user_id)


REACTIONS = {
    UserRegistered: open_free_plan,
    UserDeleted: forget,
}
