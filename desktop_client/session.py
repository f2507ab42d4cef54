"""Signing in, and staying signed in for months.

A refresh token works once, and two programs of one driver share it: so a refresh happens under a lock file, with
the token that is in the vault at that moment, and the new token is in the vault before anybody uses it. No network,
no answer and no sense in an answer are never a reason to sign a driver out; only the gateway's own word is.
"""

from __future__ import annotations

import asyncio
import contextlib
import enum
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, TypeVar

import msgspec

from contracts.auth import Login, RefreshToken, TokenPair, User
from desktop_client.files import StillLocked, exclusive
from desktop_client.gateway import Gateway, GatewayFailure, GatewayRefused, GatewayUnreachable
from desktop_client.known_device import KnownDevice
from desktop_client.vault import DamagedSecret, Vault, VaultFailure

log = logging.getLogger(__name__)
Result = TypeVar("Result")

SECRET: Final = "sign_in"
SIGN_IN_IS_OVER: Final = frozenset({"invalid_refresh_token", "refresh_token_reused"})
TOKEN_IS_REFUSED: Final = "unauthenticated"  # any other 401 is about what was typed
EARLY_S: Final = 60.0  # a token this near its end is not sent any more
LOCK_WITHIN_S: Final = 90.0  # longer than a refresh with all its tries takes
CLOSE_WITHIN_S: Final = 5.0
DAMAGED: Final = "What was kept of your sign-in is damaged; sign in again."


class NotSignedIn(GatewayFailure):
    """Nobody is signed in."""


class CannotKeep(GatewayFailure):
    """The sign-in cannot be read or kept on this computer."""


class Stage(enum.StrEnum):
    SIGNED_OUT = "signed_out"
    SIGNING_IN = "signing_in"
    SIGNED_IN = "signed_in"
    OFFLINE = "offline"  # signed in as far as we know, and nobody to ask


@dataclass(frozen=True, slots=True)
class SessionState:
    """`problem` is the last thing that went wrong, as a sentence, until something goes right."""

    stage: Stage
    user: User | None = None
    problem: str | None = None


class _Kept(msgspec.Struct, frozen=True):
    """What the vault holds. A token goes to the gateway that gave it, and to no other."""

    gateway: str
    refresh_token: str
    user: User


@dataclass(frozen=True, slots=True)
class _Access:
    token: str
    good_until: float


class Session:
    def __init__(
        self,
        gateway: Gateway,
        vault: Vault,
        lock: Path,
        *,
        device_name: str | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`lock`: the file that every client with this vault locks. `clock` counts seconds."""
        self._gateway, self._vault, self._lock = gateway, vault, lock
        self._device_name, self._clock = device_name, clock
        self._known_device = KnownDevice(vault, gateway.address)
        self._access: _Access | None = None
        self._refreshing: asyncio.Task[str] | None = None
        self._listeners: list[Callable[[SessionState], object]] = []
        self.state = SessionState(Stage.SIGNED_OUT)

    def on_change(self, listener: Callable[[SessionState], object]) -> None:
        """Have `listener` called with every new state."""
        self._listeners.append(listener)

    async def restore(self) -> None:
        """Go on with the sign-in that the vault holds, if there is one. Never raises: `state` tells."""
        self._become(replace(self.state, stage=Stage.SIGNING_IN))
        try:
            await self.access_token()
        except GatewayFailure as failure:
            log.info("not signed in at the start: %s", failure.sentence)

    async def sign_in(self, email: str, password: str, second_factor: str | None = None) -> User:
        """Raises GatewayFailure; whoever was signed in stays so then."""
        before = self.state
        self._become(SessionState(Stage.SIGNING_IN))
        try:
            body = Login(email, password, self._device_name, second_factor, await self._known_device.token(email))
            pair = await self._gateway.call("POST", "/auth/login", TokenPair, body=body)
            if pair.device_token is not None:
                await self._known_device.keep(email, pair.device_token)
            async with self._alone():
                await self._keep(pair)
        except BaseException as failure:
            problem = failure.sentence if isinstance(failure, GatewayFailure) else None
            self._become(replace(before, problem=problem))
            raise
        return pair.user

    async def sign_out(self) -> None:
        """Forget the sign-in here, whether or not the gateway can be told. Raises CannotKeep, GatewayUnreachable."""
        async with self._alone():
            kept = await self._read()
            if kept is not None:
                try:
                    body = RefreshToken(kept.refresh_token)
                    await self._gateway.call("POST", "/auth/logout", type(None), body=body, idempotent=True)
                except GatewayFailure as failure:
                    log.info("the gateway was not told of the sign-out: %s", failure.sentence)
            await self._forget(None)

    async def ended(self) -> None:
        """Forget a sign-in that the gateway ended because it was asked to. Raises CannotKeep, GatewayUnreachable."""
        async with self._alone():
            await self._forget(None)

    async def access_token(self, instead_of: str | None = None) -> str:
        """A token that is good now, and is not `instead_of`, one that was refused.

        However many ask at once, one refresh is made; it goes on to its end when an asker is cancelled.

        Raises:
            NotSignedIn, CannotKeep, GatewayRefused, GatewayUnreachable.
        """
        access = self._access
        if access is not None and access.token != instead_of and self._clock() < access.good_until:
            return access.token
        if self._refreshing is None or self._refreshing.done():
            self._refreshing = asyncio.ensure_future(self._refresh())
            self._refreshing.add_done_callback(_look_at)
        return await asyncio.shield(self._refreshing)

    async def authorised(self, call: Callable[[str], Awaitable[Result]]) -> Result:
        """`call(access token)`; once more with a fresh token if the gateway does not take the first."""
        token = await self.access_token()
        try:
            return await call(token)
        except GatewayRefused as refusal:
            if refusal.code != TOKEN_IS_REFUSED:
                raise
        return await call(await self.access_token(instead_of=token))

    async def close(self) -> None:
        """Give a refresh under way a moment to end: a token that was given should be kept."""
        if self._refreshing is not None:
            await asyncio.wait([self._refreshing], timeout=CLOSE_WITHIN_S)
            self._refreshing.cancel()

    async def _refresh(self) -> str:
        try:
            async with self._alone():
                kept = await self._read()
                if kept is None:
                    self._access = None
                    self._become(SessionState(Stage.SIGNED_OUT, problem=self.state.problem))
                    raise NotSignedIn("Nobody is signed in.")
                self._become(SessionState(self.state.stage, kept.user, self.state.problem))
                return await self._rotate(kept)
        except (NotSignedIn, CannotKeep):
            raise
        except GatewayFailure as failure:
            self._become(SessionState(Stage.OFFLINE, self.state.user, failure.sentence))
            raise

    async def _rotate(self, kept: _Kept) -> str:
        body = RefreshToken(kept.refresh_token)
        try:
            pair = await self._gateway.call("POST", "/auth/refresh", TokenPair, body=body, idempotent=True)
        except GatewayRefused as refusal:
            if refusal.code not in SIGN_IN_IS_OVER:
                raise
            await self._forget(refusal.sentence)
            raise NotSignedIn(refusal.sentence) from refusal
        await self._keep(pair)
        return pair.access_token

    @contextlib.asynccontextmanager
    async def _alone(self) -> AsyncIterator[None]:
        try:
            async with exclusive(self._lock, LOCK_WITHIN_S):
                yield
        except StillLocked as error:
            raise GatewayUnreachable("Another RaceOverlay on this computer is signing in just now.") from error
        except OSError as error:
            raise CannotKeep(f"{self._lock} cannot be used: {error.strerror}.") from error

    async def _read(self) -> _Kept | None:
        try:
            text = await asyncio.to_thread(self._vault.read, SECRET)
            kept = None if text is None else msgspec.json.decode(text, type=_Kept)
        except (DamagedSecret, msgspec.DecodeError):
            self._become(SessionState(Stage.SIGNED_OUT, problem=DAMAGED))
            return None
        except VaultFailure as failure:
            self._become(replace(self.state, stage=Stage.OFFLINE, problem=str(failure)))
            raise CannotKeep(str(failure)) from failure
        return kept if kept is not None and kept.gateway == self._gateway.address else None

    async def _keep(self, pair: TokenPair) -> None:
        kept = _Kept(self._gateway.address, pair.refresh_token, pair.user)
        try:
            await asyncio.to_thread(self._vault.write, SECRET, msgspec.json.encode(kept).decode())
        except VaultFailure as failure:
            raise CannotKeep(str(failure)) from failure
        self._access = _Access(pair.access_token, self._clock() + max(pair.expires_in / 2, pair.expires_in - EARLY_S))
        self._become(SessionState(Stage.SIGNED_IN, pair.user))

    async def _forget(self, problem: str | None) -> None:
        try:
            await asyncio.to_thread(self._vault.remove, SECRET)
        except VaultFailure as failure:
            raise CannotKeep(str(failure)) from failure
        finally:
            self._access = None
            self._become(SessionState(Stage.SIGNED_OUT, problem=problem))

    def _become(self, state: SessionState) -> None:
        if state == self.state:
            return
        self.state = state
        for listener in self._listeners:
            listener(state)


def _look_at(refresh: asyncio.Task[str]) -> None:
    """Whoever asked may be gone: its failure is in the state, and nobody else needs to fetch it."""
    if not refresh.cancelled():
        refresh.exception()
