"""Who is calling: access tokens, checked against the keys that auth publishes.

The gateway checks each token, and the service behind it checks it again with this same code. Keys are cached; a key id
that is not known is looked up once, at most every few seconds, and if auth cannot be reached the keys at hand go on
serving.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import aiohttp
import jwt
import msgspec

from chassis.observability import log
from contracts.identity import (
    ACCESS_TOKEN_ALGORITHM,
    ACCESS_TOKEN_TYPE,
    CLOCK_LEEWAY_S,
    Identity,
    KeySet,
    Role,
    Scope,
)
from contracts.problem import Unauthenticated, Unavailable

MAX_TOKEN_BYTES = 4096
FRESH_S = 600.0
RETRY_S = 2.0

_NOT_HAD = (
    aiohttp.ClientError,
    TimeoutError,
    OSError,
    msgspec.MsgspecError,
    jwt.PyJWTError,
    RuntimeError,  # the HTTP session was closed meanwhile: the service is going down
)

FetchKeys = Callable[[], Awaitable[KeySet]]


class JwksCache:
    """The public keys by id. `fetch` asks auth; `clock` is monotonic seconds."""

    def __init__(self, fetch: FetchKeys, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._fetch = fetch
        self._clock = clock
        self._keys: dict[str, jwt.PyJWK] = {}
        self._fetched_at = float("-inf")
        self._tried_at = float("-inf")
        self._asking: asyncio.Task[None] | None = None
        self.on_withdrawn: Callable[[], None] = lambda: None  # called when a key is published no more

    async def key(self, kid: str) -> jwt.PyJWK:
        """The key with that id.

        Raises:
            Unauthenticated: auth does not publish it.
            Unavailable: no key was ever had, and auth cannot be reached.
        """
        asking = None
        if kid not in self._keys or self._clock() - self._fetched_at > FRESH_S:
            asking = self._ask()
        if asking and kid not in self._keys:  # a key at hand serves meanwhile
            await asyncio.shield(asking)
        try:
            return self._keys[kid]
        except KeyError:
            if not self._keys:
                raise Unavailable("Tokens cannot be checked just now.", retry_after=2) from None
            raise Unauthenticated("The token is signed with a key that is not published.") from None

    def keep_fresh(self) -> None:
        """Have the keys asked for, in the background, if they were had too long ago and nobody asks for one."""
        if self._clock() - self._fetched_at > FRESH_S:
            self._ask()

    async def ready(self) -> None:
        """Unavailable as long as no key was ever had; asks for them."""
        if not self._keys and (asking := self._ask()):
            await asyncio.shield(asking)
        if not self._keys:
            raise Unavailable("No key to check tokens with was had yet.", retry_after=2)

    def _ask(self) -> asyncio.Task[None] | None:
        """The one question that is under way, for all who wait; None if it was asked a moment ago."""
        if self._asking is None or self._asking.done():
            if self._clock() - self._tried_at < RETRY_S:
                return None
            self._asking = asyncio.create_task(self._refresh(), name="jwks")
        return self._asking

    async def _refresh(self) -> None:
        try:
            published = await self._fetch()
            known = self._keys.keys()
            self._keys = {key.kid: jwt.PyJWK(msgspec.to_builtins(key)) for key in published.keys}
            self._fetched_at = self._clock()
            if known - self._keys.keys():
                self.on_withdrawn()
        except _NOT_HAD as error:
            log.warning("jwks.unreachable", error=type(error).__name__, keys_at_hand=len(self._keys))
        finally:
            self._tried_at = self._clock()


class Verifier:
    """Turns a bearer token into an Identity. Verified tokens are remembered: bounded, and never past their end."""

    def __init__(
        self,
        keys: JwksCache,
        *,
        issuer: str,
        audience: str,
        remember: int = 10_000,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._keys = keys
        self._issuer = issuer
        self._audience = audience
        self._remember = remember
        self._clock = clock
        self._verified: OrderedDict[str, Identity] = OrderedDict()
        self._revoked: OrderedDict[UUID, float] = OrderedDict()
        # Whoever stole a key that was then revoked may have had a token of ten years verified with it before.
        keys.on_withdrawn = self._verified.clear

    async def verify(self, token: str) -> Identity:
        """
        Raises:
            Unauthenticated: whatever is wrong with the token.
            Unavailable: no key to check it with could be had.
        """
        identity = self.remembered(token)
        if identity is not None:
            return identity
        identity = self._verified.get(token)
        if identity is None:
            identity = self._verified[token] = await self._check(token)
            if len(self._verified) > self._remember:
                self._verified.popitem(last=False)
        if identity.session_id in self._revoked:
            raise Unauthenticated("This session was ended.")
        if identity.expires_at + CLOCK_LEEWAY_S <= self._clock():
            del self._verified[token]
            raise Unauthenticated("The access token has expired.")
        return identity

    def remembered(self, token: str) -> Identity | None:
        """Whose it is, if it was verified a while ago and is still good; None says nothing about the token.

        The token longest unused is forgotten first. Only good ones are remembered, so that bad ones push none out.
        """
        identity = self._verified.get(token)
        if identity is None or identity.session_id in self._revoked:
            return None
        if identity.expires_at + CLOCK_LEEWAY_S <= self._clock():
            return None
        self._verified.move_to_end(token)
        self._keys.keep_fresh()  # or a token of a key that is published no more stays good as long as it alone is used
        return identity

    async def ready(self) -> None:
        """Unavailable as long as no token can be checked."""
        await self._keys.ready()

    def revoke(self, session_id: UUID, *, until: float) -> None:
        """Refuse the tokens of a session from now on; `until` (epoch seconds) is when its last token has died."""
        self._revoked[session_id] = until
        while self._revoked and next(iter(self._revoked.values())) < self._clock():
            self._revoked.popitem(last=False)

    async def _check(self, token: str) -> Identity:
        if len(token) > MAX_TOKEN_BYTES:
            raise Unauthenticated("The access token is too long.")
        try:
            header = jwt.get_unverified_header(token)
            kid = header.get("kid")
            if header.get("typ") != ACCESS_TOKEN_TYPE or not isinstance(kid, str) or len(kid) > 128:
                raise Unauthenticated("This is not an access token.")
            claims = jwt.decode(
                token,
                (await self._keys.key(kid)).key,
                algorithms=[ACCESS_TOKEN_ALGORITHM],
                issuer=self._issuer,
                audience=self._audience,
                leeway=CLOCK_LEEWAY_S,
                options={"require": ["exp", "iat", "iss", "aud", "sub", "sid"]},
            )
            return Identity(
                user_id=UUID(claims["sub"]),
                session_id=UUID(claims["sid"]),
                role=Role(claims.get("role", Role.DRIVER)),
                expires_at=int(claims["exp"]),
                scopes=_scopes(claims),
            )
        except jwt.ExpiredSignatureError:
            raise Unauthenticated("The access token has expired.") from None
        except (jwt.InvalidTokenError, ValueError, TypeError, AttributeError):
            raise Unauthenticated("The access token is not valid.") from None


def _scopes(claims: dict[str, Any]) -> frozenset[Scope] | None:
    """The scopes of a machine's token (RFC 9068: words apart by spaces). Words we do not know grant nothing."""
    said = claims.get("scope")
    if said is None:
        return None
    known = frozenset(Scope)
    return frozenset(Scope(word) for word in said.split() if word in known)


def fetch_from(session: aiohttp.ClientSession, url: str) -> FetchKeys:
    """Ask auth over HTTP, with a short deadline."""

    async def fetch() -> KeySet:
        async with session.get(url, timeout=aiohttp.ClientTimeout(total=3)) as answer:
            answer.raise_for_status()
            return msgspec.json.decode(await answer.read(), type=KeySet)

    return fetch


def bearer_token(authorization: str | None) -> str:
    """The token in an `Authorization` header; Unauthenticated if there is none."""
    scheme, _, token = (authorization or "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Unauthenticated()
    return token.strip()
