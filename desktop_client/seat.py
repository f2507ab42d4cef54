"""This device's seat on the licence: taking it, renewing its lease, and asking how the licence stands."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar
from uuid import UUID

from contracts.license import Activate, Activation, Lease, LicenseStatus, RenewLease
from desktop_client.device import ThisDevice, forget_device, load_device
from desktop_client.gateway import Gateway, GatewayRefused
from desktop_client.session import CannotKeep, NotSignedIn, Session
from desktop_client.vault import DamagedSecret, Vault, VaultFailure

log = logging.getLogger(__name__)
Answer = TypeVar("Answer")


class Seat:
    """All of it raises GatewayFailure."""

    def __init__(self, gateway: Gateway, session: Session, vault: Vault, accepts: tuple[str, ...]) -> None:
        """`accepts` are the ids of the keys that a lease can be checked with here."""
        self._gateway, self._session, self._vault, self._accepts = gateway, session, vault, accepts

    async def take(self) -> Lease:
        """Have a seat, and the first lease with it; free for a device that has one.

        A computer whose disk was copied from another has that one's key, and becomes a device of its own here.
        """
        device = await self._device()
        try:
            return await self._activate(device)
        except GatewayRefused as refusal:
            if refusal.code != "device_cloned":
                raise
            log.warning("this computer has the key of another one; it is a new device from now on")
        return await self._activate(await self._new_device())

    async def renew(self) -> Lease:
        """Another lease. GatewayRefused `device_unknown`: the seat is gone."""
        device = await self._device()

        async def ask(user_id: UUID, token: str) -> Lease:
            body = RenewLease(device.id, device.proof(user_id, token), self._accepts)
            return await self._gateway.call("POST", "/license/lease", Lease, body=body, token=token, idempotent=True)

        return await self._authorised(ask)

    async def status(self) -> LicenseStatus:
        query = {"device_id": (await self._device()).id}

        async def ask(_user_id: UUID, token: str) -> LicenseStatus:
            return await self._gateway.call("GET", "/license/status", LicenseStatus, query=query, token=token)

        return await self._authorised(ask)

    async def _activate(self, device: ThisDevice) -> Lease:
        async def ask(user_id: UUID, token: str) -> Activation:
            described = await asyncio.to_thread(device.described_to, user_id)
            body = Activate(described, device.proof(user_id, token), self._accepts)
            return await self._gateway.call(
                "POST", "/license/activate", Activation, body=body, token=token, idempotent=True
            )

        return (await self._authorised(ask)).lease

    async def _authorised(self, ask: Callable[[UUID, str], Awaitable[Answer]]) -> Answer:
        async def call(token: str) -> Answer:
            user = self._session.state.user
            if user is None:
                raise NotSignedIn("Nobody is signed in.")
            return await ask(user.id, token)

        return await self._session.authorised(call)

    async def _device(self) -> ThisDevice:
        try:
            return await asyncio.to_thread(load_device, self._vault)
        except DamagedSecret as damage:
            # A new key is a new device: it may cost a seat, but waiting for somebody to repair it costs the licence.
            log.warning("%s This is a new device from now on.", damage)
            return await self._new_device()
        except VaultFailure as failure:
            raise CannotKeep(str(failure)) from failure

    async def _new_device(self) -> ThisDevice:
        try:
            await asyncio.to_thread(forget_device, self._vault)
            return await asyncio.to_thread(load_device, self._vault)
        except VaultFailure as failure:
            raise CannotKeep(str(failure)) from failure
