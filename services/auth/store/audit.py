"""What happened to an account: written once, never changed."""

from __future__ import annotations

from uuid import UUID

from chassis.database import Transaction
from contracts.auth import AuditEntry


class AuditStore:
    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def note(
        self,
        user_id: UUID,
        action: str,
        *,
        session_id: UUID | None = None,
        device_name: str | None = None,
        place: str | None = None,
        detail: str | None = None,
        by: UUID | None = None,
    ) -> None:
        """Write down that `action` happened, in the transaction in which it did."""
        await self._tx.run(
            "INSERT INTO audit (user_id, action, session_id, device_name, place, detail, by_user)"
            " VALUES ($1, $2, $3, $4, $5, $6, $7)",
            user_id,
            action,
            session_id,
            device_name,
            place,
            detail,
            by,
        )

    async def of(self, user_id: UUID, *, before: int | None, most: int) -> tuple[AuditEntry, ...]:
        """The newest `most` entries of an account that are older than the entry `before`."""
        rows = await self._tx.rows(
            "SELECT id, at, action, session_id, device_name, place, detail, by_user AS by FROM audit"
            " WHERE user_id = $1 AND ($2::bigint IS NULL OR id < $2) ORDER BY id DESC LIMIT $3",
            user_id,
            before,
            most,
        )
        return tuple(AuditEntry(**dict(row)) for row in rows)

    async def forget_who(self, user_id: UUID) -> None:
        """Take away what tells who and where it was, because the account is being erased; what happened stays."""
        await self._tx.run("SELECT set_config('raceoverlay.erasing', $1, true)", str(user_id))
        await self._tx.run(
            "UPDATE audit SET device_name = NULL, place = NULL, detail = NULL"
            " WHERE user_id = $1 AND (device_name IS NOT NULL OR place IS NOT NULL OR detail IS NOT NULL)",
            user_id,
        )
