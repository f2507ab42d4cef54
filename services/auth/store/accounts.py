"""Who has an account."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from chassis.database import Row, Transaction
from contracts.auth import UserDeleted, UserRegistered, UserVerified
from contracts.event import new_id
from contracts.identity import Role
from services.auth.domain.accounts import PROVED_WITHIN, Account

_ACCOUNT = "id, email, password_hash, display_name, role, is_verified, created_at"


class AccountStore:
    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def by_email(self, email: str) -> Account | None:
        return _account(await self._tx.row(f"SELECT {_ACCOUNT} FROM users WHERE email = $1", email))

    async def by_id(self, user_id: UUID) -> Account | None:
        return _account(await self._tx.row(f"SELECT {_ACCOUNT} FROM users WHERE id = $1", user_id))

    async def one_at_a_time(self, email: str) -> None:
        """Until this transaction ends, nobody else begins an account with that address or moves one to it."""
        await self._tx.run("SELECT pg_advisory_xact_lock(hashtextextended('address ' || $1, 0))", email)

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
            "UPDATE users SET password_hash = $2, display_name = $3, created_at = now()"
            " WHERE id = $1 AND NOT is_verified",
            user_id,
            password_hash,
            display_name,
        )

    async def still_has(self, account: Account, renewed_hash: str | None = None) -> bool:
        """Whether the password is still the one that was checked, and stays it until this transaction ends.

        Checking takes a while, in which a reset may have ended every session: none may begin after that with the old
        password. `renewed_hash` is of the same password and replaces the old hash.
        """
        if renewed_hash:
            return await self.replace_hash(account, renewed_hash)
        found = await self._tx.rows(
            "SELECT FROM users WHERE id = $1 AND password_hash = $2 FOR SHARE", account.id, account.password_hash
        )
        return bool(found)

    async def replace_hash(self, account: Account, password_hash: str) -> bool:
        """Replace the hash that `account` was read with; False if somebody else did meanwhile."""
        changed = await self._tx.run(
            "UPDATE users SET password_hash = $3 WHERE id = $1 AND password_hash = $2",
            account.id,
            account.password_hash,
            password_hash,
        )
        return changed == 1

    async def set_password(self, user_id: UUID, password_hash: str) -> None:
        """Whatever it was before: somebody proved that the address is theirs."""
        await self._tx.run("UPDATE users SET password_hash = $2 WHERE id = $1", user_id, password_hash)

    async def mark_verified(self, user_id: UUID) -> bool:
        """The address is proved. Saying so again is no news, and False."""
        proved = await self._tx.run("UPDATE users SET is_verified = true WHERE id = $1 AND NOT is_verified", user_id)
        if proved:
            self._tx.record(UserVerified(user_id=user_id))
        return proved == 1

    async def move(self, user_id: UUID, email: str) -> bool:
        """Give the account another address, which it has proved; False if somebody else has proved it, too.

        Whoever only began an account there never proved anything: that one is erased. Asks for `one_at_a_time`.
        """
        erased = await self._tx.value(
            "DELETE FROM users WHERE email = $1 AND NOT is_verified AND id <> $2 RETURNING id", email, user_id
        )
        if erased:
            self._tx.record(UserDeleted(user_id=erased))
        moved = await self._tx.run(
            "UPDATE users SET email = $2 WHERE id = $1 AND NOT EXISTS (SELECT FROM users WHERE email = $2)",
            user_id,
            email,
        )
        return moved == 1

    async def forget_unproven(self, now: datetime) -> int:
        """Erase the accounts whose address nobody proved in time; returns how many."""
        rows = await self._tx.rows(
            "DELETE FROM users WHERE NOT is_verified AND created_at <= $1 RETURNING id", now - PROVED_WITHIN
        )
        for row in rows:
            self._tx.record(UserDeleted(user_id=row["id"]))
        return len(rows)


def _account(row: Row | None) -> Account | None:
    return Account(**{**dict(row), "role": Role(row["role"])}) if row else None
