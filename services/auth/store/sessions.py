"""Who is signed in, and where."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from chassis.database import Transaction
from contracts.auth import SessionRevoked
from contracts.event import new_id
from services.auth.domain.sessions import Session, session_end


class SessionStore:
    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def begin(self, user_id: UUID, device_name: str | None, now: datetime) -> Session:
        session = Session(new_id(), user_id, counter=0, rotated_at=now, expires_at=session_end(now), revoked=False)
        await self._tx.run(
            "INSERT INTO sessions (id, user_id, device_name, created_at, rotated_at, expires_at)"
            " VALUES ($1, $2, $3, $4, $4, $5)",
            session.id,
            user_id,
            device_name,
            now,
            session.expires_at,
        )
        return session

    async def by_id(self, session_id: UUID) -> Session | None:
        row = await self._tx.row(
            "SELECT id, user_id, counter, rotated_at, expires_at, revoked_at IS NOT NULL AS revoked"
            " FROM sessions WHERE id = $1",
            session_id,
        )
        return Session(**dict(row)) if row else None

    async def advance(self, session: Session, now: datetime) -> bool:
        """Move to the next refresh token, if nobody else did meanwhile."""
        moved = await self._tx.run(
            "UPDATE sessions SET counter = counter + 1, rotated_at = $3"
            " WHERE id = $1 AND counter = $2 AND revoked_at IS NULL",
            session.id,
            session.counter,
            now,
        )
        return moved == 1

    async def revoke(self, session: Session, reason: str, now: datetime) -> None:
        ended = await self._tx.run(
            "UPDATE sessions SET revoked_at = $2, revoked_why = $3 WHERE id = $1 AND revoked_at IS NULL",
            session.id,
            now,
            reason,
        )
        if ended:
            self._tx.record(SessionRevoked(user_id=session.user_id, session_id=session.id, reason=reason))
