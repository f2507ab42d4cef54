"""Taking everything along: what auth knows of an account, and leaving for good."""

from __future__ import annotations

from chassis.database import Database, Transaction
from contracts.auth import Export, User
from contracts.event import now
from contracts.identity import Identity, Role
from contracts.problem import Unauthenticated
from services.auth.domain.roles import LastAdmin
from services.auth.letters import write
from services.auth.machines import as_shown
from services.auth.mail import Postman
from services.auth.reauthentication import living_session, recently_signed_in
from services.auth.second_factor import state_of
from services.auth.sessions import as_session
from services.auth.store.api_tokens import ApiTokenStore
from services.auth.store.audit import AuditStore
from services.auth.store.mails import MailStore
from services.auth.store.roster import RosterStore
from services.auth.store.sessions import SessionStore

MOST_EXPORTED = 10_000  # entries of the audit trail: each export adds one, and one in memory must stay small


class Erasure:
    def __init__(self, database: Database, postman: Postman) -> None:
        self._database = database
        self._postman = postman

    async def who(self, identity: Identity) -> User:
        """
        Raises:
            Unauthenticated: the session was ended or the account erased, although the token still lives.
        """
        async with self._database.transaction() as tx:
            await living_session(tx, identity)
            return await _own(tx, identity)

    async def export(self, identity: Identity) -> Export:
        """Everything that auth knows of the caller. What happened longer ago is to be had page by page."""
        moment = now()
        async with self._database.transaction() as tx:
            await living_session(tx, identity)
            user = await _own(tx, identity)
            await AuditStore(tx).note(user.id, "exported", session_id=identity.session_id)
            entries = await AuditStore(tx).of(user.id, before=None, most=MOST_EXPORTED + 1)
            shown = entries[:MOST_EXPORTED]
            return Export(
                user=user,
                sessions=tuple(
                    as_session(each, current=identity.session_id)
                    for each in await SessionStore(tx).alive_of(user.id, moment)
                ),
                api_tokens=tuple(map(as_shown, await ApiTokenStore(tx).alive_of(user.id, moment))),
                second_factor=await state_of(tx, user.id),
                audit=shown,
                exported_at=moment,
                audit_before=shown[-1].id if len(entries) > MOST_EXPORTED else None,
            )

    async def erase(self, identity: Identity) -> None:
        """Erase the caller's account. What remains is that there was one: its id, and what happened to it when.

        Raises:
            ReauthenticationRequired: the sign-in was too long ago.
            LastAdmin: nobody would be an admin afterwards.
        """
        moment = now()
        async with self._database.transaction() as tx:
            await recently_signed_in(tx, identity)
            roster = RosterStore(tx)
            other_admins = await roster.other_admins(identity.user_id)
            user = await _own(tx, identity, to_change=True)
            if user.role is Role.ADMIN and not other_admins:
                raise LastAdmin
            await SessionStore(tx).end_all(user.id, "erased", moment)
            await ApiTokenStore(tx).end_all(user.id, "erased")
            await AuditStore(tx).note(user.id, "erased")
            await AuditStore(tx).forget_who(user.id)
            await roster.erase(user)
            await MailStore(tx).post(user.email, write("account_erased"))
        self._postman.wake()


async def _own(tx: Transaction, identity: Identity, *, to_change: bool = False) -> User:
    user = await RosterStore(tx).find(identity.user_id, to_change=to_change)
    if user is None:
        raise Unauthenticated("This account does not exist any more.")
    return user
