"""May this driver, on this device? The gateway's answer, and the signed lease that holds while there is no gateway."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import msgspec

from contracts.license import Activate, Activation, Device, Lease, LicenseStatus
from desktop_client.device import forget_device, load_device
from desktop_client.gateway import Gateway, GatewayRefused
from desktop_client.session import CannotKeep, Session
from desktop_client.vault import DamagedSecret, Vault, VaultFailure

log = logging.getLogger(__name__)

SECRET: Final = "lease"
SENTENCES: Final = {
    "device_limit_reached": "All devices of your plan are in use. Remove one in your account, then try again.",
    "device_key_mismatch": (
        "This device is known to your account with another key. Remove it in your account, then try again."
    ),
    "no_license": "Your licence is being opened; this takes a moment.",
    "device_not_activated": "This device is not activated.",
}


@dataclass(frozen=True, slots=True)
class LicenceState:
    """`plan` is the plan's id while the gateway says that the licence is valid here, else None.

    `code` is the gateway's: `valid`, or why not; "" before it was asked. `problem` is that reason as a sentence.
    """

    plan: str | None = None
    entitlements: tuple[str, ...] = ()
    code: str = ""
    problem: str | None = None


class Licence:
    def __init__(self, gateway: Gateway, session: Session, vault: Vault) -> None:
        self._gateway, self._session, self._vault = gateway, session, vault
        self._listeners: list[Callable[[LicenceState], object]] = []
        self.state = LicenceState()

    def on_change(self, listener: Callable[[LicenceState], object]) -> None:
        self._listeners.append(listener)

    async def refresh(self) -> None:
        """Activate this device (free if it is active), keep the lease, and ask how the licence stands.

        Raises:
            GatewayFailure: nobody to ask, or nobody signed in. A "no" is no failure: `state` says it.
        """
        device = await self._device()
        try:
            activation = await self._session.authorised(lambda token: self._activate(device, token))
        except GatewayRefused as refusal:
            if refusal.code not in SENTENCES:
                raise
            self._become(LicenceState(code=refusal.code, problem=SENTENCES[refusal.code]))
            return
        await self._keep(activation.lease)
        status = await self._session.authorised(lambda token: self._ask(device, token))
        self._become(
            LicenceState(
                plan=status.plan if status.valid else None,
                entitlements=status.entitlements,
                code=status.code,
                problem=None if status.valid else SENTENCES.get(status.code, "Your licence is not valid."),
            )
        )

    def forget(self) -> None:
        """Nobody is signed in any more; the lease in the vault stays, it holds until its own end."""
        self._become(LicenceState())

    async def lease(self) -> Lease | None:
        """The lease that was kept last, or None; what it is worth is for whoever checks its signature to say."""
        try:
            text = await asyncio.to_thread(self._vault.read, SECRET)
            return None if text is None else msgspec.json.decode(text, type=Lease)
        except (VaultFailure, msgspec.DecodeError) as error:
            log.warning("the lease cannot be read: %s", error)
            return None

    async def _device(self) -> Device:
        try:
            try:
                return await asyncio.to_thread(load_device, self._vault)
            except DamagedSecret as damaged:
                # A new key is a new device: it costs a seat, but waiting for somebody to repair it costs the licence.
                log.warning("%s This is a new device from now on.", damaged)
                await asyncio.to_thread(forget_device, self._vault)
                return await asyncio.to_thread(load_device, self._vault)
        except VaultFailure as failure:
            raise CannotKeep(str(failure)) from failure

    async def _activate(self, device: Device, token: str) -> Activation:
        return await self._gateway.call(
            "POST", "/license/activate", Activation, body=Activate(device), token=token, idempotent=True
        )

    async def _ask(self, device: Device, token: str) -> LicenseStatus:
        query = {"device_id": device.id}
        return await self._gateway.call("GET", "/license/status", LicenseStatus, query=query, token=token)

    async def _keep(self, lease: Lease) -> None:
        try:
            await asyncio.to_thread(self._vault.write, SECRET, msgspec.json.encode(lease).decode())
        except VaultFailure as failure:  # the licence holds all the same while there is a network
            log.warning("the lease cannot be kept: %s", failure)

    def _become(self, state: LicenceState) -> None:
        if state == self.state:
            return
        self.state = state
        for listener in self._listeners:
            listener(state)
