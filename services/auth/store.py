"""How accounts and sessions are remembered: every SQL statement of auth, each a question in our words."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from chassis.database import Row, Transaction
from contracts.auth import SessionRevoked, UserRegistered, UserVerified
from contracts.event import new_id
from contracts.identity import Role
from services.auth.domain import CODE_LIFE, CODE_TRIES, Account, Session, session_end

_ACCOUNT = "id, email, password_hash, display_name, role, is_verified, created_at"


class AccountStore:
    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def by_email(self, email: str) -> Account | None:
        return _account(await self._tx.row(f"SELECT {_ACCOUNT} FROM users WHERE email = $1", email))

    async def by_id(self, user_id: UUID) -> Account | None:
        return _account(await self._tx.row(f"SELECT {_ACCOUNT} FROM users WHERE id = $1", user_id))

    async def register(self, email: str, password_hash: str, display_name: str | None) -> UUID | None:
        """Make the account; None if somebody has that address already, also at this very moment."""
        user_id = new_id()
        made = await self._tx.run(
            "INSERT INTO users (id, email, password_hash, display_name) VALUES ($1, $2, $3, $4)"
            " ON CONFLICT (email) DO NOTHING",
            user_id,
            email,
            password_hash,
            display_name,
        )
        if not made:
            return None
        self._tx.record(UserRegistered(user_id=user_id))
        return user_id

    async def begin_again(self, user_id: UUID, password_hash: str, display_name: str | None) -> None:
        """Replace what an unproven registration said by what the newest one says."""
        await self._tx.run(
            "UPDATE users SET password_hash = $2, display_name = $3 WHERE id = $1 AND NOT is_verified",
            user_id,
            password_hash,
            display_name,
        )

    async def renew_hash(self, user_id: UUID, password_hash: str) -> None:
        await self._tx.run("UPDATE users SET password_hash = $2 WHERE id = $1", user_id, password_hash)

    async def keep_code(self, user_id: UUID, code_hash: bytes, now: datetime) -> None:
        """Remember the newest code of an account; older ones stop working."""
        await self._tx.run(
            "INSERT INTO verification_codes (user_id, code_hash, sent_at, expires_at) VALUES ($1, $2, $3, $4)"
            " ON CONFLICT (user_id) DO UPDATE SET code_hash = $2, sent_at = $3, expires_at = $4, tries = 0",
            user_id,
            code_hash,
            now,
            now + CODE_LIFE,
        )

    async def code_sent_at(self, user_id: UUID) -> datetime | None:
        return await self._tx.value("SELECT sent_at FROM verification_codes WHERE user_id = $1", user_id)

    async def try_code(self, user_id: UUID, code_hash: bytes, now: datetime) -> bool:
        """Count a try and say whether it was right. Ten wrong ones use a code up."""
        row = await self._tx.row(
            "UPDATE verification_codes SET tries = tries + 1 WHERE user_id = $1 AND expires_at > $2 AND tries < $3"
            " RETURNING code_hash",
            user_id,
            now,
            CODE_TRIES,
        )
        return row is not None and row["code_hash"] == code_hash

    async def mark_verified(self, user_id: UUID) -> None:
        await self._tx.run("DELETE FROM verification_codes WHERE user_id = $1", user_id)
        if await self._tx.run("UPDATE users SET is_verified = true WHERE id = $1 AND NOT is_verified", user_id):
            self._tx.record(UserVerified(user_id=user_id))

    async def post_mail(self, recipient: str, subject: str, body: str) -> None:
        """Put a mail into the box that the postman empties."""
        await self._tx.run(
            "INSERT INTO mails (id, recipient, subject, body) VALUES ($1, $2, $3, $4)",
            new_id(),
            recipient,
            subject,
            body,
        )


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


def _account(row: Row | None) -> Account | None:
    return Account(**{**dict(row), "role": Role(row["role"])}) if row else None
