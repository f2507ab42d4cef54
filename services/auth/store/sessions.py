"""Who is signed in, and where."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from chassis.database import Transaction
from contracts.auth import SessionRevoked
from contracts.event import new_id
from services.auth.domain.sessions import REMEMBERED, SEEN_EVERY, SESSION_IDLE, Session, session_end

_SESSION = (
    "id, user_id, counter, rotated_at, expires_at, revoked_at IS NOT NULL AS revoked, created_at, last_seen_at,"
    " authenticated_at, device_name, place"
)
_ENDED_BY_THEIR_OWNER = ("logout", "logout_all", "ended")


class SessionStore:
    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def begin(
        self,
        user_id: UUID,
        device_name: str | None,
        now: datetime,
        *,
        place: str | None = None,
        seen_from: bytes | None = None,
    ) -> Session:
        """`seen_from` is what is kept of the address, see `domain.devices.seen_from`."""
        session = Session(
            new_id(),
            user_id,
            counter=0,
            rotated_at=now,
            expires_at=session_end(now),
            revoked=False,
            created_at=now,
            last_seen_at=now,
            authenticated_at=now,
            device_name=device_name,
            place=place,
        )
        await self._tx.run(
            "INSERT INTO sessions (id, user_id, device_name, created_at, rotated_at, last_seen_at, authenticated_at,"
            " expires_at, place, seen_from) VALUES ($1, $2, $3, $4, $4, $4, $4, $5, $6, $7)",
            session.id,
            user_id,
            device_name,
            now,
            session.expires_at,
            place,
            seen_from,
        )
        return session

    async def by_id(self, session_id: UUID) -> Session | None:
        row = await self._tx.row(f"SELECT {_SESSION} FROM sessions WHERE id = $1", session_id)
        return Session(**dict(row)) if row else None

    async def alive_of(self, user_id: UUID, now: datetime) -> tuple[Session, ...]:
        """The sessions of an account that can still be refreshed, the one seen last first."""
        rows = await self._tx.rows(
            f"SELECT {_SESSION} FROM sessions WHERE user_id = $1 AND revoked_at IS NULL AND expires_at > $2"
            " AND rotated_at > $3 ORDER BY last_seen_at DESC, id DESC",
            user_id,
            now,
            now - SESSION_IDLE,
        )
        return tuple(Session(**dict(row)) for row in rows)

    async def knows(self, user_id: UUID, seen_from: bytes, device_name: str | None) -> bool:
        """Whether the account is or was lately signed in from there, on a device of that name."""
        return await self._tx.value(
            "SELECT EXISTS (SELECT FROM sessions WHERE user_id = $1 AND seen_from = $2"
            " AND device_name IS NOT DISTINCT FROM $3 AND (revoked_why IS NULL OR revoked_why = ANY ($4)))",
            user_id,
            seen_from,
            device_name,
            _ENDED_BY_THEIR_OWNER,
        )

    async def was_ever_signed_in(self, user_id: UUID) -> bool:
        return await self._tx.value("SELECT EXISTS (SELECT FROM sessions WHERE user_id = $1)", user_id)

    async def advance(self, session: Session, now: datetime) -> bool:
        """Move to the next refresh token, if nobody else did meanwhile."""
        moved = await self._tx.run(
            "UPDATE sessions SET counter = counter + 1, rotated_at = $3,"
            " last_seen_at = CASE WHEN last_seen_at <= $4 THEN $3 ELSE last_seen_at END"
            " WHERE id = $1 AND counter = $2 AND revoked_at IS NULL",
            session.id,
            session.counter,
            now,
            now - SEEN_EVERY,
        )
        return moved == 1

    async def renew_authentication(self, session_id: UUID, now: datetime) -> None:
        """The password was proved once more."""
        await self._tx.run("UPDATE sessions SET authenticated_at = $2 WHERE id = $1", session_id, now)

    async def revoke(self, session: Session, reason: str, now: datetime) -> bool:
        """End a session; False if it had ended already."""
        ended = await self._tx.run(
            "UPDATE sessions SET revoked_at = $2, revoked_why = $3 WHERE id = $1 AND revoked_at IS NULL",
            session.id,
            now,
            reason,
        )
        if ended:
            self._tx.record(SessionRevoked(user_id=session.user_id, session_id=session.id, reason=reason))
        return ended == 1

    async def end_all(self, user_id: UUID, reason: str, now: datetime, *, but: UUID | None = None) -> int:
        """End every session of an account, except `but`; returns how many were alive."""
        rows = await self._tx.rows(
            "UPDATE sessions SET revoked_at = $2, revoked_why = $3"
            " WHERE user_id = $1 AND revoked_at IS NULL AND expires_at > $2 AND id IS DISTINCT FROM $4 RETURNING id",
            user_id,
            now,
            reason,
            but,
        )
        for row in rows:
            self._tx.record(SessionRevoked(user_id=user_id, session_id=row["id"], reason=reason))
        return len(rows)

    async def end_beyond(self, user_id: UUID, most: int, now: datetime) -> None:
        """End what an account has more than `most` of, beginning with what was not seen for the longest time."""
        rows = await self._tx.rows(
            "UPDATE sessions SET revoked_at = $3, revoked_why = 'ended' WHERE revoked_at IS NULL AND id IN"
            " (SELECT id FROM sessions WHERE user_id = $1 AND revoked_at IS NULL ORDER BY last_seen_at DESC, id DESC"
            " OFFSET $2) RETURNING id",
            user_id,
            most,
            now,
        )
        for row in rows:
            self._tx.record(SessionRevoked(user_id=user_id, session_id=row["id"], reason="ended"))

    async def purge(self, now: datetime) -> int:
        """Forget the sessions that ended long ago; returns how many."""
        return await self._tx.run(
            "DELETE FROM sessions WHERE least(revoked_at, expires_at, rotated_at + $2) < $1",
            now - REMEMBERED,
            SESSION_IDLE,
        )
