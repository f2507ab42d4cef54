"""Where an account is signed in, and ending that."""

from __future__ import annotations

from uuid import UUID

from chassis.database import Database
from contracts.auth import AuditTrail, Session, SessionList
from contracts.event import now
from contracts.identity import Identity
from contracts.problem import NotFound
from services.auth.domain.sessions import InvalidRefreshToken
from services.auth.domain.sessions import Session as KnownSession
from services.auth.pairs import Pairs
from services.auth.reauthentication import living_session
from services.auth.store.audit import AuditStore
from services.auth.store.sessions import SessionStore


class Sessions:
    def __init__(self, database: Database, pairs: Pairs) -> None:
        self._database = database
        self._pairs = pairs

    async def of(self, identity: Identity) -> SessionList:
        """The living ones, the one seen last first."""
        async with self._database.transaction() as tx:
            await living_session(tx, identity)
            alive = await SessionStore(tx).alive_of(identity.user_id, now())
        return SessionList(sessions=tuple(as_session(each, current=identity.session_id) for each in alive))

    async def end(self, identity: Identity, session_id: UUID) -> None:
        """
        Raises:
            NotFound: there is no such session, it has ended, or it is somebody else's.
        """
        async with self._database.transaction() as tx:
            await living_session(tx, identity)
            sessions = SessionStore(tx)
            session = await sessions.by_id(session_id)
            if session is None or session.user_id != identity.user_id or not session.is_alive(now()):
                raise NotFound
            if await sessions.revoke(session, "ended", now()):
                await AuditStore(tx).note(
                    identity.user_id,
                    "session_ended",
                    session_id=session_id,
                    device_name=session.device_name,
                    place=session.place,
                )

    async def end_all(self, identity: Identity) -> None:
        """End all sessions of the account, also the caller's own."""
        async with self._database.transaction() as tx:
            await living_session(tx, identity)
            ended = await SessionStore(tx).end_all(identity.user_id, "logout_all", now())
            await AuditStore(tx).note(
                identity.user_id, "sessions_ended", session_id=identity.session_id, detail=f"{ended} sessions"
            )

    async def log_out(self, token: str) -> None:
        """End the session of this refresh token. A token that means nothing is no reason to complain."""
        try:
            session_id, _ = self._pairs.read(token)
        except InvalidRefreshToken:
            return
        async with self._database.transaction() as tx:
            session = await SessionStore(tx).by_id(session_id)
            if session is not None and await SessionStore(tx).revoke(session, "logout", now()):
                await AuditStore(tx).note(
                    session.user_id, "logout", session_id=session.id, device_name=session.device_name
                )

    async def audit(self, identity: Identity, *, before: int | None, most: int) -> AuditTrail:
        """What happened to the account, newest first."""
        async with self._database.transaction() as tx:
            await living_session(tx, identity)
            entries = await AuditStore(tx).of(identity.user_id, before=before, most=most + 1)
        shown = entries[:most]
        return AuditTrail(entries=shown, before=shown[-1].id if len(entries) > most else None)


def as_session(known: KnownSession, *, current: UUID | None) -> Session:
    return Session(
        id=known.id,
        created_at=known.created_at,
        last_seen_at=known.last_seen_at,
        expires_at=known.ends_at(),
        is_current=known.id == current,
        device_name=known.device_name,
        place=known.place,
    )
