"""The lease as it lies in the vault, and the latest time that was seen beside it.

Both are one sealed record, so that the time cannot be taken away and the lease be left. The time only ever moves on;
a fresh lease alone sets it anew, because it carries the cloud's own time: so a clock that was wrong once, years ahead
perhaps, is forgiven with the first answer.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from typing import Final

import msgspec

from contracts.license import Lease, LeasePayload
from desktop_client.files import StillLocked, exclusive
from desktop_client.lease import Keys, Untrue, signed
from desktop_client.vault import DamagedSecret, Vault, VaultFailure

SECRET: Final = "lease"
LOCK_WITHIN_S: Final = 10.0
DAMAGED: Final = "What was kept of your licence is damaged."


class Busy(VaultFailure):
    """Another program writes it, and takes its time."""


class Kept(msgspec.Struct, frozen=True):
    lease: Lease
    newest: datetime


class KeptLease:
    """Several programs of one driver share it: what is written is written under a lock."""

    def __init__(self, vault: Vault, lock: Path, keys: Keys, lock_within_s: float = LOCK_WITHIN_S) -> None:
        self._vault, self._lock, self._keys, self._lock_within_s = vault, lock, keys, lock_within_s

    async def read(self) -> Kept | None:
        """
        Raises:
            DamagedSecret: what is kept is not what was written.
            VaultFailure: the vault gives nothing.
        """
        text = await asyncio.to_thread(self._vault.read, SECRET)
        try:
            return None if text is None else msgspec.json.decode(text, type=Kept)
        except msgspec.DecodeError:
            raise DamagedSecret(DAMAGED) from None

    async def keep(self, lease: Lease, now: datetime) -> None:
        """Keep it, unless a newer one of the same device and account is kept already. Raises VaultFailure."""
        async with self._alone():
            payload, kept = self._payload(lease), await self._read_if_sound()
            before = None if kept is None else self._payload(kept.lease)
            if payload is not None and before is not None and _is_newer(before, payload):
                return
            newest = payload.issued_at if payload is not None else max(now, now if kept is None else kept.newest)
            await self._write(Kept(lease, newest))

    async def saw(self, now: datetime) -> None:
        """Move the newest time on. Raises VaultFailure; Busy where another program is about to."""
        async with self._alone():
            kept = await self._read_if_sound()
            if kept is not None and now > kept.newest:
                await self._write(Kept(kept.lease, now))

    async def drop(self) -> None:
        """Keep none. Raises VaultFailure."""
        async with self._alone():
            await asyncio.to_thread(self._vault.remove, SECRET)

    def _payload(self, lease: Lease) -> LeasePayload | None:
        """What it says, where it can be believed."""
        try:
            return signed(lease, self._keys)
        except Untrue:
            return None

    async def _read_if_sound(self) -> Kept | None:
        try:
            return await self.read()
        except DamagedSecret:
            return None

    async def _write(self, kept: Kept) -> None:
        await asyncio.to_thread(self._vault.write, SECRET, msgspec.json.encode(kept).decode())

    @contextlib.asynccontextmanager
    async def _alone(self) -> AsyncIterator[None]:
        try:
            async with exclusive(self._lock, self._lock_within_s):
                yield
        except StillLocked as error:
            raise Busy("Another RaceOverlay on this computer is keeping its licence just now.") from error
        except OSError as error:
            raise VaultFailure(f"{self._lock} cannot be used: {error.strerror}.") from error


def _is_newer(before: LeasePayload, payload: LeasePayload) -> bool:
    is_of_the_same = (before.device_key, before.user_id) == (payload.device_key, payload.user_id)
    return is_of_the_same and before.issued_at > payload.issued_at
