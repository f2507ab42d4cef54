"""Whether somebody was asked for the password just now, before they do what cannot be undone."""

from __future__ import annotations

from chassis.database import Transaction
from contracts.event import now
from contracts.identity import Identity
from contracts.problem import Unauthenticated
from services.auth.domain.sessions import Session, require_recent
from services.auth.store.sessions import SessionStore


async def living_session(tx: Transaction, identity: Identity) -> Session:
    """The session that the caller's access token belongs to.

    Raises:
        Unauthenticated: it has ended, although the token has not.
    """
    session = await SessionStore(tx).by_id(identity.session_id)
    if session is None or not session.is_alive(now()):
        raise Unauthenticated("This session was ended.")
    return session


async def recently_signed_in(tx: Transaction, identity: Identity) -> Session:
    """The caller's session, in which the password was proved within the last 15 minutes.

    Raises:
        ReauthenticationRequired: it was longer ago; POST /auth/reauthenticate renews it.
        Unauthenticated: the session has ended.
    """
    session = await living_session(tx, identity)
    require_recent(session, now())
    return session
