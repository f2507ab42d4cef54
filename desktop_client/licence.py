"""May this driver, on this device? The gateway's answer, and the signed lease that holds while there is no gateway.

A lease is asked for long before the one before it ends, and in silence.
"""

from __future__ import annotations

import asyncio
import contextlib
import enum
import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Final
from uuid import UUID

from contracts.event import now
from contracts.license import Lease
from desktop_client import lease_keys
from desktop_client.device import load_device
from desktop_client.gateway import Gateway, GatewayFailure, GatewayRefused
from desktop_client.kept_lease import Busy, KeptLease
from desktop_client.lease import Circumstances, Keys, Rung, Untrue, judge, signed
from desktop_client.licence_state import (
    DAMAGED,
    SENTENCES,
    Action,
    LicenceState,
    Source,
    damaged,
    of_gateway,
    of_lease,
    of_refusal,
)
from desktop_client.mid_session import MidSession
from desktop_client.patience import Pauses
from desktop_client.seat import Seat
from desktop_client.session import NotSignedIn, Session, SessionState, Stage
from desktop_client.vault import DamagedSecret, Vault, VaultFailure

__all__ = ["Action", "Licence", "LicenceState", "Source"]

log = logging.getLogger(__name__)

CHECK_EVERY_S: Final = 3600.0
CHECK_EVERY_WHILE_HOLDING_S: Final = 60.0
NOTHING_READABLE: Final = frozenset({Rung.MISSING, Rung.KEY_UNKNOWN, Rung.ALTERED, DAMAGED})


class Seated(enum.Enum):
    """What is known of this device's seat."""

    UNKNOWN = enum.auto()  # ask for one
    YES = enum.auto()
    NO_MORE = enum.auto()  # whoever took it away did not mean that it should be asked for again at once


class Licence:
    def __init__(
        self,
        gateway: Gateway,
        session: Session,
        vault: Vault,
        lock: Path,
        *,
        keys: Keys | None = None,
        clock: Callable[[], datetime] = now,
        first_pause_s: float = 1.0,
    ) -> None:
        """`lock` is the file that every client with this vault locks; `keys` stand in for those of this build."""
        self._session, self._vault, self._clock, self._first_pause_s = session, vault, clock, first_pause_s
        self._keys = lease_keys.trusted() if keys is None else keys
        self._kept = KeptLease(vault, lock, self._keys)
        self._seat = Seat(gateway, session, vault, tuple(self._keys))
        self._mid_session = MidSession(clock)
        self._listeners: list[Callable[[LicenceState], object]] = []
        self._is_due = asyncio.Event()
        self._seated, self._has_changed = Seated.UNKNOWN, False
        self._promised_until: datetime | None = None
        self._cannot_keep: str | None = None
        self._before = session.state
        self.state = LicenceState()
        session.on_change(self._session_changed)

    def on_change(self, listener: Callable[[LicenceState], object]) -> None:
        self._listeners.append(listener)

    def wake(self) -> None:
        """Something about the licence changed in the cloud: ask again now, for a fresh lease too."""
        self._has_changed = True
        self._is_due.set()

    def drive(self, session: object) -> None:
        """Say at each frame which session is driven. Microseconds."""
        if self._mid_session.drive(session):
            self._release()

    async def watch(self) -> None:
        """Keep the state true, without an end: at the start, when something changed, and every hour."""
        pauses = Pauses(self._first_pause_s, 300.0)
        while True:
            await self._is_due.wait()
            self._is_due.clear()
            pause = CHECK_EVERY_S
            try:
                if self.state.source is Source.NOBODY:
                    await self.restore()
                await self.refresh()
                pauses.reset()
            except NotSignedIn:
                continue
            except GatewayFailure as failure:
                log.info("the licence could not be asked for: %s", failure.sentence)
                pause = pauses.next()
            if self._mid_session.is_holding:
                pause = min(pause, CHECK_EVERY_WHILE_HOLDING_S)
            # Not wait_for: that one forgets a cancellation which comes together with what was waited for.
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._is_due.wait()
            self._is_due.set()

    async def restore(self) -> None:
        """Go by the kept lease, without a word to the network. Never raises: `state` tells."""
        user = self._session.state.user
        if user is None:
            return
        state = await self._by_lease(user.id)
        if self._session.state.user != user:
            return
        if self._was_promised() and state.code in NOTHING_READABLE:
            return  # the gateway said so itself, and it is only the note of it that is missing
        self._become(state)

    async def refresh(self) -> None:
        """Ask how the licence stands; give this device its seat and its lease where they are due.

        Raises:
            GatewayFailure: nobody to ask, or nobody signed in; then `state` goes by the lease. A "no" is no failure:
                `state` says it.
        """
        try:
            state = await self._by_gateway()
        except NotSignedIn:
            raise
        except GatewayFailure:
            await self.restore()
            raise
        if self._session.state.user is not None:
            self._become(state)

    async def activate(self) -> None:
        """Ask for a seat again, because the driver wants it. Raises like `refresh`."""
        self._seated = Seated.UNKNOWN
        await self.refresh()

    def forget(self) -> None:
        """Nobody is signed in any more; the lease in the vault stays, it holds until its own end."""
        self._seated, self._promised_until = Seated.UNKNOWN, None
        self._mid_session.release()
        self._settle(LicenceState())

    async def lease(self) -> Lease | None:
        """The lease that was kept last, or None; what it is worth is for `judge` to say."""
        try:
            kept = await self._kept.read()
        except VaultFailure as error:
            log.warning("the lease cannot be read: %s", error)
            return None
        return None if kept is None else kept.lease

    def _session_changed(self, state: SessionState) -> None:
        """A sign-in that was read from the vault is enough to go by the lease; the network may take its time."""
        before, self._before = self._before, state
        if state.user is None:
            return
        if state.user != before.user:
            self._seated = Seated.UNKNOWN
        if state.user != before.user or (state.stage is Stage.SIGNED_IN and before.stage is not Stage.SIGNED_IN):
            self._is_due.set()

    async def _by_gateway(self) -> LicenceState:
        lease = None
        try:
            lease = await self._lease_if_due()
            if lease is not None:
                await self._keep(lease)
        except GatewayRefused as refusal:
            if refusal.code == "device_unknown":
                await self._lose_seat()
            elif refusal.code in SENTENCES:
                return of_refusal(refusal.code, refusal.title)
            else:
                raise
        status = await self._seat.status()
        if status.code == "device_not_activated" and self._seated is Seated.YES and lease is None:
            self.wake()  # the answer may be one of a moment ago; whether the lease can be renewed is never
        state = of_gateway(status)
        return replace(state, notice=self._cannot_keep) if self._cannot_keep and state.notice is None else state

    async def _lease_if_due(self) -> Lease | None:
        has_changed, self._has_changed = self._has_changed, False
        if self._seated is Seated.UNKNOWN:
            lease = await self._seat.take()
            self._seated = Seated.YES
            return lease
        if self._seated is Seated.YES and (has_changed or await self._is_lease_due()):
            return await self._seat.renew()
        return None

    async def _is_lease_due(self) -> bool:
        lease, here = await self.lease(), self._clock()
        if lease is None:
            return self._cannot_keep is None
        try:
            payload = signed(lease, self._keys)
        except Untrue:  # of a cloud whose keys this build does not have; its end is all that is known
            return here >= lease.expires_at
        return here < payload.issued_at or here >= (payload.renew_after or payload.expires_at)

    async def _keep(self, lease: Lease) -> None:
        self._promised_until, self._cannot_keep = lease.expires_at, None
        try:
            await self._kept.keep(lease, self._clock())
        except VaultFailure as failure:  # the licence holds all the same while there is a network
            log.warning("the lease cannot be kept: %s", failure)
            self._cannot_keep = f"Without a network your plan will not hold on this computer. {failure}"

    async def _lose_seat(self) -> None:
        self._seated, self._promised_until = Seated.NO_MORE, None
        try:
            await self._kept.drop()
        except VaultFailure as failure:
            log.warning("the lease of a seat that is gone cannot be removed: %s", failure)

    async def _by_lease(self, user_id: UUID) -> LicenceState:
        here = self._clock()
        try:
            kept = await self._kept.read()
            device = await asyncio.to_thread(load_device, self._vault)
            components = await asyncio.to_thread(device.components_for, user_id)
            with contextlib.suppress(Busy):  # then another program moves the time on
                await self._kept.saw(here)
        except DamagedSecret:
            return damaged()
        except VaultFailure as failure:
            return damaged(str(failure))
        lease, newest = (None, None) if kept is None else (kept.lease, kept.newest)
        since = self._mid_session.since
        found = judge(lease, self._keys, Circumstances(device.public_key, components, user_id, here, newest, since))
        return of_lease(found, here)

    def _was_promised(self) -> bool:
        return self._promised_until is not None and self._clock() < self._promised_until

    def _release(self) -> None:
        if (held := self._mid_session.release()) is not None:
            self._settle(held)
        if self.state.is_for_this_session_only:
            self._mid_session.begins_anew()
            self._is_due.set()

    def _become(self, state: LicenceState) -> None:
        if self._mid_session.holds_back(self.state, state):
            log.info("the licence says %s; what the driver has goes on until the session is over", state.code)
        else:
            self._settle(state)

    def _settle(self, state: LicenceState) -> None:
        if state == self.state:
            return
        self.state = state
        for listener in self._listeners:
            listener(state)
