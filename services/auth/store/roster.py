"""Who administers looks accounts up here, gives them roles, and takes them out for good."""

from __future__ import annotations

from uuid import UUID

from chassis.database import Row, Transaction
from contracts.auth import User, UserDeleted
from contracts.identity import Role

_USER = "id, email, role, is_verified, display_name, created_at"


class RosterStore:
    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def page(self, email: str | None, role: Role | None, after: UUID | None, most: int) -> tuple[User, ...]:
        """The first `most` accounts behind `after` whose address begins with `email` and that have that role."""
        rows = await self._tx.rows(
            f"SELECT {_USER} FROM users WHERE ($1::text IS NULL OR starts_with(email, $1))"
            " AND ($2::text IS NULL OR role = $2) AND ($3::uuid IS NULL OR id > $3) ORDER BY id LIMIT $4",
            email,
            role,
            after,
            most,
        )
        return tuple(_user(row) for row in rows)

    async def find(self, user_id: UUID, *, to_change: bool = False) -> User | None:
        """`to_change` makes others who want to change the account wait."""
        row = await self._tx.row(
            f"SELECT {_USER} FROM users WHERE id = $1" + (" FOR NO KEY UPDATE" if to_change else ""), user_id
        )
        return _user(row) if row else None

    async def other_admins(self, user_id: UUID) -> int:
        """How many admins there are beside that account. Until this transaction ends they stay admins.

        To be asked before an account is taken hold of, or two admins could wait for each other.
        """
        rows = await self._tx.rows("SELECT id FROM users WHERE role = 'admin' ORDER BY id FOR NO KEY UPDATE")
        return len([row for row in rows if row["id"] != user_id])

    async def give_role(self, user_id: UUID, role: Role) -> None:
        await self._tx.run("UPDATE users SET role = $2 WHERE id = $1", user_id, role)

    async def erase(self, user: User) -> None:
        """Take an account out, with what refers to it and what waits to be mailed to it, and tell those who keep
        something of it."""
        await self._tx.run("DELETE FROM wanted_letters WHERE email = $1 OR user_id = $2", user.email, user.id)
        await self._tx.run("DELETE FROM mails WHERE recipient = $1", user.email)
        if await self._tx.run("DELETE FROM users WHERE id = $1", user.id):
            self._tx.record(UserDeleted(user_id=user.id))


def _user(row: Row) -> User:
    return User(**{**dict(row), "role": Role(row["role"])})
