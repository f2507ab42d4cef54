"""Staying signed in: a refresh token is traded for the next pair."""

from __future__ import annotations

from dataclasses import replace

from chassis.database import Database
from contracts.auth import TokenPair
from contracts.event import now
from services.auth.domain.sessions import InvalidRefreshToken, RefreshTokenReused, Rotation, judge_rotation
from services.auth.pairs import Pairs
from services.auth.store.accounts import AccountStore
from services.auth.store.audit import AuditStore
from services.auth.store.sessions import SessionStore


class Refreshing:
    def __init__(self, database: Database, pairs: Pairs) -> None:
        self._database = database
        self._pairs = pairs

    async def refresh(self, token: str) -> TokenPair:
        """The next pair. The token just replaced gives the same pair's refresh token again for a minute.

        Raises:
            InvalidRefreshToken: not ours, or its session is over.
            RefreshTokenReused: older than the previous one; its session is over from now on.
        """
        session_id, presented = self._pairs.read(token)
        async with self._database.transaction() as tx:
            sessions = SessionStore(tx)
            session = await sessions.by_id(session_id)
            if session is None:
                raise InvalidRefreshToken
            verdict = judge_rotation(session, presented, now())
            if verdict is Rotation.ADVANCE and not await sessions.advance(session, now()):
                # Somebody else with the same token was a moment faster: give what they were given.
                session = await sessions.by_id(session_id)
                if session is None:
                    raise InvalidRefreshToken
                verdict = judge_rotation(session, presented, now())
            if verdict is Rotation.REUSED and await sessions.revoke(session, "token_reuse", now()):
                await AuditStore(tx).note(
                    session.user_id, "token_reuse", session_id=session.id, device_name=session.device_name
                )
            account = await AccountStore(tx).by_id(session.user_id)
        if verdict is Rotation.REUSED:  # after the commit: the session has ended
            raise RefreshTokenReused
        if verdict is Rotation.ENDED or account is None:
            raise InvalidRefreshToken
        if verdict is Rotation.ADVANCE:
            session = replace(session, rotated_at=now())
        return await self._pairs.make(account, session, counter=presented + 1)
