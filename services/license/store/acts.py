"""What administrators did to licences: written once, never changed."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from chassis.database import Transaction
from contracts.license import AdminAct
from services.license.domain.standing import Granted, Revoked


class ActStore:
    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def grant(self, user_id: UUID, plan: str, until: datetime | None, reason: str, by: UUID | None) -> None:
        await self._note(user_id, "grant", plan, until, reason, by)

    async def revoke(self, user_id: UUID, reason: str, by: UUID | None) -> None:
        await self._note(user_id, "revoke", None, None, reason, by)

    async def in_force(self, user_id: UUID) -> Granted | Revoked | None:
        """The newest act decides; whether a grant is over by now is for the judgement to say."""
        row = await self._tx.row(
            "SELECT act, plan, until FROM admin_acts WHERE user_id = $1 ORDER BY id DESC LIMIT 1", user_id
        )
        if row is None:
            return None
        return Revoked() if row["act"] == "revoke" else Granted(row["plan"], row["until"])

    async def of(self, user_id: UUID) -> tuple[AdminAct, ...]:
        """All of them, the newest first."""
        rows = await self._tx.rows(
            "SELECT at, act, plan, until, reason, by_user AS by FROM admin_acts WHERE user_id = $1 ORDER BY id DESC",
            user_id,
        )
        return tuple(AdminAct(**dict(row)) for row in rows)

    async def forget_words(self, user_id: UUID) -> None:
        """Take away the reasons, which may tell of the person, because the account is being erased."""
        await self._tx.run("SELECT set_config('raceoverlay.erasing', $1, true)", str(user_id))
        await self._tx.run("UPDATE admin_acts SET reason = NULL WHERE user_id = $1 AND reason IS NOT NULL", user_id)

    async def _note(
        self, user_id: UUID, act: str, plan: str | None, until: datetime | None, reason: str, by: UUID | None
    ) -> None:
        await self._tx.run(
            "INSERT INTO admin_acts (user_id, act, plan, until, reason, by_user) VALUES ($1, $2, $3, $4, $5, $6)",
            user_id,
            act,
            plan,
            until,
            reason,
            by,
        )
