"""Administration: finding accounts, giving them roles, signing them out.

Who asks is an admin by their access token; that its session still lives is asked once more, so that somebody who was an
admin a minute ago is none.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from chassis.database import Database, Transaction
from contracts.auth import AuditTrail, User, UserList
from contracts.event import now
from contracts.identity import Identity, Role
from services.auth.domain.accounts import same_address
from services.auth.domain.roles import UserUnknown, check_role, takes_away
from services.auth.letters import write
from services.auth.mail import Postman
from services.auth.reauthentication import living_session
from services.auth.store.api_tokens import ApiTokenStore
from services.auth.store.audit import AuditStore
from services.auth.store.mails import MailStore
from services.auth.store.roster import RosterStore
from services.auth.store.sessions import SessionStore


class Administration:
    def __init__(self, database: Database, postman: Postman) -> None:
        self._database = database
        self._postman = postman

    async def users(
        self, by: Identity, email: str | None, role: Role | None, after: UUID | None, limit: int
    ) -> UserList:
        async with self._database.transaction() as tx:
            await living_session(tx, by)
            page = await RosterStore(tx).page(same_address(email) if email else None, role, after, limit + 1)
        return UserList(users=page[:limit], after=page[limit - 1].id if len(page) > limit else None)

    async def user(self, user_id: UUID, by: Identity) -> User:
        """
        Raises:
            UserUnknown
        """
        async with self._database.transaction() as tx:
            await living_session(tx, by)
            return await _found(tx, user_id)

    async def give_role(self, user_id: UUID, role: Role, by: Identity) -> User:
        """
        Raises:
            UserUnknown, AddressNotProved
            LastAdmin: it is the last one's own role.
        """
        async with self._database.transaction() as tx:
            await living_session(tx, by)
            user = await give_role(tx, user_id, role, now(), by=by.user_id)
        self._postman.wake()
        return user

    async def end_sessions(self, user_id: UUID, by: Identity) -> None:
        """End everything that somebody has in their hands: sign-ins and API tokens.

        Raises:
            UserUnknown
        """
        async with self._database.transaction() as tx:
            await living_session(tx, by)
            await _found(tx, user_id)
            ended = await SessionStore(tx).end_all(user_id, "ended_by_admin", now())
            tokens = await ApiTokenStore(tx).end_all(user_id, "ended_by_admin")
            await AuditStore(tx).note(
                user_id,
                "sessions_ended_by_admin",
                detail=f"{ended} sessions, {tokens} API tokens",
                by=by.user_id,
            )

    async def trail(self, user_id: UUID, by: Identity, before: int | None, limit: int) -> AuditTrail:
        """What happened to an account, also to one that is no more."""
        async with self._database.transaction() as tx:
            await living_session(tx, by)
            entries = await AuditStore(tx).of(user_id, before=before, most=limit + 1)
        return AuditTrail(entries=entries[:limit], before=entries[limit - 1].id if len(entries) > limit else None)


async def give_role(tx: Transaction, user_id: UUID, role: Role, moment: datetime, *, by: UUID | None) -> User:
    """Give an account a role; the same again is no news. What was signed with more than it now may is ended.

    Raises:
        UserUnknown, AddressNotProved, LastAdmin
    """
    roster = RosterStore(tx)
    other_admins = await roster.other_admins(user_id)
    user = await _found(tx, user_id, to_change=True)
    if user.role is role:
        return user
    check_role(user.role, role, is_verified=user.is_verified, other_admins=other_admins)
    await roster.give_role(user_id, role)
    if takes_away(user.role, role):
        await SessionStore(tx).end_all(user_id, "role_changed", moment)
        await ApiTokenStore(tx).end_all(user_id, "role_changed")
    await AuditStore(tx).note(user_id, "role_changed", detail=f"{user.role} to {role}", by=by)
    await MailStore(tx).post(user.email, write("role_changed", role=_in_words(role)))
    return await _found(tx, user_id)


async def _found(tx: Transaction, user_id: UUID, *, to_change: bool = False) -> User:
    user = await RosterStore(tx).find(user_id, to_change=to_change)
    if user is None:
        raise UserUnknown
    return user


def _in_words(role: Role) -> str:
    return role.value.replace("_", " ")
