"""The one place that makes access tokens, with the signing key whose time it is; all living keys are published."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import jwt
from cryptography.hazmat.primitives.asymmetric import ec

from chassis.database import Database
from chassis.observability import log
from contracts.event import new_id, now
from contracts.identity import ACCESS_TOKEN_ALGORITHM, ACCESS_TOKEN_TYPE, KeySet, Scope
from contracts.problem import Unavailable
from services.auth.domain.accounts import Account
from services.auth.domain.keys import Key, signer
from services.auth.domain.sessions import ACCESS_TOKEN_LIFE
from services.auth.keyring import Keyring, KeysUnreadable
from services.auth.secrets import Secrets
from services.auth.store.keys import StoredKey

LOOK_EVERY_S = 10.0  # so that a key that was revoked signs nothing more after as long
# What is older does not know of a moment at which another key signs (domain/keys.py gives two minutes' notice).
GOOD_FOR = timedelta(minutes=1)
CLIENT_ID = "raceoverlay"  # RFC 9068 wants to know to which client a token was given; a machine's is its API token


@dataclass(frozen=True)
class _View:
    """The keys as they were read at some moment."""

    read_at: datetime
    keys: tuple[Key, ...]
    private: dict[str, ec.EllipticCurvePrivateKey]
    published: KeySet


class SigningKeys:
    """Mints access tokens, and sees to it that there are keys to do it with. `clock` is the time of day."""

    def __init__(
        self,
        database: Database,
        secrets: Secrets,
        *,
        issuer: str,
        audience: str,
        clock: Callable[[], datetime] = now,
    ) -> None:
        self._keyring = Keyring(database, secrets.key_storage)
        self._issuer = issuer
        self._audience = audience
        self._clock = clock
        self._view: _View | None = None
        self._task: asyncio.Task[None] | None = None

    async def open(self) -> None:
        self._task = asyncio.create_task(self._run(), name="signing-keys")

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def published(self) -> KeySet:
        return (self._view or await self.look()).published  # an old one is better than none

    async def access_token(
        self,
        account: Account,
        session_id: UUID,
        *,
        life: timedelta = ACCESS_TOKEN_LIFE,
        authenticated_at: datetime | None = None,
        scopes: Collection[Scope] | None = None,
    ) -> str:
        """A signed JWT (`at+jwt`, ES256, RFC 9068) for this account in this session.

        `authenticated_at` is when the person last proved who they are. With `scopes` it is a machine's token, and
        `session_id` the API token that it works with.

        Raises:
            Unavailable: which key signs is not known just now.
        """
        view = self._view
        if view is None or not timedelta(0) <= self._clock() - view.read_at < GOOD_FOR:
            view = await self.look()
        moment = self._clock()
        key = signer(view.keys, moment)
        if key is None or key.kid not in view.private:
            raise Unavailable("Tokens cannot be made just now.", retry_after=2)
        issued = int(moment.timestamp())
        claims: dict[str, object] = {
            "iss": self._issuer,
            "aud": self._audience,
            "sub": str(account.id),
            "client_id": CLIENT_ID if scopes is None else str(session_id),
            "sid": str(session_id),
            "role": account.role.value,
            "jti": new_id().hex,
            "iat": issued,
            "exp": issued + int(life.total_seconds()),
        }
        if authenticated_at is not None:
            claims["auth_time"] = int(authenticated_at.timestamp())
        if scopes is not None:
            claims["scope"] = " ".join(sorted(scopes))
        return jwt.encode(
            claims,
            view.private[key.kid],
            algorithm=ACCESS_TOKEN_ALGORITHM,
            headers={"kid": key.kid, "typ": ACCESS_TOKEN_TYPE},
        )

    async def look(self) -> _View:
        """Do to the keys what is to be done, and read them.

        Raises:
            Unavailable: the database is away.
        """
        moment = self._clock()
        stored = await self._keyring.tend(moment)
        private = self._view.private if self._view else {}
        self._view = _View(
            moment,
            tuple(each.key for each in stored),
            {each.key.kid: key for each in stored if (key := private.get(each.key.kid) or self._opened(each))},
            KeySet(keys=tuple(each.public_key for each in stored)),
        )
        return self._view

    def _opened(self, stored: StoredKey) -> ec.EllipticCurvePrivateKey | None:
        """None where the key was closed with a secret that this replica does not have: another may sign with it."""
        try:
            return self._keyring.private_key(stored)
        except KeysUnreadable as error:
            log.error("keys.unreadable", kid=stored.key.kid, why=error.__doc__)
            return None

    async def _run(self) -> None:
        while True:
            try:
                await self.look()
            except Exception as error:
                # Whoever gave up would sign with the same key for ever; a request that needs a key looks for itself.
                expected = isinstance(error, Unavailable)
                log.warning("keys.delayed", error=type(error).__name__, exc_info=None if expected else error)
            await asyncio.sleep(LOOK_EVERY_S)
